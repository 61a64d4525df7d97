"""Query strings of pages: what is not listed, or cannot be read, is said and not ignored."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from django import forms

from communes.geometry import Style
from communes.models import Commune
from criteria.engine.bands import BAND_LABELS, Band
from criteria.picking import NO_TIER
from criteria.summaries import TIERS
from ntm_portal.core import clock
from ntm_portal.core.querying import QueryForm

DATE_WORDS = "Ngày phải có thật, viết như 13/10/2020 hoặc 2020-10-13."


def _day_field() -> forms.DateField:
    formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
    return forms.DateField(required=False, input_formats=formats, error_messages={"invalid": DATE_WORDS})


def _checked_year(day: date | None) -> date | None:
    if day and day.year not in clock.YEARS:
        raise forms.ValidationError(clock.YEARS_WORDS)
    return day


class StatusForm(QueryForm):
    """The time control of every status page: the day, the day to compare with, and what was known."""

    ngay = _day_field()
    so_voi = _day_field()
    biet_den = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Thời điểm phải có thật, viết như 13/10/2020 08:00 hoặc 13/10/2020."},
    )

    def clean_ngay(self) -> date | None:
        return _checked_year(self.cleaned_data["ngay"])

    def clean_so_voi(self) -> date | None:
        return _checked_year(self.cleaned_data["so_voi"])

    def clean_biet_den(self) -> datetime | None:
        """A day alone means its end: what was recorded on that day was known by then."""
        moment = self.cleaned_data["biet_den"]
        if moment is None:
            return None
        _checked_year(moment.date())
        given = self.data["biet_den"].strip()
        return moment if ":" in given else moment + timedelta(days=1) - timedelta(microseconds=1)

    def clean(self) -> dict:
        """What is compared with lies before."""
        data = super().clean()
        day, compared = data.get("ngay") or clock.today(), data.get("so_voi")
        if compared and compared >= min(day, clock.today()):
            self.add_error("so_voi", f"Ngày so với phải trước ngày xem ({min(day, clock.today()):%d/%m/%Y}).")
        return data


class TableForm(StatusForm):
    """A status page with a table: how it is sorted, and whether it is wanted as a file."""

    sap_xep = forms.CharField(required=False, max_length=40)
    xuat = forms.ChoiceField(
        required=False,
        choices=[("xlsx", "xlsx")],
        error_messages={"invalid_choice": "Chỉ xuất được dạng xlsx."},
    )


class MatrixForm(TableForm):
    """The matrix: a table that may be one list instead of districts, or hold only what changed."""

    nhom = forms.ChoiceField(
        required=False,
        choices=[("huyen", "theo huyện"), ("khong", "một danh sách")],
        error_messages={"invalid_choice": "Không xếp nhóm được theo “%(value)s”. Nhận: huyen, khong."},
    )
    loc = forms.ChoiceField(
        required=False,
        choices=[("thay-doi", "xã có thay đổi")],
        error_messages={"invalid_choice": "Không lọc được theo “%(value)s”. Nhận: thay-doi."},
    )


class CompareForm(StatusForm):
    """Communes to hold beside each other; none compares two days instead."""

    xa = forms.MultipleChoiceField(required=False)

    MOST = 6

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["xa"].choices = [(code, code) for code in self.data.getlist("xa")]

    def clean_xa(self) -> tuple[str, ...]:
        """Codes in the order asked for, each once; which of them exist is the snapshot's to say."""
        codes = tuple(dict.fromkeys(code for code in self.cleaned_data["xa"] if code))
        if len(codes) > self.MOST:
            raise forms.ValidationError(f"So sánh được nhiều nhất {self.MOST} xã cùng lúc.")
        return codes


def _one_of(choices, words: str) -> forms.ChoiceField:
    accepted = ", ".join(str(value) for value, _ in choices)
    said = f"Không có {words} “%(value)s”. Nhận: {accepted}."
    return forms.ChoiceField(
        required=False, choices=[("", "Tất cả"), *choices], error_messages={"invalid_choice": said}
    )


class MapForm(TableForm):
    """How the map is coloured and drawn, and which communes are picked.

    Which districts, criteria and modes there are depends on the day and the set: the page says so.
    """

    to_mau = forms.CharField(required=False, max_length=20)
    kieu = _one_of([(style.value, style.value) for style in Style], "kiểu bản đồ")
    ten = forms.CharField(label="Tên xã", required=False, max_length=60)
    huyen = forms.CharField(label="Huyện", required=False, max_length=3)
    nhom = _one_of([(band.value, BAND_LABELS[band]) for band in Band], "nhóm")
    bac = _one_of([*[(t.value, t.label) for t in TIERS], (NO_TIER, "Chưa công nhận")], "mức công nhận")
    khu_vuc = _one_of(Commune.Group.choices, "khu vực")
    chua_dat = forms.IntegerField(
        label="Chưa đạt tiêu chí",
        required=False,
        error_messages={"invalid": "Số tiêu chí phải là số nguyên, ví dụ 17."},
    )

    FILTERS: ClassVar = {
        "ten": "search",
        "huyen": "district",
        "nhom": "band",
        "bac": "tier",
        "khu_vuc": "group",
        "chua_dat": "criterion_not_met",
    }
    """Parameter of the page, and what it asks of a commune (`criteria.picking`)."""


class SearchForm(QueryForm):
    """The search box."""

    q = forms.CharField(required=False, max_length=100)
