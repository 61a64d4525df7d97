"""The matrix: every commune by every criterion in the order asked for, with what changed since the day compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from communes.queries import province_name
from criteria import summaries
from criteria.changes import Changes, change_of, changes_between
from criteria.engine.facts import Result
from criteria.engine.judge import CriterionFinding, IndicatorFinding
from criteria.engine.wording import RESULT_LABELS
from criteria.history import History, commune_history
from criteria.models import Source
from criteria.queries import CommuneStatus, sources_of
from criteria.summaries import SummaryRow
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.profile import CriterionLine, line_of
from ntm_portal.dashboard.tables import Cell, Column, Table, difference, plain, table


class Mark(StrEnum):
    """What happened to a cell since the day compared."""

    WON = "won"
    LOST = "lost"

    @property
    def sign(self) -> str:
        return "▲" if self is Mark.WON else "▼"

    @property
    def label(self) -> str:
        return "đạt thêm" if self is Mark.WON else "không còn đạt"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the workbook writes it: a commune, or counts over all of them, which have no status."""

    name: str
    district: str
    met: int | Decimal | None
    difference: int | Decimal | None
    values: tuple[str | int | None, ...]
    status: CommuneStatus | None = None
    marks: Mapping[int, Mark] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[CriterionFinding, Mark | None]]:
        """The findings of a commune, each with what happened to it."""
        found = self.status.finding.criteria if self.status else ()
        return [(finding, self.marks.get(finding.criterion.number)) for finding in found]

    @property
    def net(self) -> Cell:
        """The difference as a cell shows it."""
        return difference(self.difference)

    def marked(self, mark: Mark) -> str | None:
        """Numbers of the criteria that carry the mark."""
        return ", ".join(str(number) for number, held in sorted(self.marks.items()) if held is mark) or None


def _marks(status: CommuneStatus, reading: Reading) -> dict[int, Mark]:
    change = change_of(status, reading.before.by_code.get(status.commune.code))
    if change is None:
        return {}
    won = {finding.criterion.number: Mark.WON for finding in change.won}
    return won | {finding.criterion.number: Mark.LOST for finding in change.lost}


def _balance(marks: Mapping[int, Mark]) -> int:
    return sum(1 if mark is Mark.WON else -1 for mark in marks.values())


def _line(status: CommuneStatus, reading: Reading) -> Line:
    then = reading.before.by_code.get(status.commune.code)
    marks = _marks(status, reading)
    is_comparable = then is not None and then.last_assessed_on and status.last_assessed_on
    return Line(
        status.commune.name,
        status.commune.district_name,
        status.finding.criteria_met if status.last_assessed_on else None,
        _balance(marks) if is_comparable else None,
        tuple(RESULT_LABELS[finding.result] for finding in status.finding.criteria),
        status,
        marks,
    )


_STANDING = {Result.NOT_MET: 0, Result.EXEMPT: 1, Result.MET: 2}
"""How the cells of one column sort; those without data come last whichever way."""


def _columns(reading: Reading) -> list[Column]:
    def criterion(index: int, number: int, name: str) -> Column:
        return Column(
            f"tc-{number}",
            f"{number}. {name}",
            lambda line: line.values[index],
            order=lambda line: _STANDING.get(line.status.finding.criteria[index].result),
            hint=name,
        )

    return [
        Column("xa", "Xã", lambda line: line.name, order=lambda line: line.status.commune.sort_key),
        Column("huyen", "Huyện", lambda line: line.district, order=lambda line: line.status.commune.district_code),
        Column("dat", "Đạt", lambda line: line.met, is_number=True),
        Column("so_voi", f"So {reading.before.as_of:%d/%m/%Y}", lambda line: line.difference, is_number=True),
        *(criterion(index, c.number, c.name) for index, c in enumerate(reading.shown.criteria_set.criteria)),
    ]


def _groups(lines: Sequence[Line], reading: Reading) -> list[tuple[SummaryRow | None, list[Line]]]:
    """Lines under their districts, in whose order they stay; one group without a heading for a single list."""
    if reading.given["nhom"] == "khong":
        return [(None, list(lines))]
    held: dict[str, list[Line]] = {}
    for line in lines:
        held.setdefault(line.status.commune.district_code, []).append(line)
    districts = summaries.by_district(reading.shown, reading.before)
    if reading.given["sap_xep"] == "-huyen":
        districts = districts[::-1]
    return [(row, held[row.code]) for row in districts if row.code in held]


def _foot(province: SummaryRow, lines: Sequence[Line]) -> tuple[Line, Line]:
    """Communes that meet each criterion, and how many more than before; net of the marks, as they are seen above."""
    met = Line("Số xã đạt", "", province.average, province.average_difference, tuple(c.met for c in province.criteria))
    if all(line.difference is None for line in lines):
        return met, Line("Tăng giảm", "", None, None, tuple(None for _ in province.criteria))
    net: Counter[int] = Counter()
    for line in lines:
        for number, mark in line.marks.items():
            net[number] += 1 if mark is Mark.WON else -1
    changed = tuple(net[c.number] for c in province.criteria)
    return met, Line("Tăng giảm", "", None, None, changed)


def _file(shown: Table, groups: Sequence[tuple[SummaryRow | None, list[Line]]], foot: Sequence[Line]) -> Table:
    """What the workbook holds: the lines as they stand on the page, the totals, and the marks in words."""
    marks = [
        Column(mark.value, f"{mark.label.capitalize()} ({mark.sign})", lambda line, mark=mark: line.marked(mark))
        for mark in Mark
    ]
    lines = [line for _, held in groups for line in held]
    return replace(shown, columns=[*shown.columns, *marks], rows=[*lines, *foot])


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few ways to see the page."""

    label: str
    href: str
    is_current: bool


def _choices(reading: Reading, changes: Changes) -> list[tuple[str, list[Choice]]]:
    grouping, only = reading.given["nhom"], reading.given["loc"]
    return [
        (
            "Xếp nhóm",
            [
                Choice("Theo huyện", reading.href(nhom=""), grouping != "khong"),
                Choice("Một danh sách", reading.href(nhom="khong"), grouping == "khong"),
            ],
        ),
        (
            "Lọc",
            [
                Choice(f"{len(reading.shown.statuses)} xã", reading.href(loc=""), not only),
                Choice(f"{len(changes.communes)} xã có thay đổi", reading.href(loc="thay-doi"), bool(only)),
            ],
        ),
    ]


def matrix(reading: Reading) -> dict[str, Any]:
    """Context of the matrix page (one query, the snapshots aside)."""
    shown, name = reading.shown, province_name()
    statuses = sorted(shown.statuses, key=lambda s: s.commune.sort_key)
    if reading.given["nhom"] != "khong" or reading.given["sap_xep"].endswith("huyen"):
        statuses.sort(key=lambda s: s.commune.district_code)
    every = [_line(status, reading) for status in statuses]
    asked_for = [line for line in every if line.marks] if reading.given["loc"] else every
    ordered = table("ma-tran", "Ma trận xã × tiêu chí", _columns(reading), asked_for, reading)
    groups = _groups(ordered.rows, reading)
    province = summaries.by_province(name, shown, reading.before)
    changes = changes_between(shown, reading.before)
    foot = _foot(province, every)
    results = Counter(finding.result for s in shown.statuses for finding in s.finding.criteria)
    return {
        "title": "Ma trận xã × tiêu chí",
        "lede": f"Tỉnh {name}: {province.communes} xã, bình quân {_mean(province)} tiêu chí một xã.",
        "trail": [("Tỉnh", "/")],
        "page_class": "matrix-page",
        "scripts": ("js/matrix.js",),
        "table": _file(ordered, groups, foot),
        "groups": groups,
        "heads": dict(zip(("xa", "huyen", "dat", "so_voi"), ordered.heads, strict=False)),
        "criteria_heads": list(zip(shown.criteria_set.criteria, ordered.heads[4:], strict=True)),
        "foot": foot[0],
        "foot_cells": [(met, difference(net)) for met, net in zip(foot[0].values, foot[1].values, strict=True)],
        "results": [(result, results[result]) for result in Result if results[result] or result is not Result.EXEMPT],
        "marks": [(Mark.WON, changes.won), (Mark.LOST, changes.lost)],
        "is_comparable": any(line.difference is not None for line in every),
        "choices": _choices(reading, changes),
    }


def _mean(province: SummaryRow) -> str:
    return "–" if province.average is None else f"{province.average:.2f}".replace(".", ",")


def _since(history: History, finding: CriterionFinding) -> str:
    """Since when a criterion has been passed or not, from the monthly points of the commune."""
    if not history.points:
        return ""
    last = next((c for c in history.changes if c.finding.criterion.number == finding.criterion.number), None)
    if last is None:
        return f"Không đổi từ kỳ số liệu đầu tiên ({history.points[0].as_of:%m/%Y})"
    return f"{'Đạt' if last.is_gain else 'Không còn đạt'} từ {last.as_of:%m/%Y}"


@dataclass(frozen=True, slots=True)
class Ground:
    """Indicators that rest on the same source of the same day; no source for those of which nothing is recorded."""

    source: Source | None
    as_of: date | None
    age: str
    indicators: list[IndicatorFinding]


def _grounds(line: CriterionLine) -> list[Ground]:
    """What decides a criterion: all of its indicators where it is passed, else those that keep it from that."""
    held: dict[tuple[int | None, date | None], Ground] = {}
    for found, source, age in line.indicators:
        if line.finding.result.is_passed or not found.result.is_passed:
            as_of = found.entry.as_of if found.entry else None
            ground = held.setdefault((source.pk if source else None, as_of), Ground(source, as_of, age, []))
            ground.indicators.append(found)
    return list(held.values())


def cell(code: str, number: int, reading: Reading) -> dict[str, Any]:
    """Context of one cell: the result, why, from which source, since when (at most three queries).

    Raises NotFoundError for a commune or a criterion that the snapshot does not have.
    """
    shown = reading.shown
    status = shown.by_code.get(code)
    found = status.finding.criteria if status else ()
    finding = next((f for f in found if f.criterion.number == number), None)
    if status is None or finding is None:
        raise NotFoundError(f"Ngày {plain(shown.as_of)} ma trận không có ô xã {code}, tiêu chí {number}.")
    line = line_of(finding, sources_of(status), shown.as_of)
    return {
        "status": status,
        "finding": finding,
        "grounds": _grounds(line),
        "since": _since(commune_history(status, shown), finding),
        "mark": _marks(status, reading).get(number),
        "before_on": reading.before.as_of,
        "carry": reading.asked.query,
    }
