"""How one commune came to stand where it stands: month by month from the ledger, and one row as it was judged then."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from criteria.engine.facts import Conclusion, Entry, Reading
from criteria.engine.judge import CriterionFinding, IndicatorFinding, UnitFinding, judge_indicator, judge_unit
from criteria.engine.replay import latest
from criteria.models import Assessment, Source
from criteria.queries import CommuneStatus, Snapshot, catalogue, ledger_entries
from ntm_portal.core import ledger

_HISTORIES = ledger.Memory(128)


@dataclass(frozen=True, slots=True)
class Point:
    """A month's end (or the day asked for): how many criteria, and which."""

    as_of: date
    criteria_met: int
    results: str


@dataclass(frozen=True, slots=True)
class Change:
    """A criterion that changed between two points, and the entry that changed it: its source, its position."""

    as_of: date
    finding: CriterionFinding
    before: str
    source: Source | None
    position: int | None

    @property
    def is_gain(self) -> bool:
        return self.finding.result.is_passed


@dataclass(frozen=True, slots=True)
class History:
    """Points in time order; changes the latest first."""

    points: tuple[Point, ...]
    changes: tuple[Change, ...]


def _month_ends(first: date, last: date) -> list[date]:
    days, year, month = [], first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = date.fromordinal(date(year, month, 1).toordinal() - 1)
        if end >= last:
            return [*days, last]
        days.append(end)


def commune_history(status: CommuneStatus, shown: Snapshot) -> History:
    """Monthly points from the first record to the snapshot's day, and every change between them (two queries).

    Judged by the thresholds of the snapshot, so that a change is one of the commune and not of the rules.
    """
    return _HISTORIES.find_or_build((shown.key, status.commune.code), lambda: _replay(status, shown))


def _replay(status: CommuneStatus, shown: Snapshot) -> History:
    commune = status.commune.id
    entries = ledger_entries(shown.criteria_set, [commune], shown.as_of, shown.known_at)[commune]
    if not entries:
        return History((), ())
    sources = Source.objects.in_bulk({entry.source_id for _, entry in entries})
    points: list[Point] = []
    changes: list[Change] = []
    before: UnitFinding | None = None
    for day in _month_ends(min(entry.as_of for _, entry in entries), shown.as_of):
        finding = _judged(entries, day, status, shown)
        points.append(Point(day, finding.criteria_met, finding.results))
        if before is not None:
            changes += _changes(before, finding, day, sources)
        before = finding
    return History(tuple(points), tuple(reversed(changes)))


def _judged(
    entries: list[tuple[tuple[str, int], Entry]], day: date, status: CommuneStatus, shown: Snapshot
) -> UnitFinding:
    held: dict[str, dict[int, Entry]] = defaultdict(dict)
    for (kind, key), entry in latest(entries, as_of=day).items():
        held[kind][key] = entry
    return judge_unit(shown.criteria_set, held["indicator"], held["criterion"], status.commune.group)


def _changes(before: UnitFinding, now: UnitFinding, day: date, sources: dict[int, Source]) -> list[Change]:
    found = []
    for then, finding in zip(before.criteria, now.criteria, strict=True):
        if then.result.is_passed != finding.result.is_passed:
            last = max((f.entry for f in finding.indicators if f.entry), key=lambda e: e.order, default=None)
            source, position = (sources.get(last.source_id), last.position) if last else (None, None)
            found.append(Change(day, finding, then.result.value, source, position))
    return found


def finding_of_row(row: Assessment) -> IndicatorFinding | None:
    """A row of the ledger judged by the thresholds known when it was recorded; none for a whole criterion.

    Two queries; the indicator comes with its criterion and set.
    """
    if row.indicator is None:
        return None
    spec = catalogue(row.indicator.criterion.criteria_set.code, known_at=row.recorded_at)
    indicator = next(i for c in spec.criteria for i in c.indicators if i.id == row.indicator_id)
    readings = {m.measure_id: Reading(m.value, m.numerator, m.denominator) for m in row.measurements.all()}
    conclusion = Conclusion(row.conclusion)
    entry = Entry(row.position, row.as_of, row.recorded_at, conclusion, readings, row.note, row.basis, row.pk)
    return judge_indicator(indicator, entry, row.commune.group)
