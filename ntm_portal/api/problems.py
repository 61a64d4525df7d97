"""Errors as RFC 9457 problems, in Vietnamese."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from ntm_portal.api.errors import QueryError
from ntm_portal.core.errors import BadQueryError, DomainError

_TITLES = {
    400: "Yêu cầu không hợp lệ",
    401: "Chưa đăng nhập",
    403: "Không được phép",
    404: "Không tìm thấy",
    405: "Phương thức không dùng được",
    406: "Không có định dạng này",
    409: "Trái quy tắc",
    412: "Đã có người sửa trước",
    415: "Kiểu nội dung không nhận",
    422: "Khóa lặp đã dùng cho việc khác",
    428: "Thiếu điều kiện",
    429: "Quá nhiều yêu cầu",
    500: "Lỗi máy chủ",
}
_DETAILS = {
    400: "Nội dung gửi lên không phải JSON hợp lệ.",
    401: "Cần mã truy cập (Authorization: Token …) hoặc phiên đăng nhập.",
    403: "Vai trò của bạn không được xem thông tin này.",
    404: "Không có địa chỉ hoặc đơn vị này.",
    405: "Địa chỉ này không nhận phương thức đó.",
    406: "Câu trả lời là JSON; danh sách còn có CSV và XLSX (?format=csv, ?format=xlsx).",
    415: "Nội dung gửi lên phải là JSON (Content-Type: application/json).",
    429: "Hãy chờ rồi gọi lại.",
}


_WHOLE = api_settings.NON_FIELD_ERRORS_KEY


def problem(status: int, title: str, detail: str, errors: list[dict] | None = None, **members: object) -> JsonResponse:
    """An application/problem+json response; `members` are further ones, left out where they are empty."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body |= {name: value for name, value in members.items() if value}
    if errors:
        body["errors"] = errors
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/problem+json"
    return response


def _faults(detail, pointer: str, separator: str) -> list[dict]:
    """Flatten DRF's nested error detail into pointers; what is wrong with the whole points at the whole."""
    if isinstance(detail, dict):
        return [
            fault
            for name, inner in detail.items()
            for fault in _faults(inner, pointer if name == _WHOLE else f"{pointer}{separator}{name}", "/")
        ]
    if isinstance(detail, list):
        # A list of many records is in the place of each: {} where there is nothing wrong.
        places = any(isinstance(inner, dict) for inner in detail)
        return [
            fault
            for index, inner in enumerate(detail)
            for fault in _faults(inner, f"{pointer}/{index}" if places else pointer, "/")
        ]
    return [{"pointer": pointer, "detail": str(detail), "code": getattr(detail, "code", "invalid")}]


def _bad_input(detail, *, is_query: bool) -> JsonResponse:
    faults = _faults(detail, "?" if is_query else "#", "" if is_query else "/")
    said = " ".join(fault["detail"] for fault in faults)
    return problem(400, _TITLES[400], said, faults)


def problem_for(error: Exception, context: dict) -> JsonResponse | None:
    """DRF's exception handler; none lets an unforeseen error become a plain 500."""
    set_rollback()
    if isinstance(error, BadQueryError):
        return _bad_input(error.errors, is_query=True)
    if isinstance(error, DomainError):
        return _of_domain_error(error)
    if isinstance(error, exceptions.ValidationError):
        is_query = isinstance(error, QueryError) or context["request"].method in SAFE_METHODS
        return _bad_input(error.detail, is_query=is_query)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    return _of_api_exception(error)


def _of_domain_error(error: DomainError) -> JsonResponse:
    title = _TITLES.get(error.status, _TITLES[409])
    faults = [
        {"pointer": f"#/lines/{fault.index}/{_FIELDS.get(fault.field, fault.field)}", "detail": fault.message,
         "code": error.code}
        for fault in getattr(error, "faults", ())
    ]  # fmt: skip
    return problem(error.status, title, error.message, faults, code=error.code, details=error.details)


_FIELDS = {"readings": "measures"}
"""What a body calls by another name than the action does."""


def _of_api_exception(error: exceptions.APIException) -> JsonResponse:
    status = error.status_code
    own_words = isinstance(error, exceptions.AuthenticationFailed)
    detail = str(error.detail) if own_words or status not in _DETAILS else _DETAILS[status]
    response = problem(status, _TITLES.get(status, "Lỗi"), detail)
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        response["Retry-After"] = str(int(error.wait) + 1)
    return response
