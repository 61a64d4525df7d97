"""The catalogue: criteria are data. A new decision is new rows, never an `if year`."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communes.models import Commune
from criteria.engine.facts import Comparison
from ntm_portal.accounts.models import Department
from ntm_portal.core.audit import AuditedModel
from ntm_portal.core.models import DatedModel
from ntm_portal.core.scoped import EVERYONE


class Tier(models.TextChoices):
    """What a unit can be recognised as."""

    STANDARD = "STANDARD", "Nông thôn mới"
    ADVANCED = "ADVANCED", "Nông thôn mới nâng cao"
    MODEL = "MODEL", "Nông thôn mới kiểu mẫu"
    NTM_VILLAGE = "NTM_VILLAGE", "Thôn nông thôn mới"
    MODEL_RESIDENTIAL = "MODEL_RESIDENTIAL", "Khu dân cư nông thôn mới kiểu mẫu"


class CriteriaSet(DatedModel):
    """Bộ tiêu chí: what one decision asks of one kind of unit for one tier."""

    moves_position = True
    seen_through = EVERYONE

    class Subject(models.TextChoices):
        COMMUNE = "COMMUNE", "Xã"
        VILLAGE = "VILLAGE", "Thôn"
        DISTRICT = "DISTRICT", "Huyện"

    code = models.SlugField("mã", max_length=40, unique=True)
    title = models.CharField("tên", max_length=300)
    subject = models.CharField("đối tượng", max_length=10, choices=Subject)
    tier = models.CharField("bậc", max_length=20, choices=Tier)
    basis = models.CharField("căn cứ", max_length=300)
    zone = models.CharField("vùng", max_length=10, help_text="Mã vùng mà ngưỡng áp dụng, ví dụ tn: Tây Nguyên.")
    zone_name = models.CharField("tên vùng", max_length=60, blank=True)
    optional_at_least = models.PositiveSmallIntegerField(
        "số tiêu chí tự chọn phải đạt", default=0, help_text="Ngoài mọi tiêu chí bắt buộc."
    )

    class Meta(DatedModel.Meta):
        abstract = False
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class Criterion(AuditedModel):
    """Tiêu chí."""

    moves_position = True
    seen_through = EVERYONE

    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, verbose_name="bộ tiêu chí", related_name="criteria")
    number = models.PositiveSmallIntegerField("số")
    name = models.CharField("tên", max_length=200)
    group = models.CharField("nhóm", max_length=100)
    basis = models.CharField("căn cứ", max_length=300, blank=True)
    is_mandatory = models.BooleanField("bắt buộc", default=True)
    optional_at_least = models.PositiveSmallIntegerField("số chỉ tiêu tự chọn phải đạt", default=0)

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["criteria_set", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "number"],
                name="one_criterion_of_a_number",
                violation_error_message="Bộ này đã có tiêu chí mang số đó.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class Indicator(AuditedModel):
    """Chỉ tiêu."""

    moves_position = True
    seen_through = EVERYONE

    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name="tiêu chí", related_name="indicators")
    code = models.CharField("mã", max_length=8)
    order = models.PositiveSmallIntegerField("thứ tự")
    name = models.CharField("tên", max_length=400)
    is_mandatory = models.BooleanField("bắt buộc", default=True)
    is_name_verified = models.BooleanField("tên đã kiểm chứng", default=True)
    is_requirement_verified = models.BooleanField("mức yêu cầu đã kiểm chứng", default=True)
    needs_evidence = models.BooleanField(
        "phải có minh chứng khi báo cáo thay đổi",
        default=False,
        help_text="Dòng thay đổi thiếu minh chứng không gửi được.",
    )
    basis = models.CharField("căn cứ", max_length=500, blank=True)
    note = models.CharField("ghi chú", max_length=400, blank=True)

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["criterion", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "code"],
                name="one_indicator_of_a_code",
                violation_error_message="Tiêu chí này đã có chỉ tiêu mang mã đó.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Measure(AuditedModel):
    """Đại lượng đo: none for a yes/no indicator, one for most, two for clean water."""

    moves_position = True
    audit_owner = "indicator"
    seen_through = EVERYONE
    COMPARISONS = [(c.value, label) for c, label in zip(Comparison, ("ít nhất", "không quá", "đúng bằng"), strict=True)]

    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="chỉ tiêu", related_name="measures")
    order = models.PositiveSmallIntegerField("thứ tự", default=1)
    name = models.CharField("tên", max_length=200)
    unit = models.CharField("đơn vị tính", max_length=60)
    comparison = models.CharField("phải", max_length=2, choices=COMPARISONS)

    class Meta:
        verbose_name = "đại lượng đo"
        verbose_name_plural = "đại lượng đo"
        ordering = ["indicator", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "order"],
                name="one_measure_in_a_place",
                violation_error_message="Chỉ tiêu này đã có đại lượng ở thứ tự đó.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit})"


class Threshold(AuditedModel):
    """Ngưỡng of a measure for a zone, or for one commune group of it.

    Kept for good: a new value is a new row and the old one gets `withdrawn_at`, so that a past page can be
    rebuilt as known then. `criteria.actions.set_threshold` does both.
    """

    moves_position = True
    audit_owner = "measure"
    audit_left_out = frozenset({"recorded_at"})
    seen_through = EVERYONE

    measure = models.ForeignKey(Measure, models.PROTECT, verbose_name="đại lượng đo", related_name="thresholds")
    zone = models.CharField("vùng", max_length=10)
    commune_group = models.CharField("khu vực", max_length=3, choices=Commune.Group, blank=True)
    value = models.DecimalField("mức yêu cầu", max_digits=14, decimal_places=4)
    basis = models.CharField("căn cứ", max_length=300)
    is_verified = models.BooleanField("đã kiểm chứng", default=True)
    recorded_at = models.DateTimeField("ghi nhận lúc")
    withdrawn_at = models.DateTimeField("thay thế lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ngưỡng"
        verbose_name_plural = "ngưỡng"
        ordering = ["measure", "zone", "commune_group"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "zone", "commune_group"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_threshold_in_force",
                violation_error_message="Đại lượng này đã có ngưỡng cho vùng và khu vực đó.",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="threshold_not_negative",
                violation_error_message="Ngưỡng không được âm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.value.normalize():f}"

    @property
    def audit_name(self) -> str:
        """What it is about, without the value that changes."""
        group = f", {self.get_commune_group_display()}" if self.commune_group else ""
        return f"{self.measure.indicator.code} ({self.measure}{group})"

    def clean(self) -> None:
        """A negative value, or a percentage above 100, asks nothing or what can never be met."""
        if self.value is None or not self.measure_id:
            return
        if not self.value.is_finite() or self.value < 0:
            raise ValidationError({"value": "Ngưỡng phải là số từ 0."})
        if self.measure.unit.startswith("%") and self.value > 100:
            raise ValidationError({"value": "Tỷ lệ phần trăm không quá 100."})


class Responsibility(DatedModel):
    """Phụ trách tiêu chí: which body leads or supports an indicator, and from when."""

    moves_position = True
    seen_through = {"department": "department_ids"}

    class Role(models.TextChoices):
        LEAD = "LEAD", "Chủ trì"
        SUPPORT = "SUPPORT", "Phối hợp"

    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="chỉ tiêu", related_name="responsibilities")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị", related_name="responsibilities")
    role = models.CharField("vai trò", max_length=8, choices=Role)
    basis = models.CharField("căn cứ", max_length=300, blank=True)
    is_verified = models.BooleanField("đã kiểm chứng", default=False)

    class Meta(DatedModel.Meta):
        abstract = False
        verbose_name = "phụ trách chỉ tiêu"
        verbose_name_plural = "phụ trách chỉ tiêu"
        ordering = ["indicator", "role"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["indicator", "department", "role"],
                name="one_responsibility_each",
                violation_error_message="Đơn vị này đã được giao chỉ tiêu đó.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.department.short_name} ({self.get_role_display().lower()})"
