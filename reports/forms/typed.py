"""What the grid sends: typed texts by line and cell, read against what each line measures."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms
from django.http import Http404

from criteria.engine.facts import IndicatorSpec, Reading
from ntm_portal.core.errors import DomainError
from reports.actions.drafting import LineChange
from reports.models import Report, ReportLine
from reports.numbers import UnreadableError, read_conclusion, read_reading
from reports.queries.sheets import set_code_of, specs_of

MOST_LINES = 1000
"""Lines of one request; the page sends a larger block in several."""
CONCLUSION = "kl"
"""Key of the cell with the conclusion; every other cell goes by the id of its measure."""
_MOST_CHARACTERS = 200
_LARGEST_ID = 2**63 - 1


class UnreadableRequestError(DomainError):
    """What was sent is not what the page sends."""

    code = "unreadable"
    status = 400


class TypedLineForm(forms.Form):
    """Texts of one line by cell, and the revision of the line on which they were typed."""

    line = forms.IntegerField(min_value=1, max_value=_LARGEST_ID)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    cells = forms.JSONField()

    def clean_cells(self) -> dict[str, str]:
        cells = self.cleaned_data["cells"]
        if not isinstance(cells, dict) or not all(isinstance(text, str) for text in cells.values()):
            raise forms.ValidationError("Ô phải là chữ.")
        if any(len(text) > _MOST_CHARACTERS for text in cells.values()):
            raise forms.ValidationError(f"Ô dài quá {_MOST_CHARACTERS} ký tự.")
        return cells


@dataclass(frozen=True, slots=True)
class CellFault:
    """Why one cell was not stored; what was typed stays on the page."""

    line: int
    cell: str
    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A request of the grid, read: changes to store, and cells that cannot be."""

    changes: tuple[LineChange, ...]
    faults: tuple[CellFault, ...]


def read_typed(report: Report, body: bytes) -> Typed:
    """Read what the grid sent for a report (two queries).

    Raises UnreadableRequestError for anything the page would not send, Http404 for a line of another report.
    """
    given = [_checked(one) for one in _listed(body)]
    if len({one["line"] for one in given}) != len(given):
        raise UnreadableRequestError("Một dòng chỉ được gửi một lần.")
    held = report.lines.select_related("indicator__criterion__criteria_set").in_bulk([one["line"] for one in given])
    if len(held) != len(given):
        raise Http404
    specs = specs_of({line.indicator_id for line in held.values()}, set_code=set_code_of(held.values()) or "")
    changes, faults = [], []
    for one in given:
        change, wrong = _read(one, specs[held[one["line"]].indicator_id])
        faults += wrong
        if not change.is_confirmation:
            changes.append(change)
    return Typed(tuple(changes), tuple(faults))


def _listed(body: bytes) -> list[object]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableRequestError("Nội dung gửi lên không đọc được.") from error
    lines = sent.get("lines") if isinstance(sent, dict) else None
    if not isinstance(lines, list) or not 0 < len(lines) <= MOST_LINES:
        raise UnreadableRequestError(f"Mỗi lần gửi từ 1 đến {MOST_LINES} dòng.")
    return lines


def _checked(one: object) -> dict:
    form = TypedLineForm(one if isinstance(one, dict) else {})
    if not form.is_valid():
        raise UnreadableRequestError("Có dòng gửi lên không đọc được.")
    return form.cleaned_data


def _read(one: Mapping, spec: IndicatorSpec) -> tuple[LineChange, list[CellFault]]:
    """A line's change out of its cells that can be read, and the faults of the others."""
    measures = {str(measure.id): measure for measure in spec.measures}
    conclusion, readings, faults = None, {}, []
    for cell, text in one["cells"].items():
        try:
            if cell == CONCLUSION:
                conclusion = read_conclusion(text)
            elif cell in measures:
                readings[measures[cell].id] = read_reading(measures[cell], text)
            else:
                raise UnreadableRequestError(f"Chỉ tiêu {spec.code} không có ô “{cell[:20]}”.")
        except UnreadableError as error:
            faults.append(CellFault(one["line"], cell, error.message))
    return LineChange(one["line"], one["revision"], conclusion, readings), faults


class LineForm(forms.Form):
    """One line by itself: its values, its conclusion, why, and evidence; built for what the line measures."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, spec: IndicatorSpec, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        for measure in spec.measures:
            self.fields[f"so-{measure.id}"] = forms.CharField(
                label=f"{measure.name} ({measure.unit})",
                required=False,
                max_length=_MOST_CHARACTERS,
                help_text="Số thập phân dùng dấu phẩy; ghi 171/200 nếu có tử số và mẫu số." if measure.unit else "",
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
            )
        blank = "Theo số đo" if spec.measures else "Chưa kết luận"
        self.fields["conclusion"] = forms.ChoiceField(
            label="Kết luận",
            required=False,
            choices=[("", blank), *ReportLine.CONCLUSIONS],
            error_messages={"invalid_choice": "Không có kết luận này."},
        )
        self.fields["note"] = forms.CharField(
            label="Ghi chú, lý do", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields["basis"] = forms.CharField(
            label="Căn cứ pháp lý",
            required=False,
            max_length=300,
            help_text="Bắt buộc khi kết luận không xét: số, ngày, cơ quan ban hành văn bản.",
        )

    def clean(self) -> dict:
        """Values are read as in the grid, each fault at its field."""
        data = super().clean()
        data["readings"] = {}
        for measure in self.spec.measures:
            name = f"so-{measure.id}"
            try:
                data["readings"][measure.id] = read_reading(measure, data.get(name, ""))
            except UnreadableError as error:
                self.add_error(name, error.message)
        return data

    def change(self, line: ReportLine) -> LineChange:
        """What is to become of the line: only what differs from it."""
        data, held = self.cleaned_data, line.facts
        typed: dict[int, Reading | None] = data["readings"]
        readings = {key: reading for key, reading in typed.items() if reading != held.get(key)}
        conclusion = data["conclusion"] if data["conclusion"] != line.conclusion else None
        if conclusion == "" and any(typed.values()):
            conclusion, readings = None, typed  # follows from the values
        return LineChange(line.pk, data["revision"], conclusion, readings, data["note"], data["basis"])


def initial_of(spec: IndicatorSpec, line: ReportLine, texts: Iterable[str]) -> dict[str, object]:
    """What the form of a line starts with; `texts` are its values as they are typed, in the order of the measures."""
    values = {f"so-{measure.id}": text for measure, text in zip(spec.measures, texts, strict=True)}
    return {
        **values,
        "revision": line.revision,
        "conclusion": line.conclusion,
        "note": line.note,
        "basis": line.basis,
    }
