"""Directives (văn bản chỉ đạo), and their targets, which compute."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from communes.models import Commune
from criteria.models import CriteriaSet, Indicator
from directives.parameters import parse_parameters
from ntm_portal.accounts.models import Department
from ntm_portal.core import text
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet
from ntm_portal.core.models import NamedQuerySet, StoredFile
from ntm_portal.core.scoped import EVERYONE


class Directive(AuditedModel):
    """A document that tells bodies what to do. The same number lives on with another issuer or year."""

    moves_position = True
    audit_left_out = frozenset({"year"})
    seen_through = EVERYONE

    class Kind(models.TextChoices):
        CONG_VAN = "CONG_VAN", "Công văn"
        CHI_THI = "CHI_THI", "Chỉ thị"
        QUYET_DINH = "QUYET_DINH", "Quyết định"
        KE_HOACH = "KE_HOACH", "Kế hoạch"
        NGHI_QUYET = "NGHI_QUYET", "Nghị quyết"
        THONG_BAO = "THONG_BAO", "Thông báo"

    number = models.CharField("số, ký hiệu", max_length=60)
    kind = models.CharField("loại", max_length=12, choices=Kind)
    issuer = models.CharField("cơ quan ban hành", max_length=150)
    issued_on = models.DateField("ngày ban hành")
    year = models.PositiveSmallIntegerField("năm", editable=False)
    abstract = models.CharField("trích yếu", max_length=500, blank=True)
    body = models.TextField("nội dung", blank=True)
    signer = models.CharField("người ký", max_length=120, blank=True)
    refers_to = models.ManyToManyField("self", verbose_name="dẫn chiếu", symmetrical=False, blank=True)
    recipients = models.ManyToManyField(Department, verbose_name="nơi nhận", blank=True)
    basis = models.CharField("nguồn", max_length=300, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="tệp văn bản", null=True, blank=True, editable=False, related_name="+"
    )
    search_key = models.TextField("khóa tìm kiếm", editable=False)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản chỉ đạo"
        verbose_name_plural = "văn bản chỉ đạo"
        ordering = ["-issued_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "issuer", "year"],
                name="one_directive_of_a_number",
                violation_error_message="Đã có văn bản cùng số, cơ quan và năm.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def derive_keys(self) -> None:
        """Fill in what follows from the rest; bulk writers call it themselves."""
        self.number, self.issuer = text.clean(self.number), text.clean(self.issuer)
        self.year = self.issued_on.year
        self.search_key = text.search_key(f"{self.number} ; {self.issuer} ; {self.abstract} ; {self.body}")

    def save(self, *args, **kwargs) -> None:
        self.derive_keys()
        super().save(*args, **kwargs)

    def full_clean(self, *args, **kwargs) -> None:
        if self.issued_on:
            self.derive_keys()
        super().full_clean(*args, **kwargs)


class Target(AuditedModel):
    """Mục tiêu: a sentence of a directive that the portal checks every day."""

    moves_position = True
    audit_owner = "directive"
    seen_through = EVERYONE

    class Kind(models.TextChoices):
        NEW_RECOGNITIONS = "NEW_RECOGNITIONS", "Số đơn vị được công nhận trong năm"
        VILLAGE_SHARE = "VILLAGE_SHARE", "Tỷ lệ thôn thuộc Đề án được công nhận"
        DISTRICT_RECOGNISED = "DISTRICT_RECOGNISED", "Mỗi huyện có xã được công nhận"
        NO_COMMUNE_BELOW = "NO_COMMUNE_BELOW", "Không còn xã dưới số tiêu chí"
        COMMUNE_REACHES = "COMMUNE_REACHES", "Một xã đạt số tiêu chí hoặc bậc"

    directive = models.ForeignKey(Directive, models.PROTECT, verbose_name="văn bản", related_name="targets")
    code = models.SlugField("mã", max_length=30)
    order = models.PositiveSmallIntegerField("thứ tự", default=1)
    title = models.CharField("tên gọn", max_length=200)
    kind = models.CharField("kiểu", max_length=20, choices=Kind)
    parameters = models.JSONField("tham số", default=dict)
    criteria_set = models.ForeignKey(
        CriteriaSet, models.PROTECT, verbose_name="bộ tiêu chí", null=True, blank=True, related_name="targets"
    )
    due_on = models.DateField("hạn")
    quote = models.TextField("câu trích")
    is_focus = models.BooleanField("mục tiêu trọng tâm", default=False)

    class Meta:
        verbose_name = "mục tiêu"
        verbose_name_plural = "mục tiêu"
        ordering = ["is_focus", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "code"],
                name="one_target_of_a_code",
                violation_error_message="Văn bản này đã có mục tiêu mang mã đó.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Parameters fit the kind and name a unit that there is; no target is due before its directive."""
        try:
            asked = parse_parameters(self.kind, self.parameters)
        except ValueError as error:
            raise ValidationError({"parameters": str(error)}) from error
        code = getattr(asked, "commune", None)
        if code is not None and not Commune.objects.filter(code=code).exists():
            raise ValidationError({"parameters": f"Không có xã mang mã {code}."})
        if self.directive_id and self.due_on and self.due_on < self.directive.issued_on:
            raise ValidationError({"due_on": "Hạn không thể trước ngày ban hành văn bản."})


class ObstacleQuerySet(AuditedQuerySet):
    """Obstacles by whether they still stand in the way."""

    def still_open(self) -> "ObstacleQuerySet":
        return self.exclude(state=Obstacle.State.RESOLVED)


class Obstacle(AuditedModel):
    """Khó khăn, vướng mắc: what keeps a commune, an indicator or a body from getting on, until it is solved."""

    seen_through = {"raised_by": "department_ids", "commune__district": "district_ids"}

    class State(models.TextChoices):
        RAISED = "RAISED", "Mới nêu"
        IN_PROGRESS = "IN_PROGRESS", "Đang giải quyết"
        ESCALATED = "ESCALATED", "Đã báo cáo UBND tỉnh"
        RESOLVED = "RESOLVED", "Đã giải quyết"

    raised_by = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị nêu", related_name="obstacles")
    raised_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người nêu", null=True, blank=True, related_name="+"
    )
    raised_at = models.DateTimeField("nêu lúc")
    commune = models.ForeignKey(
        Commune, models.PROTECT, verbose_name="xã", null=True, blank=True, related_name="obstacles"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, verbose_name="chỉ tiêu", null=True, blank=True, related_name="obstacles"
    )
    description = models.TextField("nội dung", max_length=5_000)
    state = models.CharField("trạng thái", max_length=11, choices=State, default=State.RAISED)
    answer = models.TextField("trả lời", blank=True, max_length=5_000)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người trả lời", null=True, blank=True, related_name="+"
    )
    search_key = models.TextField("khóa tìm kiếm", editable=False)

    objects = ObstacleQuerySet.as_manager()

    class Meta:
        verbose_name = "khó khăn, vướng mắc"
        verbose_name_plural = "khó khăn, vướng mắc"
        ordering = ["-raised_at", "-pk"]

    def __str__(self) -> str:
        return self.description[:120]

    def save(self, *args, **kwargs) -> None:
        self.description = text.clean(self.description)
        self.search_key = text.search_key(self.description)
        super().save(*args, **kwargs)
