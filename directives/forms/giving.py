"""The form of a task: what, who, where and until when."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from communes.models import Commune
from criteria.models import Indicator
from directives.forms.fields import TickField, commune_label, day_field, lines, rural_communes
from directives.mentions import open_bodies
from directives.models import Target, Task
from ntm_portal.accounts.models import Department
from ntm_portal.core import clock, text

_LISTS = ("communes", "indicators")


class TaskForm(forms.ModelForm):
    """A new task, or the words of one that there is; bodies can be added later, never taken away here."""

    title = forms.CharField(label="Tên gọn", max_length=200, error_messages={"required": "Hãy đặt tên gọn."})
    content = lines("Nội dung", 4, 5_000, error_messages={"required": "Hãy ghi phải làm gì."})
    departments = TickField(
        Department.objects.none(),
        label="Giao cho",
        label_of=lambda body: body.name,
        gone="Có đơn vị đã thôi hoạt động hoặc không có trong danh sách nên không giao việc được.",
        missing="Hãy chọn ít nhất một đơn vị.",
    )
    due_on = day_field("Hạn", required=False, help_text="Nhiệm vụ hằng tháng, hằng quý: hạn của lần đầu.")
    recurrence = forms.ChoiceField(
        label="Lặp lại",
        choices=Task.Recurrence,
        error_messages={"invalid_choice": "Không có cách lặp lại “%(value)s”."},
    )
    target = forms.ModelChoiceField(
        Target.objects.none(),
        label="Thuộc mục tiêu",
        required=False,
        empty_label="không thuộc mục tiêu nào",
        help_text="Khi mục tiêu đạt, cổng tự đề nghị xác nhận xong nhiệm vụ.",
        error_messages={"invalid_choice": "Mục tiêu này không thuộc văn bản."},
    )
    communes = TickField(
        Commune.objects.none(),
        label="Xã",
        label_of=commune_label,
        gone="Có xã không còn trong danh mục.",
        required=False,
    )
    indicators = TickField(
        Indicator.objects.none(), label="Chỉ tiêu", gone="Có chỉ tiêu không thuộc bộ tiêu chí.", required=False
    )
    quote = lines("Câu trích", 3, 5_000, required=False)

    class Meta:
        model = Task
        fields = (
            "title", "content", "departments", "due_on", "recurrence", "target", "communes", "indicators", "quote",
        )  # fmt: skip

    def __init__(self, *args: Any, set_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task, today = self.instance, clock.today()
        bodies = open_bodies(today)
        if task.pk:
            bodies = bodies.exclude(assignments__task=task)
            self.fields["departments"].label, self.fields["departments"].required = "Giao thêm cho", False
            del self.fields["due_on"], self.fields["recurrence"]
        self.fields["departments"].queryset = bodies
        communes = self._with_held("communes", rural_communes(today)).select_related("district")
        self.fields["communes"].queryset = communes.order_by("district__sort_key", "sort_key")
        indicators = self._with_held("indicators", Indicator.objects.filter(criterion__criteria_set__code=set_code))
        self.fields["indicators"].queryset = indicators.order_by("criterion__number", "order")
        if task.directive_id:
            self.fields["target"].queryset = Target.objects.filter(directive=task.directive_id)
        else:
            del self.fields["target"]

    def _with_held(self, name: str, offered: QuerySet) -> QuerySet:
        """What is offered and what the task names already, also where that could no longer be chosen."""
        held = getattr(self.instance, name).values("pk") if self.instance.pk else offered.none().values("pk")
        return offered.model.objects.filter(Q(pk__in=held) | Q(pk__in=offered.order_by().values("pk")))

    def clean_quote(self) -> str:
        return text.clean(self.cleaned_data["quote"])

    def clean(self) -> dict:
        data = super().clean()
        if "recurrence" not in self.fields:
            return data
        if "due_on" not in self.errors:
            self._check_due(data)
        return data

    def _check_due(self, data: dict) -> None:
        due_on, recurrence, given_on = data.get("due_on"), data.get("recurrence"), self.instance.given_on
        if due_on is None and recurrence != Task.Recurrence.STANDING:
            self.add_error("due_on", "Hãy ghi hạn; chỉ nhiệm vụ thường xuyên mới không có hạn.")
        elif due_on and due_on < given_on:
            what = "ngày ban hành văn bản" if self.instance.directive_id else "ngày giao"
            self.add_error("due_on", f"Hạn không thể trước {what} ({given_on:%d/%m/%Y}).")

    @property
    def links(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in _LISTS}
