"""What may be asked of tasks and obstacles."""

from rest_framework import serializers

from directives.models import Assignment, Obstacle, Task
from ntm_portal.api import remembered
from ntm_portal.api.parameters import ListQuery, choices_of, same_words
from ntm_portal.api.work import shapes

_TRUTH = same_words("Chỉ nhận true hoặc false.")


def _code(what: str, example: str) -> dict:
    words = f"Ghi mã một {what}, ví dụ {example}."
    return {"required": False, "error_messages": same_words(words), "help_text": words}


class TaskListQuery(ListQuery):
    """Filters of `tasks/`; state and lateness are those of any body's part, or of that of `department`."""

    row = shapes.TaskSerializer

    directive = serializers.CharField(
        required=False,
        error_messages=same_words("Ghi số, ký hiệu văn bản, ví dụ 3867/UBND-NNTN."),
        help_text="Số, ký hiệu văn bản.",
    )
    department = serializers.CharField(**_code("đơn vị", "SYT"))
    state = serializers.ChoiceField(**choices_of("Trạng thái", Assignment.State.values))
    recurrence = serializers.ChoiceField(**choices_of("Lặp lại", Task.Recurrence.values))
    is_closed = serializers.BooleanField(required=False, error_messages=_TRUTH, help_text="Đã đóng hay chưa.")
    is_overdue = serializers.BooleanField(required=False, error_messages=_TRUTH, help_text="Có phần việc quá hạn.")

    def validate_directive(self, value: str) -> str:
        return self.known(value, remembered.directive_numbers(self.context["at"]), "văn bản")

    def validate_department(self, value: str) -> str:
        return self.known(value, remembered.department_codes(self.context["at"]), "đơn vị")


class ObstacleListQuery(ListQuery):
    """Filters of `obstacles/`."""

    row = shapes.ObstacleSerializer

    state = serializers.ChoiceField(**choices_of("Trạng thái", Obstacle.State.values))
    is_open = serializers.BooleanField(required=False, error_messages=_TRUTH, help_text="Chưa giải quyết xong.")
    is_overdue = serializers.BooleanField(required=False, error_messages=_TRUTH, help_text="Quá hạn trả lời.")
    department = serializers.CharField(**_code("đơn vị nêu", "SYT"))
    owner = serializers.CharField(**_code("đơn vị phải trả lời", "SXD"))
    district = serializers.CharField(**_code("huyện", "617"))
    commune = serializers.CharField(**_code("xã", "23407"))

    def validate_department(self, value: str) -> str:
        return self.known(value, remembered.department_codes(self.context["at"]), "đơn vị")

    def validate_owner(self, value: str) -> str:
        return self.known(value, remembered.department_codes(self.context["at"]), "đơn vị")

    def validate_district(self, value: str) -> str:
        return self.known(value, remembered.district_codes(self.context["at"]), "huyện")
