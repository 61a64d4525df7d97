"""Targets (mục tiêu): sentences of a directive that compute."""

from django.core.exceptions import ValidationError
from django.db import models

from communes.models import Commune
from criteria.models import CriteriaSet
from directives.models.directive import Directive
from directives.parameters import parse_parameters
from ntm_portal.core.audit import AuditedModel
from ntm_portal.core.scoped import EVERYONE, ScopedQuerySet


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


class TargetStanding(models.Model):
    """The state in which a target was last seen, so that a change of it is told once; the trail of its states."""

    seen_through = EVERYONE

    target = models.ForeignKey(Target, models.CASCADE, verbose_name="mục tiêu", related_name="standings")
    state = models.CharField("trạng thái", max_length=10)
    as_of = models.DateField("tính đến ngày")
    noticed_at = models.DateTimeField("thấy lúc")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "trạng thái mục tiêu"
        verbose_name_plural = "trạng thái mục tiêu"
        ordering = ["target", "-pk"]

    def __str__(self) -> str:
        return f"{self.target}: {self.state} ({self.as_of:%d/%m/%Y})"
