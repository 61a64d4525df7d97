"""What a criterion report holds line by line, the sections of its narrative, and evidence."""

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from communes.models import Commune
from criteria.engine.facts import Conclusion, Reading
from criteria.models import Assessment, Indicator
from ntm_portal.core.audit import AuditedModel
from ntm_portal.core.models import StoredFile
from reports.models.communes import CommuneEntry
from reports.models.report import OF_DEPARTMENT, Report


class ReportLine(AuditedModel):
    """What a report says of one indicator of one commune.

    `readings` holds, by measure id, exact decimals as text: {"12": {"value": "69.95", "numerator": null,
    "denominator": null}}, in the unit of the measure. `previous` is the assessment that it was filled in from;
    a line that nobody has changed or confirmed has no `answered_at`.
    """

    audit_owner = "report"
    audit_named_by = ("commune", "indicator")
    audit_left_out = frozenset({"revision", "answered_at", "answered_by"})
    seen_through = {"report__obligation__department": OF_DEPARTMENT}
    CONCLUSIONS = Assessment.CONCLUSIONS

    report = models.ForeignKey(Report, models.CASCADE, verbose_name="báo cáo", related_name="lines")
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã", related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="chỉ tiêu", related_name="+")
    conclusion = models.CharField("kết luận", max_length=8, choices=CONCLUSIONS, blank=True)
    readings = models.JSONField("số đo", default=dict, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    basis = models.CharField("căn cứ không xét", max_length=300, blank=True)
    previous = models.ForeignKey(
        Assessment, models.PROTECT, verbose_name="kỳ trước", null=True, blank=True, related_name="+"
    )
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
        verbose_name = "dòng báo cáo"
        verbose_name_plural = "dòng báo cáo"
        ordering = [
            "report",
            "commune__district__sort_key",
            "commune__sort_key",
            "indicator__criterion__number",
            "indicator__order",
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "commune", "indicator"],
                name="one_line_each",
                violation_error_message="Báo cáo đã có dòng cho xã và chỉ tiêu này.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}, {self.commune.full_name}"

    @property
    def facts(self) -> dict[int, Reading]:
        """The measured values as the engine takes them, by measure id."""
        return {int(key): as_reading(held) for key, held in self.readings.items()}

    @property
    def concluded(self) -> Conclusion | None:
        return Conclusion(self.conclusion) if self.conclusion else None


def as_reading(held: Mapping[str, str | None]) -> Reading:
    """A stored reading with exact decimals."""
    value, numerator, denominator = (
        None if held.get(part) is None else Decimal(held[part]) for part in ("value", "numerator", "denominator")
    )
    return Reading(value, numerator, denominator)


def stored(readings: Mapping[int, Reading]) -> dict[str, dict[str, str | None]]:
    """Readings as a line keeps them; the same value is always written the same way, and none without a value."""
    return {
        str(key): {part: exact(getattr(reading, part)) for part in ("value", "numerator", "denominator")}
        for key, reading in sorted(readings.items())
        if reading.value is not None
    }


def exact(number: Decimal | None) -> str | None:
    """A number with every digit it has and no other."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Section(AuditedModel):
    """A part of the narrative: free text under a fixed heading."""

    audit_owner = "report"
    audit_left_out = frozenset({"revision"})
    seen_through = {"report__obligation__department": OF_DEPARTMENT}

    class Heading(models.TextChoices):
        RESULTS = "RESULTS", "Kết quả thực hiện"
        DIFFICULTIES = "DIFFICULTIES", "Khó khăn, vướng mắc"
        NEXT_STEPS = "NEXT_STEPS", "Nhiệm vụ kỳ tới"
        PROPOSALS = "PROPOSALS", "Kiến nghị, đề xuất"

    report = models.ForeignKey(Report, models.CASCADE, verbose_name="báo cáo", related_name="sections")
    heading = models.CharField("mục", max_length=12, choices=Heading)
    text = models.TextField("nội dung", blank=True, max_length=20_000)
    revision = models.PositiveIntegerField("lần sửa", default=0, editable=False)

    class Meta:
        verbose_name = "phần lời"
        verbose_name_plural = "phần lời"
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "heading"],
                name="one_section_each",
                violation_error_message="Báo cáo đã có mục này.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_heading_display()}: {self.report}"


class Evidence(AuditedModel):
    """Minh chứng: a file behind a line, or behind what was seen in a commune."""

    audit_owner = "report"
    seen_through = {"report__obligation__department": OF_DEPARTMENT}

    report = models.ForeignKey(Report, models.CASCADE, verbose_name="báo cáo", related_name="evidence")
    line = models.ForeignKey(
        ReportLine, models.CASCADE, verbose_name="dòng", null=True, blank=True, related_name="evidence"
    )
    entry = models.ForeignKey(
        CommuneEntry, models.CASCADE, verbose_name="xã", null=True, blank=True, related_name="evidence"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="tệp", related_name="+")
    title = models.CharField("tên", max_length=200, blank=True)
    added_at = models.DateTimeField("thêm lúc")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người thêm", related_name="+")

    class Meta:
        verbose_name = "minh chứng"
        verbose_name_plural = "minh chứng"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=False, entry__isnull=True) | Q(line__isnull=True, entry__isnull=False),
                name="evidence_of_one_thing",
                violation_error_message="Minh chứng gắn với một dòng, hoặc với một xã.",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.file.name
