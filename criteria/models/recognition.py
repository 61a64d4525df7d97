"""Recognition: a signed decision, never inferred from the ledger."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from communes.models import Commune, District, Village
from criteria.models.catalogue import Tier
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet
from ntm_portal.core.scoped import EVERYONE


class RecognitionQuerySet(AuditedQuerySet):
    """Decisions and the days on which they hold."""

    def in_force(self, on: date) -> "RecognitionQuerySet":
        """Decisions certain to hold on that day: made, not revoked, not expired."""
        return self.filter(
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=on),
            Q(expires_on__isnull=True) | Q(expires_on__gte=on),
            effective_on__lte=on,
        )


class Recognition(AuditedModel):
    """A unit was recognised at a tier. A unit may be recognised more than once.

    `effective_on` is the date of the decision; where that is not known, the date by which a source says that
    it stood, so that nothing is shown as recognised before it is certain. `achieved_year` is the year whose
    standard was reached: it may differ from the year of the decision, and may be unknown.
    """

    moves_position = True
    seen_through = EVERYONE

    commune = models.ForeignKey(
        Commune, models.PROTECT, verbose_name="xã", null=True, blank=True, related_name="recognitions"
    )
    village = models.ForeignKey(
        Village, models.PROTECT, verbose_name="thôn", null=True, blank=True, related_name="recognitions"
    )
    district = models.ForeignKey(
        District, models.PROTECT, verbose_name="huyện", null=True, blank=True, related_name="recognitions"
    )
    tier = models.CharField("bậc", max_length=20, choices=Tier)
    achieved_year = models.PositiveSmallIntegerField("năm đạt chuẩn", null=True, blank=True)
    decision_number = models.CharField("số quyết định", max_length=60, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    effective_on = models.DateField("chắc chắn từ ngày")
    signer = models.CharField("người ký", max_length=120, blank=True)
    expires_on = models.DateField("hết hạn ngày", null=True, blank=True)
    revoked_on = models.DateField("thu hồi ngày", null=True, blank=True)
    basis = models.CharField("căn cứ, nguồn", max_length=300)
    is_verified = models.BooleanField("đã kiểm chứng", default=True)
    recorded_at = models.DateTimeField("ghi nhận lúc", default=clock.now, editable=False)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = "công nhận"
        verbose_name_plural = "công nhận"
        ordering = ["-effective_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(commune__isnull=False, village__isnull=True, district__isnull=True)
                | Q(commune__isnull=True, village__isnull=False, district__isnull=True)
                | Q(commune__isnull=True, village__isnull=True, district__isnull=False),
                name="recognition_of_one_unit",
                violation_error_message="Một quyết định công nhận đúng một xã, một thôn hoặc một huyện.",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(effective_on__gte=F("decided_on")),
                name="recognition_not_before_decision",
                violation_error_message="Không thể chắc chắn trước ngày quyết định.",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True) | Q(revoked_on__gte=F("effective_on")),
                name="revoked_after_recognition",
                violation_error_message="Ngày thu hồi phải sau ngày công nhận.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_tier_display()}"

    @property
    def unit(self) -> Commune | Village | District | None:
        """What was recognised."""
        return self.commune or self.village or self.district
