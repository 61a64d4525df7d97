"""Pages of the second factor: asked at sign-in, set up and taken off in one's own account."""

import time
from base64 import b32encode

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import FormView
from django_otp import login as remember_device

from ntm_portal.accounts import second_factor
from ntm_portal.accounts.doors import SafeNextMixin
from ntm_portal.accounts.forms import CodeForm, ConfirmFactorForm, PasswordAgainForm
from ntm_portal.accounts.models import User
from ntm_portal.core import audit

_PENDING = "second_step"
_SECONDS = 600
_BACKEND = "ntm_portal.accounts.permissions.RoleBackend"


def ask_for_code(request: HttpRequest, user: User) -> None:
    """Remember who has shown the password; nobody is signed in before the code."""
    request.session.cycle_key()
    request.session[_PENDING] = {"user": user.pk, "hash": user.get_session_auth_hash(), "at": time.time()}


def _pending_user(request: HttpRequest) -> User | None:
    """Who has shown the password in this browser within the last minutes, and still has that password."""
    kept = request.session.get(_PENDING)
    if not kept or time.time() - kept["at"] > _SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return user if user and constant_time_compare(kept["hash"], user.get_session_auth_hash()) else None


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class SecondStepView(SafeNextMixin, RedirectURLMixin, FormView):
    """The second question of signing in; also for a session that was opened before the factor was set up."""

    form_class = CodeForm
    template_name = "accounts/second_step.html"
    extra_context = {"title": "Mã xác thực"}
    next_page = "dashboard:province"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            self.person = _pending_user(request)
            if self.person is None:
                return redirect("accounts:sign-in")
        elif second_factor.is_shown(request.session) or second_factor.device_of(user) is None:
            return redirect(self.get_success_url())
        else:
            self.person = user
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"user": self.person}

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": self.get_redirect_url()}

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """Whoever guesses codes knows the password: the trail must say so."""
        note = "mã xác thực không đúng"
        audit.record(audit.Kind.SIGN_IN_FAILED, self.person, note=note, by=audit.of_request(self.request))
        return super().form_invalid(form)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        self.request.session.pop(_PENDING, None)
        login(self.request, self.person, _BACKEND)
        remember_device(self.request, form.device)
        return redirect(self.get_success_url())


@never_cache
@require_safe
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Whether I use a second factor, and the next step of setting it up."""
    return _page(request)


def _page(request: HttpRequest, **given: object) -> HttpResponse:
    user = request.user
    setting_up = second_factor.unconfirmed(user)
    context = {
        "title": "Xác thực hai bước",
        "device": second_factor.device_of(user),
        "codes_left": second_factor.backup_codes_left(user),
        "is_required": second_factor.is_required(user),
        "is_shown": second_factor.is_shown(request.session),
        "setting_up": setting_up,
        "confirm_form": ConfirmFactorForm(request=request, device=setting_up),
        "remove_form": PasswordAgainForm(request=request),
    }
    if setting_up:
        secret = b32encode(setting_up.bin_key).decode()
        context["secret"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        context["picture"] = second_factor.picture_of(setting_up)
    return render(request, "accounts/second_factor.html", context | given)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new secret to photograph; the one in use stays until the new one is confirmed."""
    if second_factor.device_of(request.user) is None:
        second_factor.begin_enrolment(request.user)
    return redirect("accounts:second-factor")


@never_cache
@sensitive_post_parameters()
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the app into use; the backup codes stand in this answer and nowhere else."""
    device = second_factor.unconfirmed(request.user)
    if device is None:
        return redirect("accounts:second-factor")
    form = ConfirmFactorForm(request.POST, request=request, device=device)
    if not form.is_valid():
        return _page(request, confirm_form=form)
    codes = second_factor.confirm(form.device)
    request.session.cycle_key()
    remember_device(request, form.device)
    context = {"title": "Mã dự phòng", "codes": codes, "home": resolve_url("accounts:home")}
    return render(request, "accounts/backup_codes.html", context)


@never_cache
@sensitive_post_parameters()
@require_POST
def take_off(request: HttpRequest) -> HttpResponse:
    """The password alone opens the account from now on."""
    form = PasswordAgainForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, remove_form=form)
    second_factor.remove(request.user)
    request.session.pop(second_factor.DEVICE_ID_SESSION_KEY, None)
    messages.success(request, "Đã tắt xác thực hai bước.")
    return redirect("accounts:second-factor")
