"""Pages of one's own account."""

from django.contrib import messages
from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe

from ntm_portal.accounts.forms import ChangePasswordForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who I am here, and what of my account I can change."""
    memberships = request.user.memberships.select_related("department").order_by("department__sort_key", "role")
    return render(request, "accounts/home.html", {"title": "Tài khoản của tôi", "memberships": memberships})


class PasswordView(views.PasswordChangeView):
    """Changing one's password ends every other session of the account (their hash of it no longer fits)."""

    form_class = ChangePasswordForm
    template_name = "accounts/password.html"
    title = "Đổi mật khẩu"
    success_url = reverse_lazy("accounts:home")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc.")
        return super().form_valid(form)
