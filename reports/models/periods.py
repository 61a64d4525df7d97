"""Reporting periods: monthly and quarterly, with the day on which data are cut off, and who owes what by when."""

from calendar import monthrange
from datetime import date

from django.db import models
from django.db.models import F, Q

from ntm_portal.accounts.models import Department
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet
from ntm_portal.core.scoped import EVERYONE


class ReportingPeriodQuerySet(AuditedQuerySet):
    """Periods by where they stand."""

    def opened(self) -> "ReportingPeriodQuerySet":
        return self.filter(opened_at__isnull=False)

    def still_open(self) -> "ReportingPeriodQuerySet":
        return self.opened().filter(closed_on__isnull=True)


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
    opened_at = models.DateTimeField("mở lúc", null=True, blank=True, editable=False)
    closed_on = models.DateField("đóng ngày", null=True, blank=True)
    basis = models.CharField("căn cứ", max_length=300, blank=True)

    objects = ReportingPeriodQuerySet.as_manager()

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

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_on is None

    @property
    def months(self) -> range:
        """Numbers of the months in it."""
        if self.kind == self.Kind.MONTH:
            return range(self.number, self.number + 1)
        return range(self.number * 3 - 2, self.number * 3 + 1)

    @property
    def slug(self) -> str:
        """How addresses and file names say it: 2020-t10, 2020-q3."""
        return f"{self.year}-{'t' if self.kind == self.Kind.MONTH else 'q'}{self.number}"


class DueRule(AuditedModel):
    """Days of the month by which data are cut off and reports are due, for all bodies or for one of them."""

    audit_owner = "department"
    seen_through = EVERYONE

    DATA_UNTIL, DUE_ON = 14, 20

    kind = models.CharField("loại kỳ", max_length=8, choices=ReportingPeriod.Kind)
    department = models.ForeignKey(
        Department,
        models.CASCADE,
        verbose_name="đơn vị",
        null=True,
        blank=True,
        related_name="due_rules",
        help_text="Để trống: mọi đơn vị không có quy định riêng.",
    )
    data_until_day = models.PositiveSmallIntegerField("chốt số liệu ngày", default=DATA_UNTIL)
    due_day = models.PositiveSmallIntegerField("hạn nộp ngày", default=DUE_ON)
    basis = models.CharField("căn cứ", max_length=300, blank=True)

    class Meta:
        verbose_name = "quy định hạn nộp"
        verbose_name_plural = "quy định hạn nộp"
        ordering = ["kind", "department"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "department"],
                name="one_due_rule_each",
                violation_error_message="Đã có quy định hạn nộp cho loại kỳ và đơn vị này.",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(department__isnull=True),
                name="one_due_rule_for_all",
                violation_error_message="Đã có quy định hạn nộp chung cho loại kỳ này.",
            ),
            models.CheckConstraint(
                condition=Q(data_until_day__range=(1, 31)) & Q(due_day__range=(1, 31)),
                name="due_rule_days_exist",
                violation_error_message="Ngày trong tháng từ 1 đến 31.",
            ),
            models.CheckConstraint(
                condition=Q(due_day__gte=F("data_until_day")),
                name="due_rule_days_in_order",
                violation_error_message="Hạn nộp phải từ ngày chốt số liệu trở đi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.department.short_name if self.department else 'mọi đơn vị'}"

    def days_in(self, year: int, month: int) -> tuple[date, date]:
        """Cut-off and due day in that month; a day that the month lacks is its last one."""
        last = monthrange(year, month)[1]
        return (date(year, month, min(self.data_until_day, last)), date(year, month, min(self.due_day, last)))


class Obligation(AuditedModel):
    """Trách nhiệm nộp: which body owes which report of a period, drawn up when the period opens.

    `first_submitted_at` is what timeliness is judged by: sending back and new versions do not move it.
    """

    audit_owner = "period"
    seen_through = {"department": "department_ids"}

    class Kind(models.TextChoices):
        CRITERIA = "CRITERIA", "Báo cáo tiêu chí"
        COMMUNES = "COMMUNES", "Báo cáo xã được phân công"

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, verbose_name="kỳ", related_name="obligations")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị", related_name="obligations")
    kind = models.CharField("loại báo cáo", max_length=8, choices=Kind)
    data_until = models.DateField("chốt số liệu ngày")
    due_on = models.DateField("hạn nộp")
    first_submitted_at = models.DateTimeField("nộp lần đầu lúc", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "trách nhiệm nộp báo cáo"
        verbose_name_plural = "trách nhiệm nộp báo cáo"
        ordering = ["-due_on", "department__sort_key", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "department", "kind"],
                name="one_obligation_each",
                violation_error_message="Đơn vị này đã có trách nhiệm nộp báo cáo đó.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("data_until")),
                name="obligation_due_after_data",
                violation_error_message="Hạn nộp phải từ ngày chốt số liệu trở đi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period} của {self.department.short_name}"
