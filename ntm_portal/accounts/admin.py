"""Admin pages of bodies, people and API keys, and the page that greets each role with what is its own."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm, UsernameField
from django.contrib.auth.models import Group
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from ntm_portal.accounts import lockout, second_factor, views
from ntm_portal.accounts.models import ApiToken, Department, Membership, Sponsorship, User
from ntm_portal.accounts.permissions import may
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock
from ntm_portal.core.admin import PortalAdmin, ReadOnlyAdmin, yes_no

# One door: the portal's own counts failures and asks for the second factor.
admin.site.login = login_not_required(never_cache(views.enter_admin))
# One page for one thing: the portal's own also lifts the duty to change.
admin.site.password_change = lambda request, extra_context=None: redirect("accounts:password")
# Secrets of a second factor are nobody's to look at; the page of a person takes a lost one off.
admin.site.unregister((StaticDevice, TOTPDevice))
# Rights come from memberships: there is nothing to keep in groups.
admin.site.unregister(Group)


@admin.register(Department)
class DepartmentAdmin(PortalAdmin):
    list_display = ("name", "short_name", "code", "kind", "district")
    list_filter = ("kind",)
    list_select_related = ("district",)
    ordering = ("sort_key",)
    folded_search = ("search_key",)
    code_search = ("code",)
    fields = ("name", "short_name", "code", "kind", "district", "phone", "email", "basis")
    import_keys = ("code",)
    import_columns = ("code", "name", "short_name", "kind", "district__code", "phone", "email", "basis")

    def get_fields(self, request, obj=None) -> list:
        return [self._own_field(request, name) for name in super().get_fields(request, obj)]

    def get_readonly_fields(self, request, obj=None) -> list:
        """An officer keeps how the body is reached; what it is, the coordination office."""
        if may(request.user, "edit_master_data"):
            return []
        return [self._own_field(request, name) for name in self.fields if name not in {"phone", "email"}]

    def _own_field(self, request, name: str):
        is_own = name in {"phone", "email"} or may(request.user, "edit_master_data")
        return name if is_own else self.in_words(request, name)


class NewUserForm(UserCreationForm):
    """The first step of an account: a name, and a password that is hashed."""

    class Meta:
        model = User
        fields = ("username", "full_name")
        field_classes = {"username": UsernameField}

    def save(self, commit: bool = True) -> User:
        self.instance.must_change_password = True
        return super().save(commit)


class UserForm(UserChangeForm):
    """The rest of an account; the password has a page of its own."""

    unlock = forms.BooleanField(
        label="mở khóa đăng nhập", required=False, help_text="Quên các lần nhập sai mật khẩu, từ mọi nơi."
    )
    remove_second_factor = forms.BooleanField(
        label="gỡ xác thực hai bước", required=False, help_text="Cho người mất điện thoại và mã dự phòng."
    )

    class Meta:
        model = User
        fields = (
            "username",
            "password",
            "full_name",
            "email",
            "phone",
            "must_change_password",
            "is_active",
            "is_superuser",
        )
        field_classes = {"username": UsernameField}


class PersonPasswordForm(AdminPasswordChangeForm):
    """A password given by the administrator; Django leaves the warning in English."""

    usable_password_help_text = (  # nosec B105  # a sentence about passwords
        "Tắt thì người này không đăng nhập được bằng mật khẩu nữa."  # noqa: S105
        '<ul id="id_unusable_warning" class="messagelist"><li class="warning">'
        "Nếu tắt, mật khẩu hiện nay của người này sẽ mất.</li></ul>"
    )

    def save(self, commit: bool = True) -> User:
        """Two know it now, so its owner changes it at the next sign-in."""
        self.user.must_change_password = True
        return super().save(commit)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1
    autocomplete_fields = ("department",)


@admin.register(User)
class UserAdmin(PortalAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = PersonPasswordForm
    inlines = (MembershipInline,)
    list_display = ("username", "full_name", "held_roles", "is_active", "last_login")
    list_filter = ("memberships__role", "is_active")
    filter_horizontal = ()
    ordering = ("username",)
    small_search = ("username", "full_name", "email", "phone")
    readonly_fields = ("is_locked", "has_second_factor", "last_login", "date_joined")
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "full_name", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Người dùng", {"fields": ("full_name", "email", "phone")}),
        (
            "Quyền",
            {
                "fields": ("must_change_password", "is_active", "is_superuser"),
                "description": "Quyền đến từ các vai trò ở cuối trang: ai có vai trò thì vào được trang quản trị, "
                "và chỉ thấy phần của mình.",
            },
        ),
        ("Đăng nhập", {"fields": ("is_locked", "unlock", "has_second_factor", "remove_second_factor")}),
        ("Thời điểm", {"fields": ("last_login", "date_joined")}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("memberships__department")

    @admin.display(description="vai trò")
    def held_roles(self, user: User) -> str:
        held = [f"{m.get_role_display()} ({m.department.short_name})" for m in user.memberships.all()]
        return "; ".join(held) or "chưa có"

    @admin.display(description="đang bị khóa đăng nhập")
    def is_locked(self, user: User) -> str:
        return yes_no(lockout.is_locked(user.username))

    @admin.display(description="dùng xác thực hai bước")
    def has_second_factor(self, user: User) -> str:
        return yes_no(second_factor.device_of(user) is not None)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("unlock"):
            lockout.unlock(obj)
        if change and form.cleaned_data.get("remove_second_factor"):
            second_factor.remove(obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        """An account is switched off: what it did keeps its name."""
        return False


@admin.register(Sponsorship)
class SponsorshipAdmin(PortalAdmin):
    list_display = ("department", "commune", "district", "kind", "valid_from", "valid_to", "is_verified")
    list_filter = ("kind", "is_verified", "commune__district", "department__kind")
    list_select_related = ("department", "commune__district")
    ordering = ("department__sort_key", "commune__sort_key")
    folded_search = ("department__search_key", "commune__search_key")
    autocomplete_fields = ("department", "commune")
    import_keys = ("department", "commune", "kind")
    import_columns = ("department__code", "commune__code", "kind", "valid_from", "valid_to", "basis", "is_verified")

    @admin.display(description="huyện, thành phố", ordering="commune__district__sort_key")
    def district(self, sponsorship: Sponsorship) -> str:
        return sponsorship.commune.district.name


class TokenStateFilter(admin.SimpleListFilter):
    title = "tình trạng"
    parameter_name = "tinh_trang"

    def lookups(self, request, model_admin):
        return [("dang-dung", "đang dùng"), ("het-han", "đã hết hạn"), ("thu-hoi", "đã thu hồi")]

    def queryset(self, request, queryset):
        expired = Q(expires_at__lte=clock.now())
        states = {
            "dang-dung": Q(revoked_at__isnull=True) & ~expired,
            "het-han": Q(revoked_at__isnull=True) & expired,
            "thu-hoi": Q(revoked_at__isnull=False),
        }
        return queryset.filter(states.get(self.value(), Q()))


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Made by its owner or by `create_token`, which show the key once; here one looks, and revokes."""

    list_display = ("name", "user", "role", "state", "created_at", "expires_at", "last_used_on", "revoked_at")
    list_filter = (TokenStateFilter,)
    list_select_related = ("user",)
    ordering = ("-created_at",)
    small_search = ("name", "user__username", "user__full_name")
    fields = ("name", "user", "role", "created_at", "expires_at", "last_used_on", "revoked_at")
    actions = ("revoke",)

    @admin.display(description="tình trạng")
    def state(self, token: ApiToken) -> str:
        return token.state(clock.now())

    def has_revoke_permission(self, request) -> bool:
        return may(request.user, "manage_accounts")

    @admin.action(description="Thu hồi mã đã chọn", permissions=["revoke"])
    def revoke(self, request, queryset) -> None:
        """Switch the chosen keys off at once; one that was revoked before keeps its day."""
        revoked = queryset.filter(revoked_at__isnull=True).update(revoked_at=clock.now())
        self.message_user(request, f"Đã thu hồi {revoked} mã truy cập API.", messages.SUCCESS)


_DUTIES = {
    Role.ADMIN: "Bạn quản lý tài khoản, vai trò, mã truy cập và mọi danh mục.",
    Role.COORDINATOR: "Bạn giữ danh mục địa bàn, tiêu chí, phân công, kỳ báo cáo, văn bản và quyết định công nhận.",
    Role.OFFICER: "Bạn xem phần việc của đơn vị mình và sửa thông tin liên hệ của đơn vị.",
    Role.LEADER: "Bạn xem được mọi dữ liệu của chương trình, không sửa.",
}


def _index(request, extra_context=None):
    """The first page of the admin, with the reader's bodies and what the roles are for."""
    scope = request.user.scope
    reached = (
        ("criteria_responsibility", "chỉ tiêu phụ trách hoặc phối hợp", len(scope.indicator_ids)),
        ("communes_commune", "xã, phường, thị trấn", len(scope.commune_ids)),
    )
    greeting = {
        "held": list(request.user.memberships.select_related("department").order_by("department__sort_key", "role")),
        "duties": [duty for role, duty in _DUTIES.items() if role in scope.roles],
        "own_bodies": list(Department.objects.filter(pk__in=scope.department_ids)),
        "own_reach": [(reverse(f"admin:{page}_changelist"), f"{n} {kind}") for page, kind, n in reached if n],
    }
    if not scope.reads_all:
        greeting["title"] = "Phần việc của bạn"
    return admin.AdminSite.index(admin.site, request, greeting | (extra_context or {}))


admin.site.index = _index
