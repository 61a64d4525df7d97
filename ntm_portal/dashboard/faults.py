"""Error pages in Vietnamese, and problems where the API was asked."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from criteria.models import CriteriaSet
from ntm_portal.core.errors import BadQueryError, DomainError, NotFoundError

_PAGES = {
    400: ("Yêu cầu không hợp lệ", "Địa chỉ hoặc dữ liệu gửi lên không đọc được."),
    403: ("Không được phép", "Vai trò của bạn không được xem hoặc làm việc này."),
    404: ("Không tìm thấy", "Không có trang, đơn vị hoặc mục này."),
    413: ("Gửi lên quá lớn", "Dữ liệu hoặc tệp gửi lên vượt quá dung lượng cho phép."),
    500: ("Lỗi máy chủ", "Đã có lỗi ngoài dự kiến; lỗi đã được ghi lại."),
}


def fault_page(
    request: HttpRequest,
    status: int,
    message: str = "",
    hints: list[str] | None = None,
    *,
    again: dict[str, object] | None = None,
    bare: bool = False,
) -> HttpResponse:
    """A page that says what went wrong and where to go on, or lets one try `again`; a problem for the API.

    A bare page looks nothing up: the database may be what failed, or a stranger asked what nobody has to answer.
    """
    title, usual = _PAGES[status]
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": message or usual}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    context = {"title": title, "message": message or usual, "hints": hints or [], "status": status, **(again or {})}
    if bare:
        return HttpResponse(render_to_string("fault.html", context), status=status)
    return render(request, "fault.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django itself found suspicious: a foreign host, too many fields, too large a body."""
    return fault_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400, bare=True)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return fault_page(request, 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: an old page, or another site."""
    return fault_page(request, 403, "Biểu mẫu đã cũ hoặc được gửi từ trang khác. Hãy mở lại trang rồi gửi lại.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return fault_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return fault_page(request, 500, bare=True)


def empty_portal(request: HttpRequest, status: int = 200) -> HttpResponse | None:
    """While nothing is loaded: the page that says what to do next, whatever was asked for."""
    if CriteriaSet.objects.exists():
        return None
    return render(request, "dashboard/empty.html", {"title": "Chưa có dữ liệu"}, status=status)


_TIMES = {"ngay": "Ngày", "so_voi": "So với", "biet_den": "Chỉ tính điều đã ghi đến"}


def _time_again(request: HttpRequest, error: BadQueryError) -> dict[str, object]:
    """The choice of time as it was typed, to be mended where it stands; other choices of the page are kept."""
    given = request.GET
    if not error.errors.keys() & _TIMES.keys():
        return {}
    return {
        "fields": [(name, label, given.get(name, ""), name in error.errors) for name, label in _TIMES.items()],
        "kept": [(name, value) for name, values in given.lists() for value in values if name not in _TIMES],
    }


class DomainErrorMiddleware:
    """A rule or a faulty query becomes a page with its own words instead of a traceback.

    What is not found in a portal with nothing loaded is not missing: nothing is there yet.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Only errors that were meant for a person."""
        if isinstance(error, Http404 | NotFoundError) and not request.path.startswith("/api/"):
            empty = empty_portal(request, status=404)
            if empty is not None:
                return empty
        if not isinstance(error, DomainError):
            return None
        status = error.status if error.status in _PAGES else 400
        if not isinstance(error, BadQueryError):
            return fault_page(request, status, error.message)
        hints = [said for words in error.errors.values() for said in words if said != error.message]
        return fault_page(request, status, error.message, hints, again=_time_again(request, error))
