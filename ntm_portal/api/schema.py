"""OpenAPI from the views themselves. Docstrings speak English to developers; the description speaks Vietnamese."""

from collections.abc import Mapping

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiRequest, OpenApiResponse, extend_schema
from rest_framework import serializers

from ntm_portal.api import parameters
from ntm_portal.api import serializers as shapes
from ntm_portal.api.renderers import CsvRenderer, XlsxRenderer

JSON = "application/json"
_PROBLEMS = {
    400: "Tham số sai; errors nói tham số nào và nhận gì.",
    401: "Chưa đăng nhập, hoặc mã truy cập không còn dùng được.",
    403: "Vai trò không được xem.",
    404: "Không có đơn vị, mục hoặc trang này.",
    406: "Không có định dạng đã xin.",
    429: "Quá nhiều yêu cầu; Retry-After nói chờ bao lâu.",
}
_ACT_PROBLEMS = _PROBLEMS | {
    400: "Nội dung sai; errors chỉ từng chỗ (pointer) và nói cần gì.",
    403: "Vai trò không được làm việc này.",
    404: "Không có báo cáo này trong phạm vi của người gọi.",
    409: "Trái quy tắc hoặc trạng thái; code nói quy tắc nào.",
    412: "Đã có người sửa trước.",
    415: "Nội dung không phải JSON.",
}
_REUSED = "Idempotency-Key này đã dùng cho yêu cầu khác."
_NO_MATCH = "Thiếu If-Match."
_STATUS = (
    "Câu trả lời gắn với ngày (as_of), điều đã biết đến một thời điểm (known_at) và vị trí sổ cái (ledger_position). "
    "Gửi lại ETag trong If-None-Match thì nhận 304 khi chưa có gì đổi."
)
_FILES = (
    "?format=csv hoặc ?format=xlsx cho tệp với các cột cố định, chứa cả danh sách đã lọc; "
    "có page hoặc page_size thì tệp chỉ chứa trang đó."
)


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token <key>` in words that Swagger UI understands."""

    target_class = "ntm_portal.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Ghi “Token ” rồi đến mã truy cập, ví dụ: Token 3fQ…",
        }


class PortalSchema(AutoSchema):
    """One operation per URL, named after its view; the answers are as the views say."""

    def get_operation_id(self) -> str:
        """Reading carries the plain name; where an address also takes something, that act is called Create."""
        name = type(self.view).__name__.removesuffix("View")
        return f"{name}Create" if self.method == "POST" and hasattr(self.view, "get") else name

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "trạng thái")]

    def get_description(self) -> str:
        return ""

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        schema.pop("description", None)
        return schema

    def _is_list_view(self, serializer=None) -> bool:
        return False

    def get_filter_backends(self) -> list:
        return []


def documented(
    shape: type[serializers.Serializer],
    query: type[parameters.Query],
    summary: str,
    description: str = "",
    said: str = _STATUS,
):
    """The OpenAPI of a GET: its parameters, its answer, its problems; of a list also its files."""
    answers = {(200, JSON): OpenApiResponse(shape, description="Dữ liệu.")}
    told = [description, said]
    if issubclass(query, parameters.ListQuery):
        answers |= {
            (200, CsvRenderer.media_type): OpenApiTypes.STR,
            (200, XlsxRenderer.media_type): OpenApiTypes.BINARY,
        }
        told.append(_FILES)
    answers[304] = OpenApiResponse(description="Chưa có gì đổi.")
    return extend_schema(
        parameters=[query] if query().fields else [],
        responses=answers | _problems(_PROBLEMS),
        summary=summary,
        description=" ".join(filter(None, told)),
    )


def _problems(words: Mapping[int, str]) -> dict[tuple[int, str], OpenApiResponse]:
    return {
        (code, "application/problem+json"): OpenApiResponse(shapes.ProblemSerializer, description=said)
        for code, said in words.items()
    }


def documented_act(
    body: type[serializers.Serializer],
    shape: type[serializers.Serializer],
    summary: str,
    description: str,
    *,
    status: int = 200,
    is_repeatable: bool = False,
    needs_match: bool = False,
):
    """The OpenAPI of a POST or PATCH: what it takes, what it answers, which headers it heeds, its problems."""
    match = OpenApiParameter(
        "If-Match", str, OpenApiParameter.HEADER, required=needs_match, description="ETag của báo cáo như đã đọc."
    )
    key = OpenApiParameter(
        "Idempotency-Key",
        str,
        OpenApiParameter.HEADER,
        description="Khóa tự chọn, 1–200 ký tự ASCII. Gửi lại cùng khóa, cùng nội dung trong 24 giờ thì nhận lại câu "
        "trả lời cũ (Idempotency-Replayed: true), không làm lại; cùng khóa, khác nội dung là 422. Việc bị từ chối "
        "không giữ khóa.",
    )
    codes = _ACT_PROBLEMS | ({422: _REUSED} if is_repeatable else {}) | ({428: _NO_MATCH} if needs_match else {})
    empty = not body().fields
    return extend_schema(
        parameters=([] if status == 201 else [match]) + ([key] if is_repeatable else []),
        request=OpenApiRequest(body) if not empty else None,
        responses={(status, JSON): OpenApiResponse(shape, description="Đã làm."), **_problems(codes)},
        summary=summary,
        description=description,
    )
