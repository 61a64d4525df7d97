"""Forms of signing in and of one's own account."""

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError

from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.core import clock


class SignInForm(AuthenticationForm):
    """Name and password, with words that say what to do."""

    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa và chữ thường.",
        "inactive": "Tài khoản này đã ngừng hoạt động; hãy liên hệ Văn phòng điều phối.",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Tên đăng nhập"
        self.fields["password"].label = "Mật khẩu"


class _OwnPasswordMixin:
    """A password that its owner chose: nobody else knows it, so it need not be changed again."""

    error_messages = {
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau.",
        "password_incorrect": "Mật khẩu hiện nay không đúng.",
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

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Mật khẩu hiện nay"

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


class ForgottenPasswordForm(PasswordResetForm):
    """Where to send the link."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Địa chỉ thư điện tử đã đăng ký"
