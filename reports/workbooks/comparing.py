"""What a workbook would do to its report: three sides a line, and nothing written.

The line as the portal had written it into the workbook, the line as the office sends it back, the line as it is now.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from criteria.engine.wording import quantity
from ntm_portal.accounts.models import User
from ntm_portal.core.importing.errors import CellError
from ntm_portal.core.importing.values import as_text, decimal_of
from reports.actions.drafting import LineChange
from reports.answers import Answer, judged
from reports.models.contents import stored
from reports.numbers import conclusion_words
from reports.queries.sheets import Sheet, SheetLine
from reports.workbooks.answering import RowReader
from reports.workbooks.matching import Matcher
from reports.workbooks.reading import BLANK, Cell, Table
from reports.workbooks.writing import in_words

_SAID = 80
Difference = tuple[str, str, str]
"""(what, before, after), in words."""


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that would be written: as it is, and as it would be, judged and checked."""

    number: int
    now: SheetLine
    then: SheetLine

    @property
    def differences(self) -> list[Difference]:
        return list(differences(self.now, self.now.answer, self.then.answer))

    @property
    def change(self) -> LineChange:
        """For the act that saves lines; only what differs."""
        before, after = self.now.answer, self.then.answer
        keys = [m.id for m in self.now.spec.measures if before.readings.get(m.id) != after.readings.get(m.id)]
        return LineChange(
            self.now.line.pk,
            self.now.line.revision,
            conclusion=str(after.conclusion or ""),
            readings={key: after.readings.get(key) for key in keys},
            note=None if after.note == before.note else after.note,
            basis=None if after.basis == before.basis else after.basis,
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line that the office and the portal have both changed, each to something else."""

    number: int
    now: SheetLine
    base: Answer
    wanted: Answer
    by: str
    at: datetime | None

    @property
    def on_portal(self) -> list[Difference]:
        return list(differences(self.now, self.base, self.now.answer))

    @property
    def in_file(self) -> list[Difference]:
        return list(differences(self.now, self.base, self.wanted))


@dataclass(slots=True)
class Plan:
    """What would be written, what stays, and everything that stands in the way."""

    table: Table
    changed: list[ChangedLine] = field(default_factory=list)
    unchanged: list[SheetLine] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    absent: int = 0
    refusal: str = ""
    """Why the file as a whole may not be accepted; what is in it is shown all the same."""

    @property
    def is_foreign(self) -> bool:
        """Whether the portal made the file from another report."""
        return bool(self.refusal) and self.table.origin is not None

    @property
    def to_confirm(self) -> list[int]:
        """Lines that the file holds unchanged, that have figures, and that nobody has answered yet."""
        return [row.line.pk for row in self.unchanged if not row.is_answered and not row.answer.is_empty]

    @property
    def is_sound(self) -> bool:
        return not self.errors and not self.refusal

    @property
    def is_ready(self) -> bool:
        return self.is_sound and bool(self.changed or self.to_confirm)

    @property
    def digest(self) -> str:
        """Two plans that read alike have the same: it tells whether what was seen still holds."""
        said = [
            [(row.number, row.now.line.pk, row.now.line.revision, _said(row.then.answer)) for row in self.changed],
            [(row.number, row.now.line.pk, row.now.line.revision) for row in self.conflicts],
            self.to_confirm,
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _said(answer: Answer) -> list:
    return [answer.conclusion, stored(answer.readings), answer.note, answer.basis]


def differences(row: SheetLine, before: Answer, after: Answer) -> Iterator[Difference]:
    """What one answer to a line says otherwise than another."""
    for measure in row.spec.measures:
        one, other = before.readings.get(measure.id), after.readings.get(measure.id)
        if one != other:
            yield measure.name, in_words(measure, one), in_words(measure, other)
    if before.conclusion != after.conclusion:
        yield "Kết luận", conclusion_words(before.conclusion), conclusion_words(after.conclusion)
    for label, one, other in (("Ghi chú", before.note, after.note), ("Căn cứ", before.basis, after.basis)):
        if one != other:
            yield label, one, other


def as_if(row: SheetLine, answer: Answer) -> SheetLine:
    """The line with another answer, judged and checked as it would be."""
    finding = judged(row.spec, answer, row.checked.group, row.checked.on)
    checked = replace(row.checked, answer=answer, finding=finding, is_answered=True)
    return replace(row, answer=answer, finding=finding, checked=checked)


def compare(shown: Sheet, table: Table) -> Plan:
    """Go through the rows of a workbook with the report as it is now (one query more where both sides changed)."""
    return _Comparer(shown, table).plan_all()


class _Comparer:
    def __init__(self, shown: Sheet, table: Table) -> None:
        self.shown, self.table = shown, table
        self.plan = Plan(table, errors=list(table.faults), refusal=_refusal(shown, table))
        self.known: Mapping[int, tuple[int, Answer]] = {} if self.plan.refusal else table.origin.lines
        self.matcher = Matcher(shown, table.epoch)
        self.reader = RowReader(table.places.__contains__, self._refuse)
        self.seen: dict[int, int] = {}
        self.number, self.cells = 0, {}

    def _refuse(self, key: str, message: str) -> None:
        """A fault in the row that is being read."""
        value = _shown(self.cells.get(key, BLANK))[:_SAID]
        header = self.table.header(key)[:_SAID]
        self.plan.errors.append(CellError(self.number, self.table.letter(key), header, value, message))

    def plan_all(self) -> Plan:
        """Rows are looked at only when the header is right, and the file is not another report's."""
        if not self.plan.errors and not self.plan.is_foreign:
            for number, cells in self.table.rows:
                self.number, self.cells = number, cells
                self._row(cells)
            self.plan.absent = len(self.shown.lines) - len(self.seen)
            self._name_authors()
        self.plan.errors.sort(key=lambda error: (error.row, len(error.letter), error.letter))
        return self.plan

    def _row(self, cells: dict[str, Cell]) -> None:
        row = self.matcher.line(cells, self._refuse)
        if row is None:
            return
        first = self.seen.setdefault(row.line.pk, self.number)
        if first != self.number:
            self._refuse("indicator", f"Dòng {first} đã nói về xã và chỉ tiêu này.")
            return
        _, base = self.known.get(row.line.pk, (0, row.answer))
        wanted = self.reader.answer(row, base, cells)
        if wanted is not None:
            self._sort(row, base, wanted)

    def _sort(self, row: SheetLine, base: Answer, wanted: Answer) -> None:
        if wanted in (base, row.answer):
            self.plan.unchanged.append(row)
        elif row.answer != base:
            self.plan.conflicts.append(Conflict(self.number, row, base, wanted, "", row.line.answered_at))
        else:
            self.plan.changed.append(ChangedLine(self.number, row, as_if(row, wanted)))

    def _name_authors(self) -> None:
        if not self.plan.conflicts:
            return
        people = User.objects.in_bulk({conflict.now.line.answered_by_id for conflict in self.plan.conflicts} - {None})
        self.plan.conflicts = [
            replace(conflict, by=str(people.get(conflict.now.line.answered_by_id) or "không rõ"))
            for conflict in self.plan.conflicts
        ]


def _shown(cell: Cell) -> str:
    """What a cell holds, a number with Vietnamese marks as its program shows it."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return quantity(decimal_of(value * 100), "%") if cell.is_percent else quantity(decimal_of(value), "")
    return as_text(value)


def _refusal(shown: Sheet, table: Table) -> str:
    """Why the file is not this report's, if it is not."""
    if table.origin is None:
        return (
            f"{table.origin_fault} Không biết tệp được tải về lúc nào nên không ghi được: hãy tải lại tệp, chép các "
            "cột số đo, kết luận, ghi chú từ tệp này sang (cùng thứ tự dòng), rồi nộp tệp mới."
        )
    if table.origin.report != shown.report.pk:
        return f"Tệp này là của “{table.origin.label}”, không phải của “{shown.report}”. Hãy nộp đúng tệp."
    return ""
