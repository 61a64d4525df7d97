"""Directives (văn bản chỉ đạo): documents that tell bodies what to do."""

from django.db import models
from django.urls import reverse

from ntm_portal.accounts.models import Department
from ntm_portal.core import text
from ntm_portal.core.audit import AuditedModel
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
    replaces = models.ManyToManyField(
        "self", verbose_name="thay thế", symmetrical=False, blank=True, related_name="replaced_by"
    )
    amends = models.ManyToManyField(
        "self", verbose_name="sửa đổi, bổ sung", symmetrical=False, blank=True, related_name="amended_by"
    )
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

    def get_absolute_url(self) -> str:
        return reverse("directives:directive-detail", args=[self.pk])

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
