"""Forms of signing in and of one's own account."""

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError


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


class ForgottenPasswordForm(PasswordResetForm):
    """Where to send the link."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Địa chỉ thư điện tử đã đăng ký"
