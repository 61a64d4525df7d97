"""The table of the trail. It holds ids and names of the time, no foreign key: nothing can take an entry along."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from ntm_portal.core import clock, text
from ntm_portal.core.append_only import AppendOnlyModel, AppendOnlyQuerySet

EMPTY = "trống"


class Kind(models.TextChoices):
    """What was done."""

    CREATED = "CREATED", "thêm"
    CHANGED = "CHANGED", "đổi"
    DELETED = "DELETED", "xóa"
    LOADED = "LOADED", "nạp"
    EXPORTED = "EXPORTED", "xuất"
    DOWNLOADED = "DOWNLOADED", "tải tệp"
    SIGNED_IN = "SIGNED_IN", "đăng nhập"
    SIGN_IN_FAILED = "SIGN_IN_FAILED", "đăng nhập không được"
    UNLOCKED = "UNLOCKED", "mở khóa đăng nhập"
    SIGNED_OUT = "SIGNED_OUT", "đăng xuất"
    PASSWORD_CHANGED = "PASSWORD_CHANGED", "đổi mật khẩu"
    SECOND_FACTOR_ON = "SECOND_FACTOR_ON", "bật xác thực hai bước"
    SECOND_FACTOR_OFF = "SECOND_FACTOR_OFF", "tắt xác thực hai bước"
    TOKEN_MADE = "TOKEN_MADE", "cấp mã API"
    TOKEN_REVOKED = "TOKEN_REVOKED", "thu hồi mã API"
    TOKEN_USED = "TOKEN_USED", "dùng mã API"


# How the sentence goes on where the act already says what kind of record it is about.
_OBJECTS = {
    Kind.SIGN_IN_FAILED: "với tên",
    Kind.UNLOCKED: "của",
    Kind.PASSWORD_CHANGED: "của",
    Kind.SECOND_FACTOR_ON: "của",
    Kind.SECOND_FACTOR_OFF: "của",
    Kind.DOWNLOADED: "",
    Kind.TOKEN_MADE: "",
    Kind.TOKEN_REVOKED: "",
    Kind.TOKEN_USED: "",
}


class AuditQuerySet(AppendOnlyQuerySet):
    """Entries by what they are about; the trail is read by those who may edit what it tells of."""

    def visible_to(self, scope):
        return self if scope.edits_all else self.none()

    def about(self, label: str, *record_ids: int) -> "AuditQuerySet":
        """What happened to records of a model (`app.model`) and to what belongs to them, the latest first."""
        own, parts = Q(model=label, record_id__in=record_ids), Q(owner_model=label, owner_id__in=record_ids)
        return self.filter(own | parts)

    def since(self, moment: datetime) -> "AuditQuerySet":
        return self.filter(at__gte=moment)


class AuditEntry(AppendOnlyModel):
    """One act: who, when, from where, what, and what it was before and after.

    `changes` is a list of {name, label, before, after}: the words of the time, never a secret.
    """

    at = models.DateTimeField("lúc", default=clock.real_now)
    kind = models.CharField("việc", max_length=20, choices=Kind)
    user_id = models.BigIntegerField("số của người làm", null=True, blank=True)
    user_name = models.CharField("người làm", max_length=310)
    address = models.CharField("từ địa chỉ", max_length=45, blank=True)
    under = models.CharField("trong khuôn khổ", max_length=300, blank=True)
    model = models.CharField("mã loại bản ghi", max_length=60, blank=True)
    model_name = models.CharField("loại bản ghi", max_length=100, blank=True)
    record_id = models.BigIntegerField("số của bản ghi", null=True, blank=True)
    record_name = models.CharField("bản ghi", max_length=300, blank=True)
    owner_model = models.CharField("mã loại bản ghi chủ", max_length=60, blank=True)
    owner_id = models.BigIntegerField("số của bản ghi chủ", null=True, blank=True)
    changes = models.JSONField("trước và sau", default=list)
    note = models.TextField("diễn giải", blank=True)
    actor_key = models.CharField("khóa tìm người làm", max_length=620, editable=False)
    search_key = models.TextField("khóa tìm kiếm", editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "dòng nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["model", "record_id", "-id"], name="audit_of_a_record"),
            models.Index(fields=["owner_model", "owner_id", "-id"], name="audit_of_an_owner"),
            models.Index(fields=["user_id", "-id"], name="audit_of_a_person"),
            models.Index(fields=["at"], name="audit_by_moment"),
        ]

    def __str__(self) -> str:
        return self.sentence

    def derive_keys(self) -> None:
        """Fill in what is searched; whoever writes in bulk calls it."""
        said = [self.user_name, self.get_kind_display(), self.model_name, self.record_name]
        said += [self.under, self.address, self.note]
        said += [f"{change['label']} {change['before']} {change['after']}" for change in self.changes]
        self.search_key = text.search_key(" ; ".join(said))
        self.actor_key = text.search_key(self.user_name)

    def save(self, *args, **kwargs) -> None:
        self.derive_keys()
        super().save(*args, **kwargs)

    @property
    def deed(self) -> str:
        """What was done to what, without who did it: "đổi ngưỡng 17.1: mức yêu cầu 95 → 90"."""
        words = f"{self.get_kind_display()} {self._object()}".strip()
        told = "; ".join(filter(None, [self._differences(), self.note]))
        return f"{words}: {told}" if told else words

    def _object(self) -> str:
        if self.kind in {Kind.SIGNED_IN, Kind.SIGNED_OUT}:
            return ""
        kind = _OBJECTS.get(self.kind, self.model_name)
        return f"{kind} {self.record_name}".strip()

    @property
    def is_told_apart(self) -> bool:
        """A record that is new or gone is named in the sentence; its values stand beside it."""
        return self.kind in {Kind.CREATED, Kind.DELETED, Kind.TOKEN_MADE}

    def _differences(self) -> str:
        if self.is_told_apart or self.kind in _OBJECTS:
            return ""
        return "; ".join(f"{c['label']} {c['before'] or EMPTY} → {c['after'] or EMPTY}" for c in self.changes)

    @property
    def sentence(self) -> str:
        """The entry as one sentence."""
        return f"{self.user_name} {self.deed}"
