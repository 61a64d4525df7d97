"""What is sent to the interface: JSON with exact numbers, no unknown names, and the version it was written against."""

import codecs
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.utils.json import strict_constant
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from ntm_portal.api.errors import PreconditionMissingError, StaleTagError

_TAG = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]{32})?"')
MOST_ID = 2**63 - 1


class ExactJsonParser(JSONParser):
    """JSON whose decimals stay as they were written: 69.95 is 69.95."""

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            text = codecs.getreader(encoding)(stream).read()
            return json.loads(text, parse_float=Decimal, parse_constant=strict_constant)
        except (ValueError, LookupError, RecursionError) as error:
            raise ParseError(str(error)) from error


class SentTextField(serializers.CharField):
    """Words that somebody sent; half a surrogate pair is no character that a database takes."""

    default_error_messages = {
        "invalid": "Phải là một chuỗi.",
        "blank": "Không được để trống.",
        "max_length": "Dài nhất {max_length} ký tự.",
    }

    def __init__(self, **options) -> None:
        super().__init__(**options)
        for validator in self.validators:
            if isinstance(validator, ProhibitSurrogateCharactersValidator):
                validator.message = "Có ký tự không hợp lệ: U+{code_point:X}."


class Body(serializers.Serializer):
    """Refuses names that it does not declare, at every depth."""

    default_error_messages = {"invalid": 'Phải là một đối tượng JSON: {{ "tên": giá trị }}.'}

    def get_fields(self) -> dict[str, serializers.Field]:
        declared = super().get_fields()
        for field in declared.values():
            field.error_messages["null"] = "Không được là null."
        return declared

    def to_internal_value(self, data: Any) -> dict:
        faults: dict[str, list] = {}
        if isinstance(data, Mapping):
            accepted = ", ".join(self.fields) or "không trường nào"
            for name in data.keys() - self.fields.keys():
                faults[name] = [ErrorDetail(f"Không có trường “{name}”. Nhận: {accepted}.", "unknown")]
        try:
            return self._unless(faults, super().to_internal_value(data))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**faults, **error.detail}) from error

    def _unless(self, faults: dict[str, list], value: dict) -> dict:
        if faults:
            raise serializers.ValidationError(faults)
        return value

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
