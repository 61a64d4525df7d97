"""What may be sent about tasks and obstacles."""

from datetime import date
from typing import Any

from rest_framework import serializers

from directives.models import TaskUpdate
from ntm_portal.api.bodies import MOST_ID, Body, SentTextField
from ntm_portal.api.parameters import DATE_WORDS
from ntm_portal.core import clock

_Kind = TaskUpdate.Kind
KINDS = [_Kind.ACCEPTED.value, _Kind.PROGRESS.value, _Kind.PROPOSED.value, _Kind.EXTENSION_ASKED.value]
_NEEDED = {
    _Kind.ACCEPTED: (),
    _Kind.PROGRESS: ("percent", "text"),
    _Kind.PROPOSED: ("text",),
    _Kind.EXTENSION_ASKED: ("until", "text"),
}
"""What each kind has to say; anything else it may not."""
_LONGEST = 5_000


def _whole(least: int, most: int, help_text: str) -> serializers.IntegerField:
    said = f"Phải là số nguyên từ {least}" + (f" đến {most}." if most != MOST_ID else ".")
    words = dict.fromkeys(("invalid", "min_value", "max_value", "max_string_length"), said)
    return serializers.IntegerField(
        min_value=least, max_value=most, required=False, error_messages=words, help_text=help_text
    )


class TaskUpdateBody(Body):
    kind = serializers.ChoiceField(
        KINDS,
        error_messages={"invalid_choice": f"Việc: {', '.join(KINDS)}."},
        help_text="ACCEPTED: nhận việc; PROGRESS: percent và text; PROPOSED: đề nghị xác nhận xong, text; "
        "EXTENSION_ASKED: xin lùi hạn, until và text.",
    )
    department = SentTextField(
        required=False, max_length=30, help_text="Mã đơn vị; chỉ cần khi bạn làm cho nhiều đơn vị cùng có nhiệm vụ này."
    )
    percent = _whole(0, 100, "Đã làm được bao nhiêu phần trăm.")
    text = SentTextField(required=False, max_length=_LONGEST)
    until = serializers.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages=dict.fromkeys(("invalid", "datetime"), DATE_WORDS),
        help_text="Xin lùi đến ngày.",
    )
    revision = _whole(0, 2**31 - 1, "Lần sửa của phần việc như đã đọc; không ghi thì không hỏi.")

    def validate_until(self, value: date) -> date:
        if value.year not in clock.YEARS:
            raise serializers.ValidationError(clock.YEARS_WORDS, code="out_of_range")
        return value

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        needed = _NEEDED[given["kind"]]
        faults = {
            name: [serializers.ErrorDetail("Việc này phải ghi trường này.", "required")]
            for name in needed
            if name not in given
        }
        faults |= {
            name: [serializers.ErrorDetail("Việc này không nhận trường này.", "unknown")]
            for name in ("percent", "text", "until")
            if name in given and name not in needed
        }
        if faults:
            raise serializers.ValidationError(faults)
        return given


class ObstacleBody(Body):
    description = SentTextField(max_length=_LONGEST)
    department = SentTextField(
        required=False, max_length=30, help_text="Mã đơn vị nêu; cán bộ của đúng một đơn vị thì không cần."
    )
    commune = SentTextField(required=False, max_length=10, help_text="Mã xã.")
    indicator = SentTextField(required=False, max_length=20, help_text="Mã chỉ tiêu của bộ đang áp dụng.")
    task = _whole(1, MOST_ID, "Mã nhiệm vụ.")
    same_as = _whole(1, MOST_ID, "Mã vướng mắc đang mở mà đơn vị cũng gặp: không tạo mới, thêm tiếng nói vào đó.")
    as_new = serializers.BooleanField(
        required=False,
        error_messages={"invalid": "Chỉ nhận true hoặc false."},
        help_text="true: vẫn nêu mới dù đang có vướng mắc tương tự.",
    )
