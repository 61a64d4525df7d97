"""What a body found in the communes that it guides or helps. It does not write the ledger."""

from django.conf import settings
from django.db import models

from communes.models import Commune
from criteria.models import Assessment, Criterion
from directives.models import Obstacle
from ntm_portal.core.audit import AuditedModel
from reports.models.report import OF_DEPARTMENT, Report


class CommuneEntry(AuditedModel):
    """One commune in a commune report: help given, proposals; its criteria, visits and obstacles hang on it."""

    audit_owner = "report"
    audit_left_out = frozenset({"revision", "answered_at", "answered_by"})
    seen_through = {
        "report__obligation__department": OF_DEPARTMENT,
        "commune__district": "district_ids",
    }

    report = models.ForeignKey(Report, models.CASCADE, verbose_name="báo cáo", related_name="entries")
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã", related_name="+")
    help_given = models.TextField("việc đã giúp xã", blank=True, max_length=5_000)
    proposals = models.TextField("kiến nghị, đề xuất", blank=True, max_length=5_000)
    obstacles = models.ManyToManyField(Obstacle, verbose_name="khó khăn, vướng mắc", blank=True, related_name="entries")
    revision = models.PositiveIntegerField("lần sửa", default=0, editable=False)
    answered_at = models.DateTimeField("sửa hoặc xác nhận lúc", null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="người sửa hoặc xác nhận",
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    class Meta:
        verbose_name = "xã trong báo cáo"
        verbose_name_plural = "xã trong báo cáo"
        ordering = ["report", "commune__district__sort_key", "commune__sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "commune"],
                name="one_entry_each",
                violation_error_message="Báo cáo đã có phần về xã này.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune.full_name}: {self.report}"


class Observation(AuditedModel):
    """A criterion as seen on the ground. Where it contradicts the ledger, somebody is asked."""

    audit_owner = "entry"
    seen_through = {
        "entry__report__obligation__department": OF_DEPARTMENT,
        "entry__commune__district": "district_ids",
    }
    CONCLUSIONS = [pair for pair in Assessment.CONCLUSIONS if pair[0] != "EXEMPT"]

    entry = models.ForeignKey(
        CommuneEntry, models.CASCADE, verbose_name="xã trong báo cáo", related_name="observations"
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name="tiêu chí", related_name="+")
    conclusion = models.CharField("quan sát", max_length=8, choices=CONCLUSIONS, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)

    class Meta:
        verbose_name = "quan sát tại xã"
        verbose_name_plural = "quan sát tại xã"
        ordering = ["entry", "criterion__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "criterion"],
                name="one_observation_each",
                violation_error_message="Xã đã có quan sát về tiêu chí này.",
            )
        ]

    def __str__(self) -> str:
        return f"Tiêu chí {self.criterion.number}: {self.get_conclusion_display() or 'chưa ghi'}"


class Visit(AuditedModel):
    """Somebody went there: when, who, and what they found."""

    audit_owner = "entry"
    seen_through = {
        "entry__report__obligation__department": OF_DEPARTMENT,
        "entry__commune__district": "district_ids",
    }

    entry = models.ForeignKey(CommuneEntry, models.CASCADE, verbose_name="xã trong báo cáo", related_name="visits")
    visited_on = models.DateField("ngày")
    people = models.CharField("thành phần", max_length=300)
    findings = models.TextField("kết quả", max_length=5_000)

    class Meta:
        verbose_name = "chuyến đi xã"
        verbose_name_plural = "chuyến đi xã"
        ordering = ["visited_on", "pk"]

    def __str__(self) -> str:
        return f"{self.visited_on:%d/%m/%Y}: {self.people}"
