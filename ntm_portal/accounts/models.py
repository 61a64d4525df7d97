"""Bodies, people, their roles, API tokens, notices to them, and which body helps which commune."""

import hashlib
import secrets
from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q

from communes.models import Commune, District
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet, Kind, name_of
from ntm_portal.core.models import DatedModel, NamedModel
from ntm_portal.core.scoped import ScopedQuerySet


class AccountQuerySet(AuditedQuerySet):
    """Accounts, roles and keys are the administrator's alone."""

    def visible_to(self, scope: Scope) -> "AccountQuerySet":
        return self if scope.has_any({Role.ADMIN}) else self.none()

    def editable_by(self, scope: Scope) -> "AccountQuerySet":
        return self.visible_to(scope)


class PeopleManager(UserManager.from_queryset(AccountQuerySet)):
    """Makes people; whether one may enter the admin follows from roles and is not said."""

    use_in_migrations = False

    def _create_user_object(self, username, email, password, **fields):
        fields.pop("is_staff", None)
        return super()._create_user_object(username, email, password, **fields)


class Department(NamedModel):
    """A body that reports or is told to act: sở, ngành, district committee, union, company."""

    moves_position = True
    seen_through = {"pk": "department_ids"}
    edited_through = seen_through

    class Kind(models.TextChoices):
        COORDINATION = "COORDINATION", "Văn phòng điều phối"
        SO_NGANH = "SO_NGANH", "Sở, ngành"
        DISTRICT = "DISTRICT", "UBND huyện, thành phố"
        DOAN_THE = "DOAN_THE", "Mặt trận, đoàn thể"
        ENTERPRISE = "ENTERPRISE", "Doanh nghiệp, đơn vị"

    code = models.CharField("mã", max_length=30, unique=True)
    short_name = models.CharField("tên gọn", max_length=80)
    kind = models.CharField("loại", max_length=12, choices=Kind)
    district = models.OneToOneField(
        District, models.PROTECT, verbose_name="huyện, thành phố", null=True, blank=True, related_name="department"
    )
    phone = models.CharField("điện thoại", max_length=60, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    basis = models.CharField("căn cứ", max_length=300, blank=True)

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["kind", "sort_key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="DISTRICT", district__isnull=False) | (~Q(kind="DISTRICT") & Q(district__isnull=True)),
                name="district_body_names_its_district",
                violation_error_message="Chỉ UBND huyện, thành phố mới gắn với một huyện, và phải gắn.",
            )
        ]

    @property
    def searched_text(self) -> str:
        return f"{self.name} ; {self.short_name}"


class User(AuditedModel, AbstractUser):
    """A person who signs in. Rights come from memberships, not from groups."""

    first_name = None
    last_name = None
    full_name = models.CharField("họ và tên", max_length=150, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu khi đăng nhập", default=False)

    objects = PeopleManager()

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def audit_name(self) -> str:
        return name_of(self)

    def audit_kind(self, kind: Kind, names: set[str]) -> Kind:
        """A new password alone is told as that."""
        return (
            Kind.PASSWORD_CHANGED if kind == Kind.CHANGED and names - {"must_change_password"} == {"password"} else kind
        )

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @classmethod
    def with_scope(cls, pk: int, *, role: str = "") -> "User | None":
        """The person together with the scope, as they are now (one query, where each alone would take one).

        With a role, as a token has it, the scope is what that role alone gives.
        """
        found = list(
            cls._default_manager.filter(pk=pk).annotate(
                _role=F("memberships__role"),
                _department=F("memberships__department_id"),
                _district=F("memberships__department__district_id"),
            )
        )
        if not found:
            return None
        user = found[0]
        held = [(row._role, row._department, row._district) for row in found if row._role is not None]
        if role:
            held = [row for row in held if row[0] == role]
        user.scope = Scope.of(user.pk, held, is_admin=user.is_superuser and role in {"", Role.ADMIN})
        return user

    @property
    def is_staff(self) -> bool:
        """Whether the admin site opens: to whoever has a role, with what is theirs."""
        return self.scope.has_any(Role)

    @cached_property
    def scope(self) -> Scope:
        """What this person may see and touch, read once (one query)."""
        held = self.memberships.values_list("role", "department_id", "department__district_id")
        return Scope.of(self.pk, held, is_admin=self.is_superuser)


class Membership(AuditedModel):
    """A person works for a body in a role; one person may hold several."""

    audit_owner = "user"

    user = models.ForeignKey(User, models.CASCADE, verbose_name="người dùng", related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị", related_name="memberships")
    role = models.CharField("vai trò", max_length=12, choices=Role)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò"
        verbose_name_plural = "vai trò"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "department", "role"],
                name="one_membership_each",
                violation_error_message="Người này đã có vai trò đó ở đơn vị này.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.department.short_name}"


class Sponsorship(DatedModel):
    """Xã được phân công: a body guides, helps or is twinned with a commune."""

    moves_position = True
    audit_owner = "commune"
    seen_through = {"department": "department_ids", "commune__district": "district_ids"}

    class Kind(models.TextChoices):
        CHI_DAO = "CHI_DAO", "Chỉ đạo"
        PHU_TRACH = "PHU_TRACH", "Phụ trách"
        DO_DAU = "DO_DAU", "Đỡ đầu"
        KET_NGHIA = "KET_NGHIA", "Kết nghĩa"

    department = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị", related_name="sponsorships")
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã", related_name="sponsorships")
    kind = models.CharField("hình thức", max_length=10, choices=Kind)
    basis = models.CharField("căn cứ", max_length=300)
    is_verified = models.BooleanField("đã kiểm chứng", default=True)

    class Meta(DatedModel.Meta):
        abstract = False
        verbose_name = "phân công giúp đỡ xã"
        verbose_name_plural = "phân công giúp đỡ xã"
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["department", "commune", "kind"],
                name="one_sponsorship_each",
                violation_error_message="Đơn vị này đã được phân công xã đó.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department.short_name}: {self.commune}"


class ApiTokenQuerySet(AccountQuerySet):
    def in_force(self, at: datetime) -> "ApiTokenQuerySet":
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True)


class ApiToken(AuditedModel):
    """A key for another system. Only its SHA-256 is kept; the key itself is shown once.

    It acts with its role alone, while its owner holds that role; without one (keys of before) with all of them.
    """

    DAYS = 180
    MOST_DAYS = 365
    audit_owner = "user"
    audit_left_out = frozenset({"last_used_on"})

    user = models.ForeignKey(User, models.CASCADE, verbose_name="người dùng", related_name="api_tokens")
    name = models.CharField("nhãn", max_length=100)
    role = models.CharField("vai trò", max_length=12, choices=Role, blank=True)
    digest = models.CharField("mã băm", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("tạo lúc")
    expires_at = models.DateTimeField("hết hạn lúc", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    last_used_on = models.DateField("dùng lần cuối ngày", null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "mã truy cập API"
        verbose_name_plural = "mã truy cập API"

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"

    def state(self, at: datetime) -> str:
        """In words: in force, over, or revoked."""
        if self.revoked_at:
            return "đã thu hồi"
        return "đã hết hạn" if self.expires_at and self.expires_at <= at else "đang dùng"

    def audit_kind(self, kind: Kind, names: set[str]) -> Kind:
        """A token is made and revoked, not added and changed."""
        if kind == Kind.CHANGED and "revoked_at" in names and self.revoked_at:
            return Kind.TOKEN_REVOKED
        return Kind.TOKEN_MADE if kind == Kind.CREATED else kind

    @staticmethod
    def digest_of(key: str) -> str:
        """What is stored of a key. A key has 256 random bits, so a plain hash is enough."""
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def issue(
        cls, user: User, name: str, *, at: datetime, expires_at: datetime | None = None, role: str = ""
    ) -> tuple["ApiToken", str]:
        """A new token and its key, which cannot be read again."""
        key = secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user, name=name, digest=cls.digest_of(key), created_at=at, expires_at=expires_at, role=role
        )
        return token, key


class NoticeQuerySet(ScopedQuerySet):
    """Notices are their recipient's alone, whatever else somebody may read."""

    def visible_to(self, scope: Scope) -> "NoticeQuerySet":
        return self.filter(recipient=scope.user_id)

    def editable_by(self, scope: Scope) -> "NoticeQuerySet":
        return self.visible_to(scope)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def to_mail(self, delivery: str) -> "NoticeQuerySet":
        """Those that are to follow by e-mail in that way and have not yet, oldest first."""
        rows = self.filter(delivery=delivery, emailed_at__isnull=True, recipient__is_active=True)
        return rows.select_related("recipient").order_by("created_at", "pk")


class Notice(models.Model):
    """Thông báo: something that a person has to know. `key` says what about: nobody is told the same twice.

    `delivery` is how the recipient wanted it by e-mail on the day it was written; `emailed_at` is set just before
    the e-mail leaves, and taken back where it could not. The trail of acts leaves notices out: they tell of acts.
    """

    class Delivery(models.TextChoices):
        AT_ONCE = "AT_ONCE", "gửi thư ngay"
        DIGEST = "DIGEST", "gộp vào một thư mỗi ngày"
        PORTAL = "PORTAL", "chỉ trên cổng"

    recipient = models.ForeignKey(User, models.CASCADE, verbose_name="người nhận", related_name="notices")
    kind = models.CharField("loại", max_length=20)
    key = models.CharField("về việc", max_length=80)
    subject = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung", max_length=5_000)
    url = models.CharField("trang liên quan", max_length=300)
    delivery = models.CharField("thư điện tử", max_length=8, choices=Delivery, default=Delivery.PORTAL)
    created_at = models.DateTimeField("tạo lúc")
    read_at = models.DateTimeField("đọc lúc", null=True, blank=True)
    emailed_at = models.DateTimeField("gửi thư lúc", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"],
                name="one_notice_each",
                violation_error_message="Người này đã được báo việc đó.",
            )
        ]
        indexes = [
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["delivery"],
                condition=Q(emailed_at__isnull=True) & ~Q(delivery="PORTAL"),
                name="notice_to_mail",
            ),
            models.Index(fields=["key"], name="notice_about"),
        ]

    def __str__(self) -> str:
        return self.subject


class PreferenceQuerySet(ScopedQuerySet):
    """What people chose for themselves."""

    def visible_to(self, scope: Scope) -> "PreferenceQuerySet":
        return self.filter(user=scope.user_id)

    def editable_by(self, scope: Scope) -> "PreferenceQuerySet":
        return self.visible_to(scope)


class NoticePreference(models.Model):
    """How a person wants one kind of notice by e-mail; in the portal each stands in any case."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="người dùng", related_name="notice_preferences")
    kind = models.CharField("loại", max_length=20)
    delivery = models.CharField("thư điện tử", max_length=8, choices=Notice.Delivery)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "cách nhận thông báo"
        verbose_name_plural = "cách nhận thông báo"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="one_preference_each",
                violation_error_message="Đã có lựa chọn cho loại thông báo này.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_delivery_display()}"
