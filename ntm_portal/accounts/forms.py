"""Forms of signing in and of one's own account."""

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest

from ntm_portal.accounts import second_factor
from ntm_portal.accounts.lockout import password_fits
from ntm_portal.accounts.models import ApiToken, Notice, NoticePreference, User
from ntm_portal.accounts.notices import KINDS
from ntm_portal.core import clock
from ntm_portal.core.querying import QueryForm


class SignInForm(AuthenticationForm):
    """Name and password, with words that say what to do."""

    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa và chữ thường.",
        "inactive": "Tài khoản này đã ngừng hoạt động; hãy liên hệ Văn phòng điều phối.",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]
        name.label = "Tên đăng nhập"
        # Django only tells the browser; a name that nobody can have must not reach the table of failures.
        name.validators.append(MaxLengthValidator(name.max_length, self.error_messages["invalid_login"]))
        self.fields["password"].label = "Mật khẩu"


class _OwnPasswordMixin:
    """A password that its owner chose: nobody else knows it, so it need not be changed again."""

    error_messages = {
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau.",  # nosec B105
        "password_incorrect": "Mật khẩu hiện nay không đúng.",  # nosec B105
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Mật khẩu mới"
        self.fields["new_password1"].help_text = password_validators_help_text_html()
        self.fields["new_password2"].label = "Nhập lại mật khẩu mới"
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True):
        self.user.must_change_password = False
        return super().save(commit=commit)


class ChangePasswordForm(_OwnPasswordMixin, PasswordChangeForm):
    """The present password and a new one that differs from it."""

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "Mật khẩu hiện nay"

    def clean_old_password(self) -> str:
        """Counted: a borrowed browser must not try for ever."""
        if not password_fits(self.request, self.user, self.cleaned_data["old_password"]):
            raise ValidationError("Mật khẩu hiện nay không đúng.", code="password_incorrect")
        return self.cleaned_data["old_password"]

    def clean_new_password1(self) -> str:
        """A forced change to the same password would change nothing."""
        chosen = self.cleaned_data["new_password1"]
        if self.user.check_password(chosen):
            raise ValidationError("Mật khẩu mới phải khác mật khẩu hiện nay.")
        return chosen


class NewPasswordForm(_OwnPasswordMixin, SetPasswordForm):
    """A new password for whoever holds the link from the e-mail."""


class TokenForm(forms.Form):
    """What a key is for, in which role it acts, and how long."""

    name = forms.CharField(
        label="Nhãn", max_length=100, help_text="Hệ thống nào dùng mã này, ví dụ: Kho dữ liệu của tỉnh."
    )
    role = forms.ChoiceField(label="Vai trò", help_text="Mã chỉ xem và làm được những gì vai trò này được phép.")
    days = forms.IntegerField(
        label="Số ngày hiệu lực",
        min_value=1,
        max_value=ApiToken.MOST_DAYS,
        initial=ApiToken.DAYS,
        help_text=f"Nhiều nhất {ApiToken.MOST_DAYS} ngày.",
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["role"].choices = [(role.value, role.label) for role in sorted(user.scope.roles)]

    def clean_name(self) -> str:
        """Sending the form twice makes one key, and two keys are told apart by their names."""
        name = self.cleaned_data["name"]
        if self.user.api_tokens.in_force(clock.now()).filter(name=name).exists():
            raise ValidationError("Bạn đã có mã đang dùng với nhãn này.")
        return name

    def issue(self) -> tuple[ApiToken, str]:
        """The new token and its key, which nobody can read again."""
        given, now = self.cleaned_data, clock.now()
        expires_at = now + timedelta(days=given["days"])
        return ApiToken.issue(self.user, given["name"], at=now, expires_at=expires_at, role=given["role"])


class PasswordAgainForm(forms.Form):
    """The password once more, before something that a borrowed browser must not do."""

    password = forms.CharField(
        label="Mật khẩu hiện nay",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        if not password_fits(self.request, self.request.user, self.cleaned_data["password"]):
            raise ValidationError("Mật khẩu không đúng.")
        return self.cleaned_data["password"]


class CodeForm(forms.Form):
    """A code of the second factor; `device` is what it was right for."""

    code = forms.CharField(
        label="Mã xác thực",
        max_length=20,
        help_text="Mã 6 số trong ứng dụng, hoặc một mã dự phòng.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, *args, user: User, device=None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.device = user, device

    def clean_code(self) -> str:
        found, why = second_factor.check(self.user, self.cleaned_data["code"], self.device)
        if found is None:
            raise ValidationError(why)
        self.device = found
        return self.cleaned_data["code"]


class ConfirmFactorForm(CodeForm):
    """The first code of a new app, and the password."""

    password = PasswordAgainForm.base_fields["password"]
    field_order = ("password", "code")
    clean_password = PasswordAgainForm.clean_password

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        super().__init__(*args, user=request.user, **kwargs)
        self.request = request
        self.fields["code"].help_text = "Mã 6 số mà ứng dụng đang hiện."
        del self.fields["code"].widget.attrs["autofocus"]


class ForgottenPasswordForm(PasswordResetForm):
    """Where to send the link."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Địa chỉ thư điện tử đã đăng ký"


class NoticesForm(QueryForm):
    """Which page of the notices."""

    trang = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


class NoticePreferencesForm(forms.Form):
    """How each kind of notice that may concern the reader goes by e-mail."""

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        chosen = dict(user.notice_preferences.values_list("kind", "delivery"))
        for name, kind in KINDS.items():
            if user.scope.has_any({kind.role}):
                initial = chosen.get(name, kind.delivery)
                self.fields[name] = forms.ChoiceField(label=kind.label, choices=Notice.Delivery, initial=initial)

    def save(self) -> None:
        """Keep what was chosen; what was told before keeps its way."""
        NoticePreference.objects.bulk_create(
            (NoticePreference(user=self.user, kind=name, delivery=way) for name, way in self.cleaned_data.items()),
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["delivery"],
        )
