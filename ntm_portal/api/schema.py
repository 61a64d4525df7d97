"""OpenAPI from the views themselves. Docstrings speak English to developers; the description speaks Vietnamese."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
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
        return type(self.view).__name__.removesuffix("View")

    def get_tags(self) -> list[str]:
        return ["trạng thái"]

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


def documented(shape: type[serializers.Serializer], query: type[parameters.Query], summary: str, description: str = ""):
    """The OpenAPI of a GET: its parameters, its answer, its problems; of a list also its files."""
    answers = {(200, JSON): OpenApiResponse(shape, description="Dữ liệu.")}
    said = [description, _STATUS]
    if issubclass(query, parameters.ListQuery):
        answers |= {
            (200, CsvRenderer.media_type): OpenApiTypes.STR,
            (200, XlsxRenderer.media_type): OpenApiTypes.BINARY,
        }
        said.append(_FILES)
    answers[304] = OpenApiResponse(description="Chưa có gì đổi.")
    for code, words in _PROBLEMS.items():
        answers[code, "application/problem+json"] = OpenApiResponse(shapes.ProblemSerializer, description=words)
    return extend_schema(
        parameters=[query] if query().fields else [],
        responses=answers,
        summary=summary,
        description=" ".join(filter(None, said)),
    )
