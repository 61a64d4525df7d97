"""The counter that orders every change, what all named and dated records share, and the files of the office."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ntm_portal.core import text
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet
from ntm_portal.core.scoped import ScopedQuerySet, visible


class LedgerCounter(models.Model):
    """One row. `position` grows with every change that can alter a status answer, in the order of commits.

    `epoch` names this history: a database made anew, or restored from a backup, gets another, so that
    nobody takes position 500 of one history for position 500 of another. Rows of the ledger may only be added
    at positions from `open_from`: those just taken by the transaction that records, and none once it is done.
    """

    position = models.BigIntegerField("vị trí sổ cái", default=0)
    open_from = models.BigIntegerField("còn ghi từ vị trí", default=1)
    epoch = models.CharField("mã lịch sử", max_length=16)

    class Meta:
        verbose_name = "vị trí sổ cái"
        verbose_name_plural = "vị trí sổ cái"

    def __str__(self) -> str:
        return f"{self.epoch}/{self.position}"


class KeptAnswerQuerySet(ScopedQuerySet):
    """An answer is nobody's but the one's who was given it."""

    def visible_to(self, scope):
        return self.filter(user_id=scope.user_id)

    def editable_by(self, scope):
        return self.none()


class KeptAnswer(models.Model):
    """What a caller was answered under a key of its own choice, so that asking again does nothing again."""

    user_id = models.BigIntegerField("mã người gọi")
    key = models.CharField("khóa lặp", max_length=200)
    fingerprint = models.CharField("dấu của yêu cầu", max_length=64)
    status = models.PositiveSmallIntegerField("mã trả lời", default=0)
    headers = models.JSONField("tiêu đề trả lời", default=dict)
    body = models.TextField("nội dung trả lời", blank=True)
    kept_at = models.DateTimeField("giữ từ lúc", db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "câu trả lời đã giữ"
        verbose_name_plural = "câu trả lời đã giữ"
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "key"], name="one_answer_of_a_key", violation_error_message="Khóa này đã dùng."
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"


class NamedQuerySet(AuditedQuerySet):
    """Search and order by name without any help of the database."""

    def named_like(self, words: str) -> "NamedQuerySet":
        """Rows whose name, or a known variant of it, contains the words; marks and case do not matter."""
        key = text.search_key(words)
        return self.filter(search_key__contains=key) if key else self.none()


class NamedModel(AuditedModel):
    """A record with a Vietnamese name. Search and sort keys are derived on every save."""

    name = models.CharField("tên", max_length=200)
    search_key = models.CharField("khóa tìm kiếm", max_length=600, editable=False, db_index=True)
    sort_key = models.CharField("khóa sắp xếp", max_length=700, editable=False, db_index=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def searched_text(self) -> str:
        """What a search looks through; a subclass adds its variants and codes."""
        return self.name

    def derive_keys(self) -> None:
        """Bring the name into its stored form and fill in the keys; bulk writers call it themselves."""
        self.name = text.clean(self.name)
        self.search_key = text.search_key(self.searched_text)[:600]
        self.sort_key = text.sort_key(self.name)[:700]

    def save(self, *args, **kwargs) -> None:
        self.derive_keys()
        super().save(*args, **kwargs)


class DatedQuerySet(AuditedQuerySet):
    """Records and the days on which they hold."""

    def in_force(self, on: date) -> "DatedQuerySet":
        """Records that hold on that day (both end days included; an empty end is open)."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )


class DatedModel(AuditedModel):
    """A record that holds from a day to a day. A change closes it and opens another; nothing is overwritten."""

    valid_from = models.DateField("hiệu lực từ", null=True, blank=True, help_text="Để trống: có từ trước.")
    valid_to = models.DateField("hiệu lực đến", null=True, blank=True, help_text="Ngày cuối cùng còn hiệu lực.")

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_days_in_order",
                violation_error_message="Ngày hết hiệu lực phải sau ngày bắt đầu.",
            )
        ]

    def exists_on(self, on: date) -> bool:
        """Whether the record holds on that day (both end days included)."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class StoredFileQuerySet(ScopedQuerySet):
    """A file is as open as the records that refer to it."""

    def visible_to(self, scope):
        found = Q(pk__in=[])
        for relation in self.model.owners():
            records = visible(relation.related_model._default_manager.all(), scope)
            found |= Q(pk__in=records.values(relation.field.attname))
        return self.filter(found)


class StoredFile(models.Model):
    """A file of the office as it was handed in; its content lies in FILES_DIR under a random name.

    The same content is kept once, however often it is handed in. Who may open it follows from the record that
    refers to it; names of people stand here as they were, for this is the ground floor.
    """

    class Kind(models.TextChoices):
        PDF = "PDF", "PDF"
        PNG = "PNG", "ảnh PNG"
        JPEG = "JPEG", "ảnh JPEG"
        DOCX = "DOCX", "văn bản Word (.docx)"
        XLSX = "XLSX", "sổ tính Excel (.xlsx)"

    id = models.UUIDField("mã", primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("tên tệp", max_length=200)
    kind = models.CharField("loại", max_length=4, choices=Kind)
    size = models.PositiveIntegerField("dung lượng")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    blob = models.CharField("tên lưu trữ", max_length=40, db_index=True)
    stored_at = models.DateTimeField("nhận lúc")
    stored_by_id = models.BigIntegerField("mã người gửi", null=True)
    stored_by_name = models.CharField("người gửi", max_length=200, blank=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp"
        verbose_name_plural = "tệp"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def owners(cls) -> list[models.ForeignObjectRel]:
        """Every relation by which a record owns files; they are found, not listed."""
        relations = [field for field in cls._meta.get_fields(include_hidden=True) if not field.concrete]
        return [relation for relation in relations if not relation.related_model._meta.auto_created]

    @property
    def url(self) -> str:
        """Where it is opened; a file widget shows it as the present file."""
        return reverse("file", args=[self.pk])
