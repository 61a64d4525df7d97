"""OpenAPI from the views themselves."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


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

    def _is_list_view(self, serializer=None) -> bool:
        return False

    def get_filter_backends(self) -> list:
        return []
