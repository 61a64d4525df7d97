"""What the coordination office says: notes on lines, and decisions between two bodies that disagree."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ntm_portal.core.audit import AuditedModel
from ntm_portal.core.scoped import EVERYONE
from reports.models.communes import CommuneEntry, Observation
from reports.models.contents import ReportLine
from reports.models.report import OF_DEPARTMENT, Report


class ReviewNote(AuditedModel):
    """Why a report was sent back: on a line, on a commune, or on the whole. Kept for good."""

    audit_owner = "report"
    seen_through = {"report__obligation__department": OF_DEPARTMENT}

    report = models.ForeignKey(Report, models.CASCADE, verbose_name="báo cáo", related_name="notes")
    line = models.ForeignKey(
        ReportLine, models.CASCADE, verbose_name="dòng", null=True, blank=True, related_name="notes"
    )
    entry = models.ForeignKey(
        CommuneEntry, models.CASCADE, verbose_name="xã", null=True, blank=True, related_name="notes"
    )
    text = models.CharField("nội dung", max_length=1000)
    written_at = models.DateTimeField("ghi lúc")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người ghi", related_name="+")

    class Meta:
        verbose_name = "ý kiến khi trả lại"
        verbose_name_plural = "ý kiến khi trả lại"
        ordering = ["-written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=True) | Q(entry__isnull=True),
                name="note_on_one_thing",
                violation_error_message="Ý kiến gắn với một dòng, hoặc với một xã.",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Ruling(AuditedModel):
    """The decision that closes a discrepancy between what was seen in a commune and the ledger, with its reason."""

    audit_owner = "observation"
    seen_through = EVERYONE

    class Outcome(models.TextChoices):
        LEDGER_STANDS = "LEDGER_STANDS", "Giữ kết luận của đơn vị phụ trách"
        ASKED = "ASKED", "Yêu cầu đơn vị phụ trách rà soát trong báo cáo kỳ tới"

    observation = models.OneToOneField(Observation, models.PROTECT, verbose_name="quan sát", related_name="ruling")
    outcome = models.CharField("kết quả", max_length=14, choices=Outcome)
    reason = models.CharField("lý do", max_length=1000)
    ruled_at = models.DateTimeField("quyết định lúc")
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người quyết định", related_name="+"
    )

    class Meta:
        verbose_name = "xử lý mâu thuẫn"
        verbose_name_plural = "xử lý mâu thuẫn"
        ordering = ["-ruled_at"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.observation}"
