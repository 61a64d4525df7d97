"""Units by GSO code. A unit that changes is closed with `valid_to`, never overwritten."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from ntm_portal.core.audit import AuditedModel
from ntm_portal.core.models import DatedModel, DatedQuerySet, NamedModel, NamedQuerySet
from ntm_portal.core.scoped import EVERYONE

TILE_VALIDATORS = [MinValueValidator(1), MaxValueValidator(99)]


class UnitQuerySet(DatedQuerySet, NamedQuerySet):
    """Units by name and by day."""


class Province(NamedModel):
    """The province that this portal serves."""

    moves_position = True
    seen_through = EVERYONE

    code = models.CharField("mã", max_length=2, unique=True)
    basis = models.CharField("căn cứ", max_length=300, blank=True)

    class Meta:
        verbose_name = "tỉnh"
        verbose_name_plural = "tỉnh"


class Unit(DatedModel, NamedModel):
    """What districts, communes and villages share: days in force, spellings, and where the facts come from."""

    moves_position = True

    name_variants = models.CharField(
        "cách viết khác", max_length=300, blank=True, help_text="Cách nhau bằng dấu chấm phẩy."
    )
    basis = models.CharField("căn cứ", max_length=300, blank=True)
    is_verified = models.BooleanField("đã kiểm chứng", default=True)

    objects = UnitQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        abstract = True

    @property
    def searched_text(self) -> str:
        return " ; ".join(filter(None, [self.name, self.name_variants, getattr(self, "code", "")]))


class District(Unit):
    """Huyện, thành phố thuộc tỉnh."""

    seen_through = EVERYONE

    class Kind(models.TextChoices):
        HUYEN = "HUYEN", "Huyện"
        THANH_PHO = "THANH_PHO", "Thành phố"

    code = models.CharField("mã", max_length=3, unique=True)
    kind = models.CharField("loại", max_length=10, choices=Kind, default=Kind.HUYEN)
    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh", related_name="districts")

    class Meta(Unit.Meta):
        abstract = False
        verbose_name = "huyện, thành phố"
        verbose_name_plural = "huyện, thành phố"
        ordering = ["code"]

    @property
    def full_name(self) -> str:
        """Name with its kind: huyện Đăk Hà is not xã Đăk Hà."""
        return f"{self.get_kind_display()} {self.name}"


class Commune(Unit):
    """Xã, phường, thị trấn. Only XA count for NTM."""

    seen_through = {"pk": "commune_ids"}

    class Kind(models.TextChoices):
        XA = "XA", "Xã"
        PHUONG = "PHUONG", "Phường"
        THI_TRAN = "THI_TRAN", "Thị trấn"

    class Group(models.TextChoices):
        I = "I", "Khu vực I"  # noqa: E741
        II = "II", "Khu vực II"
        III = "III", "Khu vực III"

    code = models.CharField("mã", max_length=5, unique=True)
    kind = models.CharField("loại", max_length=8, choices=Kind, default=Kind.XA)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="huyện, thành phố", related_name="communes")
    group = models.CharField("khu vực", max_length=3, choices=Group, blank=True)
    is_group_verified = models.BooleanField("khu vực đã kiểm chứng", default=False)
    is_border = models.BooleanField("xã biên giới", default=False)
    is_extremely_difficult = models.BooleanField("đặc biệt khó khăn", null=True, blank=True)
    is_extremely_difficult_verified = models.BooleanField("đặc biệt khó khăn đã kiểm chứng", default=False)
    in_village_scheme = models.BooleanField("thuộc Đề án thôn, bản", default=False)
    population = models.PositiveIntegerField("dân số", null=True, blank=True)
    population_year = models.CharField("năm của dân số", max_length=30, blank=True)
    village_count = models.PositiveSmallIntegerField("số thôn theo nguồn", null=True, blank=True)
    successor_code = models.CharField("mã đơn vị kế thừa", max_length=5, blank=True)
    successor_name = models.CharField("tên đơn vị kế thừa", max_length=200, blank=True)
    tile_row = models.PositiveSmallIntegerField(
        "hàng trên bản đồ ô", null=True, blank=True, validators=TILE_VALIDATORS, help_text="Đếm từ phía bắc, từ 1."
    )
    tile_column = models.PositiveSmallIntegerField(
        "cột trên bản đồ ô", null=True, blank=True, validators=TILE_VALIDATORS, help_text="Đếm từ phía tây, từ 1."
    )

    class Meta(Unit.Meta):
        abstract = False
        verbose_name = "xã, phường, thị trấn"
        verbose_name_plural = "xã, phường, thị trấn"
        ordering = ["code"]
        constraints = [
            *Unit.Meta.constraints,
            models.UniqueConstraint(
                fields=["tile_row", "tile_column"],
                name="one_unit_on_a_tile",
                violation_error_message="Ô này trên bản đồ đã có đơn vị khác.",
            ),
            models.CheckConstraint(
                condition=Q(tile_row__isnull=True, tile_column__isnull=True)
                | Q(tile_row__isnull=False, tile_column__isnull=False),
                name="tile_has_row_and_column",
                violation_error_message="Ô trên bản đồ phải có cả hàng và cột.",
            ),
        ]

    @property
    def full_name(self) -> str:
        """Name with its kind: xã Đăk Hà is not huyện Đăk Hà."""
        return f"{self.get_kind_display()} {self.name}"


class Village(Unit):
    """Thôn, làng, tổ dân phố."""

    seen_through = {"commune": "commune_ids"}

    class Kind(models.TextChoices):
        THON = "THON", "Thôn"
        LANG = "LANG", "Làng"
        TO_DAN_PHO = "TO_DAN_PHO", "Tổ dân phố"

    kind = models.CharField("loại", max_length=10, choices=Kind, default=Kind.THON)
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã", related_name="villages")
    is_illustration = models.BooleanField("số liệu minh họa", default=False)

    class Meta(Unit.Meta):
        abstract = False
        verbose_name = "thôn, làng"
        verbose_name_plural = "thôn, làng"
        ordering = ["commune__code", "sort_key"]
        constraints = [
            *Unit.Meta.constraints,
            models.UniqueConstraint(
                fields=["commune", "search_key"],
                name="one_village_of_a_name",
                violation_error_message="Xã này đã có thôn cùng tên.",
            ),
        ]


class Boundary(AuditedModel):
    """The outline of a unit as its office drew it, simplified for the screen."""

    moves_position = True
    audit_owner = "commune"
    seen_through = {"commune": "commune_ids"}

    commune = models.OneToOneField(
        Commune, models.CASCADE, verbose_name="xã, phường, thị trấn", related_name="boundary"
    )
    outline = models.JSONField(
        "đường ranh giới", help_text="Tọa độ của một MultiPolygon GeoJSON: kinh độ, vĩ độ WGS 84, đã đơn giản hóa."
    )
    source_name = models.CharField("tên tệp", max_length=200)
    sha256 = models.CharField("SHA-256 của tệp", max_length=64)
    loaded_at = models.DateTimeField("nạp lúc")

    class Meta:
        verbose_name = "ranh giới"
        verbose_name_plural = "ranh giới"
        ordering = ["commune__code"]

    def __str__(self) -> str:
        return f"Ranh giới {self.commune}"
