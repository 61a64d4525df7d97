"""A criterion report laid out as a grid: communes by district, and cells by indicator."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from communes.models import Commune
from criteria.engine.facts import Comparison, IndicatorSpec, MeasureSpec, Reading, Result
from criteria.engine.wording import COMPARISON_SIGNS, RESULT_LABELS, number
from ntm_portal.core.text import search_key
from reports.checks import Problem
from reports.numbers import conclusion_words, number_text, reading_text
from reports.queries.sheets import Sheet, SheetLine

_MARKS = {
    Result.MET: ("good", "✓"),
    Result.EXEMPT: ("exempt", "○"),
    Result.NOT_MET: ("bad", "✗"),
    Result.NO_DATA: ("unknown", "?"),
}
_MOST_LISTED = 30
"""Lines that the panel of checks names under one heading; the filter of the grid shows the others."""


@dataclass(frozen=True, slots=True)
class ValueCell:
    """One value: as it is shown, as it is typed, what it was and what is asked for."""

    measure: MeasureSpec
    group: str
    now: Reading | None
    previous: Reading | None

    @property
    def shown(self) -> str:
        return "" if self.now is None or self.now.value is None else number_text(self.now.value)

    @property
    def typed(self) -> str:
        return reading_text(self.now)

    @property
    def ratio(self) -> str:
        return self.typed if "/" in self.typed else ""

    @property
    def before(self) -> str:
        return "" if self.previous is None or self.previous.value is None else number_text(self.previous.value)

    @property
    def asked(self) -> str:
        return asked_words(self.measure, self.group)

    @property
    def is_changed(self) -> bool:
        return self.shown != self.before


def asked_words(measure: MeasureSpec, group: str) -> str:
    """What a measure asks of a commune of that group: ≥ 85; nothing where the province has set nothing."""
    threshold = measure.threshold_for(group)
    return "" if threshold is None else f"{COMPARISON_SIGNS[Comparison(measure.comparison)]} {number(threshold.value)}"


@dataclass(frozen=True)
class LineCells:
    """The cells of one line, and how they look."""

    row: SheetLine

    @property
    def pk(self) -> int:
        return self.row.line.pk

    @cached_property
    def values(self) -> list[ValueCell]:
        group = self.row.line.commune.group
        return [ValueCell(measure, group, now, before) for measure, now, before in self.row.cells]

    @property
    def states(self) -> str:
        """Classes of every cell of the line."""
        row = self.row
        marks = (
            (row.is_changed, "is-changed"),
            (self.is_open, "is-open"),
            (row.fell, "is-fallen"),
            (bool(row.notes), "is-noted"),
            (self.is_wrong, "is-wrong"),
            (not self.is_wrong and any(not problem.is_error for problem in row.problems), "is-doubtful"),
        )
        return " ".join(name for holds, name in marks if holds)

    @property
    def is_open(self) -> bool:
        """Whether it still has to be changed or confirmed; what was never reported may stay empty."""
        return not self.row.is_answered and not self.row.answer.is_empty

    @cached_property
    def is_wrong(self) -> bool:
        """Whether it has an error besides the mere lack of an answer, which has its own look."""
        return any(problem.is_error and problem.code != "unconfirmed" for problem in self.row.problems)

    @property
    def concluded(self) -> str:
        return conclusion_words(self.row.answer.conclusion)

    @property
    def concluded_before(self) -> str:
        before = conclusion_words(self.row.previous.conclusion)
        return before if before != self.concluded else ""

    @property
    def tone(self) -> str:
        return _MARKS[self.row.finding.result][0]

    @property
    def mark(self) -> str:
        return _MARKS[self.row.finding.result][1]

    @property
    def judged(self) -> str:
        """What the engine finds, where it is not simply the conclusion."""
        found = RESULT_LABELS[self.row.finding.result]
        return "" if found == self.concluded or self.row.answer.is_empty else found

    @property
    def more(self) -> str:
        """The sign of what lies behind the line: how many files, a note, or nothing yet."""
        if self.row.evidence:
            return f"📎{len(self.row.evidence)}"
        return "✎" if self.row.answer.note else "⋯"

    @property
    def told(self) -> str:
        """Everything there is to say of the line, for whoever points at it."""
        said = [self.row.finding.reason, *(problem.message for problem in self.row.problems)]
        said += [f"Ý kiến: {note.text}" for note in self.row.notes]
        return "\n".join(said)


_PICKED: dict[str, Callable[[LineCells], bool]] = {
    "thay-doi": lambda line: line.row.is_changed,
    "loi": lambda line: line.is_wrong,
    "chua-xac-nhan": lambda line: line.is_open,
}
"""Filters of the grid, as the address names them."""


@dataclass(frozen=True)
class GridRow:
    """A commune with its lines, in the order of the columns; none where the report has no line."""

    commune: Commune
    lines: tuple[LineCells | None, ...]
    columns: tuple[IndicatorSpec, ...]
    is_shown: bool = True

    @property
    def cells(self) -> list[tuple[IndicatorSpec, LineCells | None]]:
        return list(zip(self.columns, self.lines, strict=True))

    def fits(self, kind: str, words: str) -> bool:
        """Whether the row is shown under a filter and a searched name."""
        if words and search_key(words) not in self.commune.search_key:
            return False
        return kind not in _PICKED or any(_PICKED[kind](line) for line in self.lines if line is not None)


@dataclass(frozen=True)
class ColumnHead:
    """An indicator over its columns."""

    spec: IndicatorSpec

    @property
    def width(self) -> int:
        return len(self.spec.measures) + 1

    @property
    def measures(self) -> list[tuple[MeasureSpec, str]]:
        """Measures with what they ask, by commune group where the groups differ."""
        return [(measure, self._asked(measure)) for measure in self.spec.measures]

    def _asked(self, measure: MeasureSpec) -> str:
        sign = COMPARISON_SIGNS[Comparison(measure.comparison)]
        words = [
            f"{sign} {number(threshold.value)}" + (f" (KV {group})" if group else "")
            for group, threshold in sorted(measure.thresholds.items())
        ]
        return "; ".join(words)


@dataclass(frozen=True)
class Grid:
    """All of it."""

    sheet: Sheet
    heads: tuple[ColumnHead, ...]
    districts: tuple[tuple[str, tuple[GridRow, ...], bool], ...]

    @property
    def width(self) -> int:
        """Columns besides the name of the commune."""
        return sum(head.width for head in self.heads)

    @property
    def is_empty(self) -> bool:
        """Whether the filter leaves nothing to show."""
        return not any(is_shown for *_, is_shown in self.districts)


def grid(sheet: Sheet, *, kind: str = "", words: str = "") -> Grid:
    """Lay out a sheet; no query. Rows that `kind` and `words` leave out are there, but not shown."""
    columns = sheet.specs
    districts = []
    for district, lines in groupby(sheet.lines, key=lambda row: row.line.commune.district):
        rows = []
        for _, held in groupby(lines, key=lambda row: row.line.commune_id):
            cells = {row.spec.id: LineCells(row) for row in held}
            commune = next(iter(cells.values())).row.line.commune
            row = GridRow(commune, tuple(cells.get(spec.id) for spec in columns), columns)
            rows.append(replace(row, is_shown=row.fits(kind, words)))
        districts.append((district.full_name, tuple(rows), any(row.is_shown for row in rows)))
    return Grid(sheet, tuple(ColumnHead(spec) for spec in columns), tuple(districts))


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Problems of one kind, with the lines they stand on."""

    problem: Problem
    count: int
    found: tuple[tuple[SheetLine, Problem], ...]

    @property
    def title(self) -> str:
        return TITLES[self.problem.code]

    @property
    def is_unconfirmed(self) -> bool:
        """Whether one act on the page settles all of them."""
        return self.problem.code == "unconfirmed"

    @property
    def more(self) -> int:
        return self.count - len(self.found)


TITLES = {
    "value_impossible": "Giá trị không thể có",
    "numerator_above_denominator": "Tử số lớn hơn mẫu số",
    "over_hundred": "Vượt quá 100%",
    "below_threshold": "Kết luận đạt nhưng số đo chưa đạt",
    "exempt_without_basis": "Không xét mà thiếu căn cứ pháp lý",
    "stricter_without_reason": "Số đo đạt nhưng kết luận chưa đạt, thiếu lý do",
    "fall_without_reason": "Giảm từ đạt xuống chưa đạt, thiếu lý do",
    "evidence_missing": "Thiếu minh chứng",
    "line_empty": "Để trống dòng kỳ trước có số liệu",
    "value_without_conclusion": "Có số đo, chưa có kết luận",
    "unconfirmed": "Chưa xác nhận",
    "never_reported": "Chưa có số liệu kỳ nào",
    "value_missing": "Chưa đạt nhưng không có số đo",
    "large_jump": "Thay đổi lớn so với kỳ trước",
}


def check_groups(sheet: Sheet) -> list[CheckGroup]:
    """What the checks found, by kind: errors first, what is merely not confirmed yet last among them."""
    found: dict[str, list[tuple[SheetLine, Problem]]] = {}
    for row in sheet.lines:
        for problem in row.problems:
            found.setdefault(problem.code, []).append((row, problem))
    groups = [CheckGroup(held[0][1], len(held), tuple(held[:_MOST_LISTED])) for held in found.values()]
    order = list(TITLES)
    return sorted(
        groups,
        key=lambda g: (not g.problem.is_error, g.is_unconfirmed, order.index(g.problem.code)),
    )
