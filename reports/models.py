"""Reporting periods: monthly and quarterly, with the day on which data are cut off and the day they are due."""

from django.db import models
from django.db.models import F, Q

from ntm_portal.core.audit import AuditedModel
from ntm_portal.core.scoped import EVERYONE


class ReportingPeriod(AuditedModel):
    """Kỳ báo cáo of administrative reporting (NĐ 09/2019/NĐ-CP, Điều 12: data cut off on the 14th)."""

    seen_through = EVERYONE

    class Kind(models.TextChoices):
        MONTH = "MONTH", "Tháng"
        QUARTER = "QUARTER", "Quý"

    kind = models.CharField("loại", max_length=8, choices=Kind)
    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveSmallIntegerField("số", help_text="Tháng 1–12 hoặc quý 1–4.")
    data_until = models.DateField("chốt số liệu ngày")
    due_on = models.DateField("hạn nộp")
    closed_on = models.DateField("đóng ngày", null=True, blank=True)
    basis = models.CharField("căn cứ", max_length=300, blank=True)

    class Meta:
        verbose_name = "kỳ báo cáo"
        verbose_name_plural = "kỳ báo cáo"
        ordering = ["-data_until", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "number"],
                name="one_period_of_a_number",
                violation_error_message="Đã có kỳ báo cáo này.",
            ),
            models.CheckConstraint(
                condition=Q(kind="MONTH", number__range=(1, 12)) | Q(kind="QUARTER", number__range=(1, 4)),
                name="period_number_exists",
                violation_error_message="Tháng từ 1 đến 12, quý từ 1 đến 4.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("data_until")),
                name="period_due_after_data",
                violation_error_message="Hạn nộp phải sau ngày chốt số liệu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}/{self.year}"
