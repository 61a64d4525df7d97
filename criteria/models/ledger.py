"""The ledger of assessments. Append-only in Python and in the database: a correction is a later row."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from communes.models import Commune, Village
from criteria.engine.facts import Conclusion
from criteria.models.catalogue import Criterion, Indicator, Measure
from ntm_portal.core.append_only import AppendOnlyModel
from ntm_portal.core.scoped import EVERYONE


class Source(AppendOnlyModel):
    """Where a batch of assessments came from: an approved report, baseline data, an import, an illustration."""

    seen_through = EVERYONE

    class Kind(models.TextChoices):
        REPORT = "REPORT", "Báo cáo đã duyệt"
        BASELINE = "BASELINE", "Số liệu nền"
        ENTRY = "ENTRY", "Ghi trực tiếp"
        ILLUSTRATION = "ILLUSTRATION", "Số liệu minh họa"

    kind = models.CharField("loại", max_length=12, choices=Kind)
    label = models.CharField("tên", max_length=300)
    url = models.CharField("đường dẫn", max_length=300, blank=True)
    recorded_at = models.DateTimeField("ghi nhận lúc")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người ghi", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "nguồn số liệu"
        verbose_name_plural = "nguồn số liệu"

    def __str__(self) -> str:
        return self.label


class Assessment(AppendOnlyModel):
    """What was concluded about one indicator of one unit; with `criterion` instead, baseline data of a criterion.

    `as_of` is the day on which it was true, `recorded_at` the moment when we learned it, `position` its place
    in the ledger.
    """

    recorded_at_position = "own"
    seen_through = {"commune": "commune_ids", "indicator": "indicator_ids"}
    CONCLUSIONS = [
        (Conclusion.MET.value, "Đạt"),
        (Conclusion.NOT_MET.value, "Chưa đạt"),
        (Conclusion.EXEMPT.value, "Không xét"),
    ]

    position = models.BigIntegerField("vị trí sổ cái", unique=True)
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã", related_name="assessments")
    village = models.ForeignKey(
        Village, models.PROTECT, verbose_name="thôn", null=True, blank=True, related_name="assessments"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, verbose_name="chỉ tiêu", null=True, blank=True, related_name="assessments"
    )
    criterion = models.ForeignKey(
        Criterion,
        models.PROTECT,
        verbose_name="tiêu chí (số liệu nền)",
        null=True,
        blank=True,
        related_name="baselines",
    )
    as_of = models.DateField("đúng vào ngày")
    conclusion = models.CharField("kết luận", max_length=8, choices=CONCLUSIONS)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    basis = models.CharField("căn cứ không xét", max_length=300, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, verbose_name="nguồn", related_name="assessments")
    recorded_at = models.DateTimeField("ghi nhận lúc")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người ghi", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "đánh giá"
        verbose_name_plural = "sổ cái đánh giá"
        ordering = ["-position"]
        indexes = [
            models.Index(
                fields=["commune", "indicator", "criterion", "-as_of", "-recorded_at", "-position"],
                name="assessment_latest",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(indicator__isnull=False, criterion__isnull=True)
                | Q(indicator__isnull=True, criterion__isnull=False),
                name="assessment_of_one_thing",
                violation_error_message="Đánh giá một chỉ tiêu, hoặc số liệu nền của một tiêu chí.",
            ),
            models.CheckConstraint(
                condition=~Q(conclusion="EXEMPT") | ~Q(basis=""),
                name="exempt_names_its_basis",
                violation_error_message="Không xét thì phải ghi căn cứ pháp lý.",
            ),
            models.CheckConstraint(
                condition=~Q(conclusion="EXEMPT") | Q(criterion__isnull=True),
                name="baseline_is_met_or_not",
                violation_error_message="Số liệu nền chỉ là đạt hoặc chưa đạt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.get_conclusion_display()} ({self.as_of:%d/%m/%Y})"


class Measurement(AppendOnlyModel):
    """A measured value of an assessment, in the unit of its measure; recorded with it or never."""

    recorded_at_position = "assessment"
    seen_through = {"assessment__commune": "commune_ids", "measure__indicator": "indicator_ids"}

    assessment = models.ForeignKey(Assessment, models.PROTECT, verbose_name="đánh giá", related_name="measurements")
    measure = models.ForeignKey(Measure, models.PROTECT, verbose_name="đại lượng đo", related_name="measurements")
    value = models.DecimalField("giá trị", max_digits=14, decimal_places=4)
    numerator = models.DecimalField("tử số", max_digits=14, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField("mẫu số", max_digits=14, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = "số đo"
        verbose_name_plural = "số đo"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "measure"], name="one_value_of_a_measure"),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
                name="ratio_is_whole",
                violation_error_message="Phải ghi cả tử số và mẫu số, mẫu số lớn hơn 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure.name}: {self.value.normalize():f}"
