"""What reviewers fill in: remarks with which a report goes back, the choice among discrepancies, a ruling."""

import re
from collections.abc import Iterator

from django import forms

from communes.models import District
from criteria.engine.facts import SetSpec
from ntm_portal.accounts.models import Department
from reports.actions.transitions import Remark
from reports.models import Report, Ruling

_LONGEST = 1000
_ABOUT = re.compile(r"(dong|xa)-(\d{1,18})")
_STALE = "Trang này đã cũ; hãy tải lại."


class ReadForm(forms.Form):
    """The revision of the report that the reviewer has read."""

    revision = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _STALE),
    )


class SendBackForm(ReadForm):
    """Remarks on lines (`dong-<id>`) or communes (`xa-<id>`), one for all that are ticked, one on the whole."""

    chung = forms.CharField(
        label="Ý kiến chung",
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    chon_y_kien = forms.CharField(label="Ý kiến cho các dòng đã chọn", required=False, max_length=_LONGEST)
    chon = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "Có dòng đã chọn không thuộc báo cáo này."}
    )

    def __init__(self, *args, report: Report, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.own = {
            "dong": set(report.lines.values_list("pk", flat=True)),
            "xa": set(report.entries.values_list("pk", flat=True)),
        }
        self.fields["chon"].choices = [(str(pk), "") for pk in self.own["dong"]]
        for name in self.data:
            if self._about(name):
                self.fields[name] = forms.CharField(label="Ý kiến", required=False, max_length=_LONGEST)

    def _about(self, name: str) -> tuple[str, int] | None:
        """What a field is about, when it is of this report."""
        match = _ABOUT.fullmatch(name)
        return (match[1], int(match[2])) if match and int(match[2]) in self.own[match[1]] else None

    def clean(self) -> dict:
        data = super().clean()
        if data.get("chon") and not data.get("chon_y_kien") and "chon_y_kien" not in self.errors:
            silent = [pk for pk in data["chon"] if not data.get(f"dong-{pk}")]
            if silent:
                self.add_error("chon_y_kien", f"Đã chọn {len(silent)} dòng: hãy ghi ý kiến cho các dòng đó.")
        if not self.errors and not any(self.remarks()):
            raise forms.ValidationError("Trả lại thì phải ghi ít nhất một ý kiến, chung hoặc ở từng dòng.")
        return data

    def remarks(self) -> Iterator[Remark]:
        """What is said, in the order of the page; a line's own words come before those for all that are ticked."""
        data = self.cleaned_data
        if data.get("chung"):
            yield Remark(data["chung"])
        for name, text in data.items():
            about = self._about(name)
            if about and text:
                yield Remark(text, **{"line" if about[0] == "dong" else "entry": about[1]})
        for pk in data.get("chon", ()):
            if not data.get(f"dong-{pk}"):
                yield Remark(data["chon_y_kien"], line=int(pk))


class RulingForm(forms.Form):
    """The decision on one discrepancy."""

    outcome = forms.ChoiceField(
        label="Quyết định",
        choices=Ruling.Outcome.choices,
        error_messages={"required": "Hãy chọn một quyết định.", "invalid_choice": "Không có quyết định này."},
    )
    reason = forms.CharField(
        label="Lý do",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Phải ghi lý do."},
    )


class DiscrepancyFilter(forms.Form):
    """Which discrepancies to show."""

    huyen = forms.ChoiceField(label="Huyện", required=False)
    don_vi = forms.ChoiceField(label="Đơn vị", required=False)
    tieu_chi = forms.ChoiceField(label="Tiêu chí", required=False)
    trang_thai = forms.ChoiceField(
        label="Tình trạng",
        required=False,
        choices=[("", "Tất cả"), ("mo", "Chưa xử lý"), ("dong", "Đã xử lý"), ("ra-soat", "Đang yêu cầu rà soát")],
    )

    def __init__(self, *args, criteria: SetSpec | None, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        every = [("", "Tất cả")]
        bodies = Department.objects.order_by("sort_key").values_list("code", "short_name")
        districts = District.objects.order_by("sort_key").values_list("code", "name")
        numbers = [(str(c.number), f"{c.number}. {c.name}") for c in criteria.criteria] if criteria else []
        choices = {"huyen": [*every, *districts], "don_vi": [*every, *bodies], "tieu_chi": [*every, *numbers]}
        for name, held in choices.items():
            self.fields[name].choices = held
        for name, one in self.fields.items():
            one.error_messages["invalid_choice"] = "Không có lựa chọn “%(value)s”."
            one.widget.attrs["id"] = f"mt-{name}"

    def pick(self, found: list) -> list:
        """Those that are wanted; everything while a choice cannot be read."""
        data = self.cleaned_data if self.is_valid() else {}
        wanted = {
            "huyen": lambda d, value: d.commune.district_code == value,
            "don_vi": lambda d, value: value in d.bodies,
            "tieu_chi": lambda d, value: str(d.finding.criterion.number) == value,
            "trang_thai": lambda d, value: {"mo": not d.is_closed, "dong": d.is_closed, "ra-soat": d.is_asked}[value],
        }
        asked = [(wanted[name], value) for name, value in data.items() if value]
        return [d for d in found if all(fits(d, value) for fits, value in asked)]
