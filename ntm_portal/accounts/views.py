"""Signing in, and the pages of one's own account."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ntm_portal.accounts import lockout, second_factor
from ntm_portal.accounts.doors import SafeNextMixin
from ntm_portal.accounts.forms import ChangePasswordForm, NewPasswordForm, SignInForm, TokenForm
from ntm_portal.accounts.permissions import NotAllowedError
from ntm_portal.accounts.second_views import ask_for_code
from ntm_portal.core import clock


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who I am here, and what of my account I can change."""
    memberships = request.user.memberships.select_related("department").order_by("department__sort_key", "role")
    context = {
        "title": "Tài khoản của tôi",
        "memberships": memberships,
        "tokens": request.user.api_tokens.in_force(clock.now()).count(),
        "has_second_factor": second_factor.device_of(request.user) is not None,
    }
    return render(request, "accounts/home.html", context)


class SignInView(SafeNextMixin, views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:
        user = form.get_user()
        if second_factor.device_of(user) is None:
            return super().form_valid(form)
        ask_for_code(self.request, user)
        target = self.get_redirect_url()
        return redirect(reverse("accounts:second-step") + (f"?{urlencode({'next': target})}" if target else ""))


def enter_admin(request: HttpRequest, extra_context=None) -> HttpResponse:
    """The admin's door is the portal's. Who is in already and still stands here has no business behind it."""
    if request.user.is_authenticated:
        if request.user.is_staff:
            return redirect("admin:index")
        raise NotAllowedError("Vai trò của bạn không được vào trang quản trị.")
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My keys for other systems. A new key stands in the answer to the form and nowhere else."""
    made, key = None, ""
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made, key = form.issue()
        form = TokenForm(user=request.user)
    now = clock.now()
    listed = [(token, token.state(now)) for token in request.user.api_tokens.order_by("-created_at", "-pk")]
    context = {"title": "Mã truy cập API", "form": form, "tokens": listed, "made": made, "key": key}
    return render(request, "accounts/tokens.html", context)


@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch my key off at once; one that was revoked before keeps its day."""
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    request.user.api_tokens.filter(pk=pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    messages.success(request, f"Đã thu hồi mã “{token.name}”.")
    return redirect("accounts:tokens")


class PasswordView(views.PasswordChangeView):
    """Changing one's password ends every other session of the account (their hash of it no longer fits)."""

    form_class = ChangePasswordForm
    template_name = "accounts/password.html"
    title = "Đổi mật khẩu"
    success_url = reverse_lazy("accounts:home")

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc.")
        return super().form_valid(form)


class NewPasswordView(views.PasswordResetConfirmView):
    """The page behind the link of the e-mail. Whoever holds it is the person: the door opens again at once."""

    title = "Đặt mật khẩu mới"
    form_class = NewPasswordForm
    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("accounts:password-done")

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        answer = super().form_valid(form)
        lockout.unlock(self.user)
        return answer
