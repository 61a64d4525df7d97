"""What is sent to the interface: JSON with exact numbers, no unknown names, and the version it was written against."""

import codecs
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.utils.json import strict_constant

from ntm_portal.core.errors import DomainError

_TAG = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]{32})?"')
MOST_ID = 2**63 - 1


class PreconditionMissingError(DomainError):
    """A change that does not say which version it was written against."""

    code = "if_match_required"
    status = 428


class StaleTagError(DomainError):
    """A version that is not, or no longer, the one there is."""

    code = "stale"
    status = 412


class ExactJsonParser(JSONParser):
    """JSON whose decimals stay as they were written: 69.95 is 69.95."""

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            text = codecs.getreader(encoding)(stream).read()
            return json.loads(text, parse_float=Decimal, parse_constant=strict_constant)
        except (ValueError, LookupError, RecursionError) as error:
            raise ParseError(str(error)) from error


class Body(serializers.Serializer):
    """Refuses names that it does not declare, at every depth."""

    default_error_messages = {"invalid": 'Phải là một đối tượng JSON: {{ "tên": giá trị }}.'}

    def to_internal_value(self, data: Any) -> dict:
        if isinstance(data, Mapping):
            accepted = ", ".join(self.fields)
            unknown = {
                name: [serializers.ErrorDetail(f"Không có trường “{name}”. Nhận: {accepted}.", "unknown")]
                for name in data
                if name not in self.fields
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """The validated body of a request; none at all is an empty one. Raises ValidationError naming each fault."""
        body = cls(data={} if request.data is None else request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data


class NothingBody(Body):
    """An act that says all by its address."""


def revision_of(request: Request, *, is_required: bool = False) -> int | None:
    """The revision that If-Match names; none where nothing is asked of it.

    An ETag that a proxy marked as weak, because it packed the answer, still names the revision. Raises
    PreconditionMissingError, and StaleTagError for what no version of the record can have.
    """
    said = request.headers.get("If-Match", "").strip()
    if not said and is_required:
        raise PreconditionMissingError(
            "Ghi ETag của báo cáo đã đọc vào If-Match, để không ghi đè điều người khác vừa sửa (hoặc If-Match: *)."
        )
    if not said or said == "*":
        return None
    found = _TAG.fullmatch(said)
    if found is None:
        raise StaleTagError('If-Match phải là ETag của báo cáo như lần đọc trước, ví dụ "7-9f…".')
    return int(found[1])
