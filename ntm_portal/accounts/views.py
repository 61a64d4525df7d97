"""Signing in, and the pages of one's own account."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_safe

from ntm_portal.accounts.forms import ChangePasswordForm, SignInForm
from ntm_portal.accounts.permissions import NotAllowedError

_DOORS = ("/dang-nhap/", "/dang-xuat/", "/quan-tri/login/")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who I am here, and what of my account I can change."""
    memberships = request.user.memberships.select_related("department").order_by("department__sort_key", "role")
    return render(request, "accounts/home.html", {"title": "Tài khoản của tôi", "memberships": memberships})


class SafeNextMixin:
    """Where to go on: only inside the portal, and never back to a door."""

    def get_redirect_url(self) -> str:
        target = super().get_redirect_url()
        return "" if urlsplit(target).path.startswith(_DOORS) else target


class SignInView(SafeNextMixin, views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


def enter_admin(request: HttpRequest, extra_context=None) -> HttpResponse:
    """The admin's door is the portal's. Who is in already and still stands here has no business behind it."""
    if request.user.is_authenticated:
        if request.user.is_staff:
            return redirect("admin:index")
        raise NotAllowedError("Vai trò của bạn không được vào trang quản trị.")
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


class PasswordView(views.PasswordChangeView):
    """Changing one's password ends every other session of the account (their hash of it no longer fits)."""

    form_class = ChangePasswordForm
    template_name = "accounts/password.html"
    title = "Đổi mật khẩu"
    success_url = reverse_lazy("accounts:home")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc.")
        return super().form_valid(form)
