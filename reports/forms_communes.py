"""The one form about a commune of a report: criteria, help, visits, obstacles, evidence; and that of the narrative."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from directives.models import Obstacle
from directives.queries import resembling
from ntm_portal.accounts.scope import Scope
from ntm_portal.core import clock
from ntm_portal.core.days import DayInput
from ntm_portal.core.errors import DomainError
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.fields import UploadField
from reports.actions.communes import EntryChange, VisitChange, value_key, values_of
from reports.checks_communes import Trip, visit_objection
from reports.models import Evidence, Observation, Section, Visit
from reports.queries.communes import EntryRow, SeenRow

_MOST_VISITS = 60
_CHOICES = [("", "Không ghi"), *Observation.CONCLUSIONS]
_KINDS = StoredFile.Kind


def _lines(label: str, rows: int, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea({"rows": rows}), **kwargs)


class EntryForm(forms.Form):
    """Everything about the commune but its visits. Hidden initial values say what was read: see `EntryChange.was`."""

    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    draft = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    help_given = _lines("Việc đã giúp xã", 4, 5_000, required=False, show_hidden_initial=True)
    proposals = _lines("Kiến nghị, đề xuất", 3, 5_000, required=False, show_hidden_initial=True)
    obstacles = forms.ModelMultipleChoiceField(
        Obstacle.objects.none(),
        label="Vướng mắc đang mở của xã",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Có vướng mắc không còn trong danh sách; hãy xem lại."},
    )
    new_obstacle = _lines("Nêu vướng mắc mới", 2, 5_000, required=False)
    as_new = forms.BooleanField(label="Vẫn nêu thành vướng mắc mới", required=False)
    file = UploadField(
        label="Thêm tệp",
        required=False,
        kinds=(_KINDS.PDF, _KINDS.PNG, _KINDS.JPEG, _KINDS.DOCX, _KINDS.XLSX),
        max_length=200,
        help_text="PDF, ảnh PNG hoặc JPEG, Word, Excel. Mỗi lần lưu thêm một tệp.",
    )
    file_title = forms.CharField(label="Tên tệp hiển thị", max_length=200, required=False)
    files_removed = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        label="Bỏ tệp",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Tệp này không còn trong phần của xã."},
    )

    def __init__(self, *args: Any, row: EntryRow, scope: Scope, **kwargs: Any) -> None:
        values = values_of(row.entry)
        linked = [obstacle.pk for obstacle in row.obstacles]
        super().__init__(*args, initial={**values, "revision": row.entry.revision, "obstacles": linked}, **kwargs)
        self.row = row
        for seen in row.seen:
            self._ask_about(seen)
        offered = Obstacle.objects.visible_to(scope).still_open().filter(commune=row.entry.commune)
        held = Obstacle.objects.filter(pk__in=linked)
        self.fields["obstacles"].queryset = (offered | held).distinct().select_related("raised_by")
        self.fields["files_removed"].queryset = row.entry.evidence.all()

    def _ask_about(self, seen: SeenRow) -> None:
        criterion = seen.observation.criterion
        about = f"tiêu chí {criterion.number}, {criterion.name}"
        said = forms.ChoiceField(choices=_CHOICES, required=False, show_hidden_initial=True, label=f"Quan sát {about}")
        said.widget.attrs |= {"aria-label": said.label, "data-ledger": _ledger_side(seen)}
        note = forms.CharField(max_length=500, required=False, show_hidden_initial=True, label=f"Ghi chú {about}")
        note.widget.attrs |= {"aria-label": note.label, "placeholder": "Ghi chú"}
        self.fields[value_key("conclusion", criterion.pk)] = said
        self.fields[value_key("note", criterion.pk)] = note

    @property
    def keys(self) -> list[str]:
        """Fields that are values of the entry (see `EntryChange.values`)."""
        return list(values_of(self.row.entry))

    @property
    def similar(self) -> list[Obstacle]:
        """Open obstacles that seem to say what is being raised."""
        words = self.data.get("new_obstacle", "") if self.is_bound else ""
        return resembling(words, self.fields["obstacles"].queryset) if words.strip() else []

    def clean(self) -> dict[str, Any]:
        """An obstacle that is there already is linked rather than raised again, unless it is said to be another."""
        given = super().clean()
        if given.get("new_obstacle") and not given.get("as_new"):
            similar = self.similar
            if {o.pk for o in similar} & {o.pk for o in given.get("obstacles", ())}:
                given["new_obstacle"] = ""
            elif similar:
                self.add_error(
                    "new_obstacle",
                    "Xã đang có vướng mắc tương tự (đứng đầu danh sách): hãy đánh dấu nó, hoặc chọn “Vẫn nêu thành "
                    "vướng mắc mới”.",
                )
        return given

    @property
    def linked_as_read(self) -> set[int]:
        """Ids of the obstacles that were linked when the page was made."""
        if not self.is_bound:
            return {obstacle.pk for obstacle in self.row.obstacles}
        return {int(pk) for pk in self.data.getlist("initial-obstacles") if pk.isdecimal() and len(pk) < 19}

    def was(self, name: str) -> str:
        """What was read of a value, as the browser sent it back."""
        return self.data.get(f"initial-{name}", "")


def _ledger_side(seen: SeenRow) -> str:
    """What a conclusion must be not to contradict the ledger; empty where the ledger says nothing."""
    if seen.ledger == "NO_DATA":
        return ""
    return "MET" if seen.ledger.is_passed else "NOT_MET"


class VisitForm(forms.Form):
    """One visit: when, who went, what was found."""

    visit = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)
    visited_on = forms.DateField(
        label="Ngày đi",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=DayInput,
        show_hidden_initial=True,
        error_messages={"required": "Hãy ghi ngày đi.", "invalid": "Ngày phải có dạng 20/10/2020."},
    )
    people = forms.CharField(
        label="Thành phần",
        max_length=300,
        show_hidden_initial=True,
        error_messages={"required": "Hãy ghi ai đi."},
    )
    findings = _lines(
        "Kết quả", 2, 5_000, show_hidden_initial=True, error_messages={"required": "Hãy ghi kết quả chuyến đi."}
    )

    def __init__(self, *args: Any, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = first
        days = self.fields["visited_on"].widget.attrs
        days |= {"min": f"{first:%Y-%m-%d}", "max": f"{clock.today():%Y-%m-%d}"}

    def clean_visited_on(self) -> date:
        day = self.cleaned_data["visited_on"]
        said = visit_objection(Trip(day, "–", "–"), self.first, clock.today())
        if said:
            raise ValidationError(said)
        return day

    @property
    def change(self) -> VisitChange:
        given = self.cleaned_data
        return VisitChange(
            given["visited_on"], given["people"], given["findings"], visit=given.get("visit"), was=self._was()
        )

    def _was(self) -> Trip | None:
        day, people, findings = (self.data.get(self.add_initial_prefix(name), "") for name in _TRIP)
        try:
            return Trip(self.fields["visited_on"].to_python(day), people, findings) if day else None
        except ValidationError:
            return None

    def removal(self) -> VisitChange | None:
        """Taking away the visit of this row; none for a row that never was one."""
        number, was = self.data.get(self.add_prefix("visit"), ""), self._was()
        if not number.isdecimal() or len(number) > 18 or was is None:
            return None
        return VisitChange(was.visited_on, was.people, was.findings, visit=int(number), remove=True, was=was)


_TRIP = ("visited_on", "people", "findings")
VisitForms = forms.formset_factory(VisitForm, extra=1, can_delete=True, max_num=_MOST_VISITS, validate_max=True)


def _asked(visit: Visit) -> dict[str, Any]:
    return {"visit": visit.pk, **{name: getattr(visit, name) for name in _TRIP}}


@dataclass(frozen=True, slots=True)
class AskedOf:
    """A criterion on the page: what was seen and what the ledger says, its two fields, and what others wrote."""

    seen: SeenRow
    conclusion: forms.BoundField
    note: forms.BoundField
    their_conclusion: str | None
    their_note: str | None


class EntryForms:
    """The form and the visits of one commune, sent and checked as one."""

    def __init__(
        self,
        row: EntryRow,
        scope: Scope,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        theirs: Mapping[str, object] | None = None,
    ) -> None:
        self.row, self.scope, self.theirs = row, scope, theirs or {}
        self.form = EntryForm(data, files, row=row, scope=scope)
        self.visits = VisitForms(
            data,
            prefix="chuyen",
            initial=[_asked(visit) for visit in row.visits],
            form_kwargs={"first": row.visits_from},
        )

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.visits.is_valid()])

    def change(self) -> EntryChange:
        """What the person changed, and nothing that was only sent along."""
        form, given = self.form, self.form.cleaned_data
        changed = [key for key in form.keys if key in form.changed_data]
        picked = {obstacle.pk for obstacle in given["obstacles"]}
        read = form.linked_as_read
        return EntryChange(
            revision=given["revision"],
            values={key: given[key] for key in changed},
            was={key: form.was(key) for key in changed},
            visits=self._visit_changes(),
            link=frozenset(picked - read),
            unlink=frozenset(read - picked),
            raised=given["new_obstacle"],
            files=[(given["file"], given["file_title"])] if given["file"] else [],
            files_removed=frozenset(evidence.pk for evidence in given["files_removed"]),
        )

    def _visit_changes(self) -> list[VisitChange]:
        going = self.visits.deleted_forms
        kept = [form.change for form in self.visits.forms if form.has_changed() and form not in going]
        return kept + [change for change in (form.removal() for form in going) if change is not None]

    def beside(self, row: EntryRow, theirs: Mapping[str, object]) -> "EntryForms":
        """The same form over what others saved meanwhile: their values where this person changed nothing, and beside
        those where both did; sent again, it says what it says knowingly."""
        data, now = self.form.data.copy(), values_of(row.entry)
        data["revision"] = str(row.entry.revision)
        for key in self.form.keys:
            if key not in self.form.changed_data:
                data[key] = now[key]
            data[f"initial-{key}"] = now[key]
        linked = {obstacle.pk for obstacle in row.obstacles}
        picked = [*data.getlist("obstacles"), *map(str, linked - self.form.linked_as_read)]
        data.setlist("obstacles", picked)
        data.setlist("initial-obstacles", [str(pk) for pk in linked])
        self._renew_visits(data, row.visits)
        return EntryForms(row, self.scope, data, theirs=theirs)

    def _renew_visits(self, data: QueryDict, visits: Iterable[Visit]) -> None:
        held = {str(visit.pk): visit for visit in visits}
        for form in self.visits.forms:
            there = held.pop(data.get(form.add_prefix("visit"), ""), None)
            if there is not None:
                _put(data, form.prefix, there, keep=form.has_changed())
        total = self.visits.total_form_count()
        for number, visit in enumerate(held.values(), start=total):
            _put(data, f"chuyen-{number}", visit, keep=False)
        data["chuyen-TOTAL_FORMS"] = str(total + len(held))

    @property
    def criteria(self) -> list[AskedOf]:
        found = []
        for seen in self.row.seen:
            said, note = (value_key(part, seen.observation.criterion_id) for part in ("conclusion", "note"))
            theirs = self.theirs.get(said)
            label = None if theirs is None else dict(_CHOICES)[str(theirs)]
            found.append(AskedOf(seen, self.form[said], self.form[note], label, self.theirs.get(note)))
        return found

    @property
    def texts(self) -> list[tuple[forms.BoundField, object]]:
        """The longer texts, each with what others wrote where that is in dispute."""
        return [(self.form[key], self.theirs.get(key)) for key in ("help_given", "proposals")]

    @property
    def trips(self) -> list[tuple[VisitForm, object]]:
        """Every visit's form with what others wrote of the same visit, where that is in dispute."""
        return [(form, self.theirs.get(f"visit-{form['visit'].value()}")) for form in self.visits.forms]

    @property
    def offered(self) -> list[tuple[forms.boundfield.BoundWidget, Obstacle]]:
        """Obstacles to mark; those that say what is being raised come first."""
        found = {obstacle.pk: obstacle for obstacle in self.form.fields["obstacles"].queryset}
        boxes = [(box, found[box.data["value"].value]) for box in self.form["obstacles"]]
        first = [obstacle.pk for obstacle in self.form.similar]
        return sorted(boxes, key=lambda pair: first.index(pair[1].pk) if pair[1].pk in first else len(first))


def _put(data: QueryDict, prefix: str, visit: Visit, *, keep: bool) -> None:
    """Make what was read of a row the visit as it is; its values too, unless they are kept."""
    data[f"{prefix}-visit"] = str(visit.pk)
    for name in _TRIP:
        data[f"initial-{prefix}-{name}"] = str(getattr(visit, name))
        if not keep:
            data[f"{prefix}-{name}"] = str(getattr(visit, name))


class NarrativeForm(forms.Form):
    """The sections of the narrative, each with the revision that was read."""

    def __init__(self, sections: Iterable[Section], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = list(sections)
        self.theirs: dict[str, str] = {}
        for section in self.sections:
            self.fields[section.heading] = _lines(
                section.get_heading_display(), 4, 20_000, required=False, initial=section.text
            )
            self.fields[f"{section.heading}-lan"] = forms.IntegerField(
                min_value=0, max_value=2_000_000_000, initial=section.revision, widget=forms.HiddenInput
            )

    def read(self, heading: str, revision: int) -> None:
        """Note that the form, shown again, has seen a section as of that revision."""
        self.data = self.data.copy()
        self.data[f"{heading}-lan"] = str(revision)

    def dispute(self, section: Section, error: DomainError) -> None:
        """Say at a section why it was not saved; sent again, it is written over what others wrote knowingly."""
        self.add_error(section.heading, error.message)
        if "text" in error.details:
            self.read(section.heading, error.details["revision"])
            self.theirs[section.heading] = str(error.details["text"])

    @property
    def parts(self) -> list[tuple[forms.BoundField, forms.BoundField, str | None]]:
        """(text, revision, what others wrote where that is in dispute) of every section."""
        return [(self[s.heading], self[f"{s.heading}-lan"], self.theirs.get(s.heading)) for s in self.sections]
