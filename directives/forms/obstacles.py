"""Forms of obstacles: the list, raising one, what is done about one, and naming the document for UBND tỉnh."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from communes.models import Commune
from criteria.models import CriteriaSet, Indicator
from criteria.queries import default_set_code
from directives.models import Obstacle, Task
from directives.obstacles import OPEN, Asked
from ntm_portal.accounts.models import Department, User
from ntm_portal.core import clock
from ntm_portal.core.days import DayInput
from ntm_portal.core.querying import QueryForm

STATES = [(OPEN, "Đang mở"), *Obstacle.State.choices, ("tat-ca", "Tất cả")]
_LONGEST = 5_000
_DAY_WORDS = "Ngày phải có thật, viết như 30/11/2020."
_TOO_LONG = {"max_length": "Dài quá %(limit_value)s ký tự."}


def _one_of(choices: list[tuple[str, str]], message: str) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=choices, error_messages={"invalid_choice": message})


def _words(label: str, missing: str = "", *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=_LONGEST,
        error_messages={"required": missing, "max_length": f"Dài quá {_LONGEST} ký tự."},
        widget=forms.Textarea({"rows": rows}),
        **kwargs,
    )


class ListForm(QueryForm):
    """How the list is narrowed, and whether it is wanted as a file."""

    tim = forms.CharField(required=False, max_length=200, error_messages=_TOO_LONG)
    trang_thai = _one_of(STATES, "Không có trạng thái “%(value)s”.")
    huyen = forms.CharField(required=False, max_length=10, error_messages=_TOO_LONG)
    don_vi = forms.CharField(required=False, max_length=30, error_messages=_TOO_LONG)
    giai_quyet = forms.CharField(required=False, max_length=30, error_messages=_TOO_LONG)
    chi = _one_of([("qua-han", "Quá hạn trả lời")], "Không lọc được theo “%(value)s”. Nhận: qua-han.")
    cua_toi = _one_of([("1", "Của đơn vị tôi")], "Chỉ nhận 1.")
    trang = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10**6,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Trang là số từ 1."),
    )
    xuat = _one_of([("xlsx", "xlsx")], "Chỉ xuất được dạng xlsx.")

    @staticmethod
    def asked(given: dict[str, Any]) -> Asked:
        """What the list is asked for by cleaned values; solved ones show when asked for."""
        return Asked(
            state={"": OPEN, "tat-ca": ""}.get(given["trang_thai"], given["trang_thai"]),
            district=given["huyen"],
            body=given["don_vi"],
            owner=given["giai_quyet"],
            words=given["tim"],
            only_overdue=bool(given["chi"]),
            only_mine=bool(given["cua_toi"]),
        )


def _communes():
    rows = Commune.objects.in_force(clock.today()).select_related("district")
    return rows.order_by("district__sort_key", "sort_key")


def _indicators():
    """Of the set by which communes are judged today; none while no set is loaded."""
    if not CriteriaSet.objects.exists():
        return Indicator.objects.none()
    rows = Indicator.objects.filter(criterion__criteria_set__code=default_set_code(clock.today()))
    return rows.select_related("criterion").order_by("criterion__number", "order")


def _tasks():
    return Task.objects.filter(closed_on=None).select_related("directive").order_by("directive", "due_on", "pk")


def _record(label: str, code: str, message: str) -> forms.ModelChoiceField:
    """A record by its code; which there are is said when the form is made."""
    return forms.ModelChoiceField(
        Department.objects.none(),
        label=label,
        required=False,
        to_field_name=code,
        empty_label="Không",
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value"), message),
    )


_NO_COMMUNE, _NO_INDICATOR, _NO_TASK = "Không có xã này.", "Không có chỉ tiêu này.", "Không có nhiệm vụ này."


class AboutForm(QueryForm):
    """What a new obstacle is about, as a link to its form says."""

    xa = _record("Xã", "code", _NO_COMMUNE)
    chi_tieu = _record("Chỉ tiêu", "code", _NO_INDICATOR)
    nhiem_vu = _record("Nhiệm vụ", "pk", _NO_TASK)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill_about(self)


def _fill_about(form: forms.Form) -> None:
    form.fields["xa"].queryset = _communes()
    form.fields["chi_tieu"].queryset = _indicators()
    form.fields["nhiem_vu"].queryset = _tasks()


def _grouped(rows: Iterable, key, heading, value, label) -> list[tuple[str, list[tuple[Any, str]]]]:
    """Choices of a long list under headings."""
    groups = groupby(rows, key=key)
    return [(heading(held[0]), [(value(row), label(row)) for row in held]) for held in (list(g) for _, g in groups)]


class RaiseForm(forms.Form):
    """An obstacle as whoever meets it tells of it, for one of the bodies that the person speaks for."""

    noi_dung = _words("Khó khăn, vướng mắc gì", "Hãy ghi nội dung khó khăn, vướng mắc.", rows=4)
    xa = _record("Ở xã", "code", _NO_COMMUNE)
    chi_tieu = _record("Về chỉ tiêu", "code", _NO_INDICATOR)
    nhiem_vu = _record("Khi làm nhiệm vụ", "pk", _NO_TASK)
    don_vi = forms.ModelChoiceField(
        Department.objects.none(),
        label="Đơn vị nêu",
        to_field_name="code",
        empty_label=None,
        error_messages={"required": "Hãy chọn đơn vị nêu.", "invalid_choice": "Bạn không nêu thay được đơn vị này."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        _fill_about(self)
        self._group()
        bodies = Department.objects.order_by("kind", "sort_key")
        scope = user.scope
        self.fields["don_vi"].queryset = bodies if scope.edits_all else bodies.filter(pk__in=scope.department_ids)
        self.fields["don_vi"].label_from_instance = lambda body: body.name
        own = bodies.filter(memberships__user=user).values_list("code", flat=True).first()
        self.fields["don_vi"].initial = own

    def _group(self) -> None:
        """Long lists under headings; the fields themselves still look a choice up among the records."""
        xa, chi_tieu, nhiem_vu = (self.fields[name] for name in ("xa", "chi_tieu", "nhiem_vu"))
        communes = _grouped(
            xa.queryset,
            lambda c: c.district_id,
            lambda c: c.district.full_name,
            lambda c: c.code,
            lambda c: c.full_name,
        )
        indicators = _grouped(
            chi_tieu.queryset,
            lambda i: i.criterion_id,
            lambda i: f"{i.criterion.number}. {i.criterion.name}",
            lambda i: i.code,
            lambda i: f"{i.code} {i.name}",
        )
        tasks = _grouped(
            nhiem_vu.queryset,
            lambda t: t.directive_id,
            lambda t: str(t.directive or "Văn phòng điều phối giao"),
            lambda t: t.pk,
            lambda t: t.title,
        )
        for field, choices in ((xa, communes), (chi_tieu, indicators), (nhiem_vu, tasks)):
            field.widget.choices = [("", "Không"), *choices]

    @property
    def about(self) -> dict[str, Any]:
        """What it is about, as the acts name it."""
        given = self.cleaned_data
        return {"commune": given["xa"], "indicator": given["chi_tieu"], "task": given["nhiem_vu"]}


class DecisionForm(forms.Form):
    """What to do where the same seems to be there: raise another all the same (`la`), or join one of them (`cung`)."""

    la = forms.ChoiceField(required=False, choices=[("moi", "việc khác")])
    cung = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class StepForm(forms.Form):
    """What every act on an obstacle sends: the last step that its page showed, and words."""

    buoc = forms.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "Trang đã cũ; hãy mở lại."),
    )

    def __init__(self, *args: Any, last: int, name: str, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", initial={"buoc": last}, auto_id=f"{name}-%s", **kwargs)


class AnswerForm(StepForm):
    text = _words("Trả lời", "Hãy ghi nội dung trả lời.")


class AskForm(StepForm):
    department = forms.ModelChoiceField(
        Department.objects.order_by("kind", "sort_key"),
        label="Giao cho",
        to_field_name="code",
        empty_label="Chọn đơn vị",
        error_messages={"required": "Hãy chọn đơn vị.", "invalid_choice": "Không có đơn vị này."},
    )
    answer_by = forms.DateField(
        label="Trả lời trước ngày",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _DAY_WORDS, "required": "Hãy ghi hạn trả lời."},
        widget=DayInput,
    )
    text = _words("Yêu cầu", rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].label_from_instance = lambda body: body.name

    def clean_answer_by(self):
        day = self.cleaned_data["answer_by"]
        if day.year not in clock.YEARS:
            raise ValidationError(clock.YEARS_WORDS)
        return day


class EscalateForm(StepForm):
    text = _words("Kiến nghị với UBND tỉnh", "Hãy ghi kiến nghị với UBND tỉnh.")


class SolvedForm(StepForm):
    text = _words("Đã giải quyết thế nào", rows=2)


class ReopenForm(StepForm):
    text = _words("Vì sao nêu lại", "Hãy ghi vì sao nêu lại.", rows=2)


class NameForm(forms.Form):
    """In which document the chosen obstacles go to UBND tỉnh."""

    chon = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": "Hãy chọn ít nhất một vướng mắc.",
            "invalid_choice": "Có vướng mắc không còn trong danh sách; hãy chọn lại.",
        },
    )
    van_ban = forms.CharField(
        label="Báo cáo UBND tỉnh tại văn bản",
        max_length=200,
        error_messages={
            "required": "Hãy ghi số, ký hiệu văn bản báo cáo UBND tỉnh.",
            "max_length": "Dài quá 200 ký tự.",
        },
        help_text="Ví dụ: Báo cáo số 312/BC-VPĐP ngày 30/10/2020.",
    )

    def __init__(self, *args: Any, offered: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["chon"].choices = [(pk, pk) for pk in offered]


class ExtractForm(QueryForm):
    """Whether the list for UBND tỉnh is wanted as a file."""

    xuat = _one_of([("docx", "docx"), ("xlsx", "xlsx")], "Chỉ xuất được dạng docx, xlsx.")
