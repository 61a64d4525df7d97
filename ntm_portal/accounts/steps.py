"""What a signed-in person must do before anything else, asked on every page and every session call of the API."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from ntm_portal.accounts import second_factor
from ntm_portal.accounts.models import User

_PASSWORD_PAGE = "accounts:password"  # noqa: S105  # nosec B105
_FACTOR_PAGE = "accounts:second-factor"
_CODE_PAGE = "accounts:second-step"
_ALWAYS_OPEN = {"accounts:sign-out"}


def _pending(request: HttpRequest, user: User) -> tuple[str, set[str], str] | None:
    """The page that leads on, the pages that stay open meanwhile, and the reason in words."""
    if user.must_change_password:
        return _PASSWORD_PAGE, {_PASSWORD_PAGE}, "Bạn phải đổi mật khẩu trước."
    if second_factor.is_required(user) and not second_factor.is_shown(request.session):
        reason = "Vai trò của bạn phải dùng xác thực hai bước."
        if second_factor.device_of(user) is not None:
            return _CODE_PAGE, {_CODE_PAGE}, reason
        return _FACTOR_PAGE, {_FACTOR_PAGE, f"{_FACTOR_PAGE}-begin", f"{_FACTOR_PAGE}-confirm"}, reason
    return None


class EntryStepsMiddleware:
    """Leads to the next step of entering until it is done; requests with an API token do not pass through a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """None where the way is free."""
        is_api = request.path.startswith("/api/")
        is_open = not getattr(view, "login_required", True) and not is_api
        # Only the API reads a token: on a page the header says nothing, the session speaks.
        if is_open or (is_api and request.headers.get("Authorization", "").startswith("Token ")):
            return None
        step = _pending(request, request.user) if request.user.is_authenticated else None
        if step is None:
            return None
        page, meanwhile, reason = step
        if request.resolver_match.view_name in meanwhile | _ALWAYS_OPEN:
            return None
        if is_api:
            body = {"type": "about:blank", "title": "Không được phép", "status": 403, "detail": reason}
            return JsonResponse(body, status=403, content_type="application/problem+json")
        return redirect(page)
