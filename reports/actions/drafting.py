"""Writing a draft: lines and the narrative. Nobody's words are overwritten by somebody who has not seen them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import F

from criteria.engine.facts import IndicatorSpec, Reading
from ntm_portal.accounts.models import User
from ntm_portal.core import audit, clock
from reports.actions.errors import Fault, LinesRefusedError, StaleRevisionError, require_writable
from reports.answers import derived
from reports.models import Report, ReportLine, Section
from reports.models.contents import stored
from reports.queries.sheets import set_code_of, specs_of

_LONGEST = {"note": 500, "basis": 300}
_LABELS = {"note": "Ghi chú", "basis": "Căn cứ"}
_CONTENTS = ("conclusion", "readings", "note", "basis")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class LineChange:
    """What is to become of a line; None leaves a part as it is.

    `readings` is keyed by measure id, in the unit of the measure; None for a measure takes its value away, and
    measures that are not named keep theirs. A conclusion that is not given follows from the values where they
    leave no choice. `revision` is that of the line as it was read; None does not ask.
    """

    line: int
    revision: int | None = None
    conclusion: str | None = None
    readings: Mapping[int, Reading | None] = field(default_factory=dict)
    note: str | None = None
    basis: str | None = None

    @property
    def is_confirmation(self) -> bool:
        """Whether it changes nothing and only says that the line holds."""
        return self.conclusion is None and not self.readings and self.note is None and self.basis is None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: lines as they are now, and those that somebody else had changed, untouched."""

    report: Report
    lines: tuple[ReportLine, ...]
    conflicts: tuple[ReportLine, ...]


def locked(report: Report, *, revision: int | None = None) -> Report:
    """The report as it is, kept from others until the transaction ends.

    Raises StaleRevisionError where it is no longer the revision that was read.
    """
    found = (
        Report.objects.select_for_update(of=("self",))
        .select_related("obligation__period", "obligation__department")
        .get(pk=report.pk)
    )
    if revision is not None and found.revision != revision:
        raise StaleRevisionError("Báo cáo đã có người sửa sau khi bạn mở; hãy tải lại.", revision=found.revision)
    return found


def touch(report: Report, *, by: User, **fields: object) -> None:
    """Count a change of the report, and who made it; call inside the transaction of the change."""
    report.revision += 1
    report.saved_at, report.saved_by = clock.now(), by
    for name, value in fields.items():
        setattr(report, name, value)
    report.save(update_fields=["revision", "saved_at", "saved_by", *fields])


@transaction.atomic
def save_lines(
    report: Report, changes: Sequence[LineChange], *, by: User, revision: int | None = None, all_or_none: bool = False
) -> Saved:
    """Write changed lines of a draft and mark them as answered; what others changed meanwhile stays theirs.

    With `all_or_none` (REST, workbooks) one such line refuses the rest too. Raises LinesRefusedError naming
    every change that cannot be stored, StaleRevisionError and TransitionError for the whole report.
    """
    report = locked(report, revision=revision)
    require_writable(report)
    rows = report.lines.select_related("commune__district", "indicator__criterion__criteria_set")
    held = rows.in_bulk({change.line for change in changes})
    specs = (
        specs_of({line.indicator_id for line in held.values()}, set_code=set_code_of(held.values()) or "")
        if held
        else {}
    )
    faults = [fault for index, change in enumerate(changes) for fault in _faults(index, change, held, specs)]
    if faults:
        raise LinesRefusedError(faults)
    stale = [c for c in changes if c.revision is not None and c.revision != held[c.line].revision]
    stale = [c for c in stale if not _says_the_same(held[c.line], c)]
    conflicts = tuple(held[c.line] for c in stale)
    if conflicts and all_or_none:
        return Saved(report, (), conflicts)
    skipped = {c.line for c in stale}
    written = [c for c in changes if c.line not in skipped]
    return Saved(report, _write(report, held, specs, written, by), conflicts)


def _write(
    report: Report,
    held: Mapping[int, ReportLine],
    specs: Mapping[int, IndicatorSpec],
    changes: Iterable[LineChange],
    by: User,
) -> tuple[ReportLine, ...]:
    """Contents only where they changed, put in place of the rows: an update of many takes twice as long."""
    now, lines, changed = clock.now(), {}, []
    for change in changes:
        line = held[change.line]
        before = [getattr(line, name) for name in _CONTENTS]
        _apply(line, change, specs[line.indicator_id], report.as_of)
        if before != [getattr(line, name) for name in _CONTENTS]:
            changed.append(line)
        line.revision += 1
        line.answered_at, line.answered_by = now, by
        lines[line.pk] = line
    if lines:
        with audit.under(str(report)):
            ReportLine.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["id"], update_fields=_CONTENTS, batch_size=_BATCH
            )
            answered = ReportLine.objects.filter(pk__in=lines)
            answered.update(answered_at=now, answered_by=by, revision=F("revision") + 1)
            touch(report, by=by)
    return tuple(lines.values())


def _apply(line: ReportLine, change: LineChange, spec: IndicatorSpec, on: date) -> None:
    readings: dict[int, Reading | None] = {**line.facts, **change.readings}
    kept = {key: reading for key, reading in readings.items() if reading is not None}
    line.readings = stored(kept)
    if change.conclusion is not None:
        line.conclusion = change.conclusion
    elif change.readings:
        follows = derived(spec, kept, line.commune.group, on)
        line.conclusion = line.conclusion if follows is None else str(follows)
    line.note = line.note if change.note is None else change.note.strip()
    line.basis = line.basis if change.basis is None else change.basis.strip()


def _says_the_same(line: ReportLine, change: LineChange) -> bool:
    """Whether the line already holds what the change asks for: two who type the same do not disagree."""
    asked = {
        name: getattr(change, name) for name in ("conclusion", "note", "basis") if getattr(change, name) is not None
    }
    facts = line.facts
    return all(getattr(line, name) == value for name, value in asked.items()) and all(
        facts.get(key) == reading for key, reading in change.readings.items()
    )


def _faults(
    index: int, change: LineChange, held: Mapping[int, ReportLine], specs: Mapping[int, IndicatorSpec]
) -> Iterable[Fault]:
    line = held.get(change.line)
    if line is None:
        yield Fault(index, "line", "Báo cáo không có dòng này.")
        return
    known = {measure.id for measure in specs[line.indicator_id].measures}
    for key in change.readings:
        if key not in known:
            yield Fault(index, "readings", f"Chỉ tiêu {line.indicator.code} không có đại lượng đo số {key}.")
    if change.conclusion and change.conclusion not in dict(ReportLine.CONCLUSIONS):
        yield Fault(index, "conclusion", f"Kết luận “{change.conclusion}” không có. Nhận: MET, NOT_MET, EXEMPT.")
    for name, longest in _LONGEST.items():
        if len(getattr(change, name) or "") > longest:
            yield Fault(index, name, f"{_LABELS[name]} dài quá {longest} ký tự.")


@transaction.atomic
def confirm_unchanged(report: Report, *, by: User, lines: Iterable[int] | None = None) -> int:
    """Say of every line that nobody has answered that it holds as in the period before; returns how many.

    Lines without any figure are left: there is nothing to confirm. `lines` are ids, where not all are meant.
    Raises TransitionError.
    """
    report = locked(report)
    require_writable(report)
    rows = report.lines.filter(answered_at__isnull=True).exclude(conclusion="", readings={})
    if lines is not None:
        rows = rows.filter(pk__in=set(lines))
    count = rows.update(answered_at=clock.now(), answered_by=by, revision=F("revision") + 1)
    if count:
        touch(report, by=by)
    return count


@transaction.atomic
def save_section(report: Report, heading: str, text: str, *, by: User, revision: int | None = None) -> Section:
    """Write one part of the narrative of a draft.

    Raises StaleRevisionError where somebody changed that part since it was read; its `details["text"]` holds
    what they wrote. Raises TransitionError.
    """
    report = locked(report)
    require_writable(report)
    section, _ = Section.objects.get_or_create(report=report, heading=heading)
    text = text.strip().replace("\r\n", "\n")
    if section.text == text:
        return section
    if revision is not None and section.revision != revision:
        raise StaleRevisionError(
            f"Mục “{section.get_heading_display()}” đã có người sửa.", text=section.text, revision=section.revision
        )
    section.text = text
    section.revision += 1
    with audit.under(str(report)):
        section.save(update_fields=["text", "revision"])
        touch(report, by=by)
    return section
