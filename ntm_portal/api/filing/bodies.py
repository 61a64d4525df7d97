"""What may be sent about reports."""

from decimal import Decimal

from rest_framework import serializers

from ntm_portal.api.bodies import MOST_ID, Body, SentTextField
from reports.models import ReportLine

_MOST_LINES = 5000
_MOST_REMARKS = 1000
_NUMBER_WORDS = "Phải là một số, nhiều nhất mười chữ số trước và bốn chữ số sau dấu chấm."


def _id(help_text: str, *, least: int = 1, **options) -> serializers.IntegerField:
    words = dict.fromkeys(("invalid", "min_value", "max_value", "max_string_length"), f"Phải là số nguyên từ {least}.")
    return serializers.IntegerField(
        min_value=least, max_value=MOST_ID, error_messages=words, help_text=help_text, **options
    )


def _number(help_text: str) -> serializers.DecimalField:
    names = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits", "max_string_length")
    return serializers.DecimalField(
        max_digits=14,
        decimal_places=4,
        required=False,
        allow_null=True,
        coerce_to_string=False,
        error_messages=dict.fromkeys(names, _NUMBER_WORDS),
        help_text=help_text,
    )


class MeasureBody(Body):
    id = _id("Mã đại lượng đo.")
    value = _number("Giá trị theo đơn vị của đại lượng; chỉ ghi null thì bỏ số đo. Số JSON hoặc chuỗi, không làm tròn.")
    numerator = _number("Tử số; cùng mẫu số thì không cần value.")
    denominator = _number("Mẫu số.")

    def validate(self, given: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
        if (given.get("numerator") is None) != (given.get("denominator") is None):
            raise serializers.ValidationError({"denominator": "Phải ghi cả tử số và mẫu số."}, code="required")
        if given.get("denominator") == 0:
            raise serializers.ValidationError({"denominator": "Mẫu số phải khác 0."}, code="invalid")
        if not given.keys() - {"id"}:
            raise serializers.ValidationError({"value": "Phải ghi giá trị, hoặc tử số và mẫu số."}, code="required")
        return given


class LineBody(Body):
    line = _id("Mã dòng.")
    revision = _id("Lần sửa của dòng như đã đọc; không ghi thì không hỏi.", least=0, required=False)
    conclusion = serializers.ChoiceField(
        [("", ""), *ReportLine.CONCLUSIONS],
        required=False,
        error_messages={"invalid_choice": "Kết luận: MET, NOT_MET, EXEMPT, hoặc chuỗi trống để bỏ kết luận."},
        help_text="Không ghi thì suy từ số đo, khi số đo và mức yêu cầu chỉ cho một kết luận.",
    )
    measures = MeasureBody(many=True, required=False, help_text="Số đo; đại lượng không ghi thì giữ nguyên.")
    note = SentTextField(required=False, allow_blank=True)
    basis = SentTextField(required=False, allow_blank=True, help_text="Căn cứ không xét.")

    def validate_measures(self, given: list[dict]) -> list[dict]:
        if len({measure["id"] for measure in given}) < len(given):
            raise serializers.ValidationError("Mỗi đại lượng chỉ được ghi một lần.", code="repeated")
        return given


class LinesBody(Body):
    lines = LineBody(
        many=True,
        allow_empty=False,
        max_length=_MOST_LINES,
        help_text="Dòng chỉ ghi line là xác nhận giữ nguyên kỳ trước.",
        error_messages={
            "empty": "Phải ghi ít nhất một dòng.",
            "max_length": f"Nhiều nhất {_MOST_LINES} dòng một lần.",
            "not_a_list": "Phải là một danh sách dòng.",
        },
    )

    def validate_lines(self, given: list[dict]) -> list[dict]:
        """Each line once: of two changes of one line nobody could say which holds."""
        seen: set[int] = set()
        faults: list[dict] = [{} for _ in given]
        for fault, line in zip(faults, given, strict=True):
            if line["line"] in seen:
                fault["line"] = [serializers.ErrorDetail("Dòng này đã ghi ở trên.", "repeated")]
            seen.add(line["line"])
        if any(faults):
            raise serializers.ValidationError(faults)
        return given


class RemarkBody(Body):
    text = SentTextField(max_length=1000)
    line = _id("Mã dòng; không ghi line và entry thì là ý kiến về cả báo cáo.", required=False)
    entry = _id("Mã xã trong báo cáo.", required=False)

    def validate(self, given: dict) -> dict:
        if {"line", "entry"} <= given.keys():
            raise serializers.ValidationError(
                {"entry": "Một ý kiến gắn với một dòng, hoặc với một xã."}, code="invalid"
            )
        return given


class SendBackBody(Body):
    notes = RemarkBody(
        many=True,
        allow_empty=False,
        max_length=_MOST_REMARKS,
        error_messages={
            "empty": "Trả lại thì phải ghi ít nhất một ý kiến.",
            "max_length": f"Nhiều nhất {_MOST_REMARKS} ý kiến.",
            "not_a_list": "Phải là một danh sách ý kiến.",
        },
    )


class CorrectionBody(Body):
    report = _id("Mã báo cáo đã duyệt.")
    reason = SentTextField(max_length=500, help_text="Lý do đính chính.")
