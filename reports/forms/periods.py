"""Forms about periods and the board of who has handed in what."""

from django import forms

from ntm_portal.accounts.models import Department
from ntm_portal.core import clock
from ntm_portal.core.querying import QueryForm
from reports.models import Obligation

_NO_YEAR = {
    "invalid": "Năm phải là số, ví dụ 2020.",
    "min_value": clock.YEARS_WORDS,
    "max_value": clock.YEARS_WORDS,
    "required": "Hãy ghi năm.",
}


def _year(label: str, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=clock.YEARS[0],
        max_value=clock.YEARS[-1],
        error_messages=_NO_YEAR,
    )


class PeriodsForm(QueryForm):
    """Which year is shown."""

    nam = _year("Năm")


class YearForm(forms.Form):
    """For which year the periods are laid down."""

    year = _year("Năm", required=True)


class ReasonForm(forms.Form):
    """Why a period is closed or opened again; it stays in the trail."""

    reason = forms.CharField(
        label="Lý do",
        max_length=250,
        error_messages={"required": "Phải ghi lý do."},
        widget=forms.Textarea({"rows": 2}),
    )


class BoardForm(PeriodsForm):
    """Which bodies and reports the board shows, and whether it is wanted as a file."""

    don_vi = forms.ChoiceField(
        required=False,
        choices=Department.Kind,
        error_messages={"invalid_choice": "Không có loại đơn vị “%(value)s”."},
    )
    bao_cao = forms.ChoiceField(
        required=False,
        choices=Obligation.Kind,
        error_messages={"invalid_choice": "Không có loại báo cáo “%(value)s”."},
    )
    chi = forms.ChoiceField(
        required=False,
        choices=[("con-no", "chưa nộp hoặc bị trả lại")],
        error_messages={"invalid_choice": "Không lọc được theo “%(value)s”. Nhận: con-no."},
    )
    xuat = forms.ChoiceField(
        required=False, choices=[("xlsx", "xlsx")], error_messages={"invalid_choice": "Chỉ xuất được dạng xlsx."}
    )
