"""Month by month: how a province, or a part of it, came to stand where it stands.

What a past day shows is settled by three things: the name of the history, the number of changes that were not
assessments, and the last assessment among those true on that day or before (and known at the moment, if one is
given). Every assessment takes one position of its own and every other change that counts takes at least one
(`core.guards`), so the positions up to one, less the assessments up to it, grow with each of those changes and
with nothing else; and because the ledger only grows, in the order of its positions, its last row tells all rows
before it. So a month long past is computed once and stays, however many assessments of this month arrive.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Max, Q

from communes.queries import CommuneFacts
from criteria.engine.bands import Band, average_of_all, tally
from criteria.engine.facts import Result
from criteria.models import Assessment
from criteria.queries import Snapshot, snapshot
from ntm_portal.core import ledger

MONTHS = 13
"""A year and its beginning: the same month of the year before is there to compare with."""
_STATES = ledger.Memory(32)
_STANDS = ledger.Memory(4 * MONTHS)
"""About 160 kB a month for 85 communes."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class State:
    """What settles everything about a day: nothing of it changes while this stays the same."""

    epoch: str
    others: int
    """Positions that no assessment took."""
    last: int
    """Position of the last assessment that the day sees."""
    set_code: str
    day: date
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one commune stood on a day: all that a trend needs to keep of a snapshot."""

    commune: CommuneFacts
    criteria_met: int
    results: str
    band: Band
    has_data: bool
    is_recognised: bool


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Counts of a group of communes on a month's end, or on the day asked for."""

    as_of: date
    communes: int
    average: Decimal
    """Criteria a commune, two decimals, half up, over all communes: one without data counts 0."""
    bands: tuple[tuple[Band, int], ...]
    criteria: tuple[tuple[int, int], ...]
    """(number of the criterion, communes that meet it)."""
    recognised: int


def month_ends(last: date, months: int = MONTHS) -> tuple[date, ...]:
    """The ends of the months before, and the day itself: so many days in all."""
    days = [last]
    for _ in range(months - 1):
        days.append(date.fromordinal(days[-1].replace(day=1).toordinal() - 1))
    return tuple(reversed(days))


def _states(shown: Snapshot, days: Sequence[date]) -> list[tuple[date, State | None]]:
    """What settles each day as the snapshot's position knows it; none before the first record (one query)."""
    recorded = Assessment.objects.filter(position__lte=shown.position.number)
    known = Q() if shown.known_at is None else Q(recorded_at__lte=shown.known_at)
    found = recorded.aggregate(
        rows=Count("pk"),
        **{f"day_{index}": Max("position", filter=Q(known, as_of__lte=day)) for index, day in enumerate(days)},
    )
    epoch, others = shown.position.epoch, shown.position.number - found["rows"]
    lasts = [(day, found[f"day_{index}"]) for index, day in enumerate(days)]
    return [
        (day, last and State(epoch, others, last, shown.criteria_set.code, day, shown.known_at)) for day, last in lasts
    ]


def over_days(
    shown: Snapshot, days: Sequence[date], memory: ledger.Memory, read: Callable[[Snapshot], Value]
) -> list[tuple[date, Value]]:
    """What `read` makes of each day up to the snapshot's own; days before the first record are left out.

    One query at a new position, and a snapshot for each day whose state is not in the memory: what `read` returns
    must follow from the snapshot and from rows that move the position. Snapshots of other days are let go.
    """
    states = _STATES.find_or_build((shown.key, tuple(days)), lambda: _states(shown, days))
    found = []
    for day, state in states:
        if state is None:
            continue
        value = memory.find(state)
        if value is None:
            past = shown if day == shown.as_of else _passing(shown, day)
            value = read(past)
            if past.position == shown.position:  # else somebody recorded meanwhile, and the state is another
                memory.keep(state, value)
        found.append((day, value))
    return found


def _passing(shown: Snapshot, day: date) -> Snapshot:
    return snapshot(shown.criteria_set.code, day, shown.known_at, at=shown.position, keep=False)


def _stands(shown: Snapshot) -> tuple[Stand, ...]:
    return tuple(
        Stand(
            status.commune,
            status.finding.criteria_met,
            status.finding.results,
            status.band,
            status.last_assessed_on is not None,
            status.recognition is not None,
        )
        for status in shown.statuses
    )


def trend(
    shown: Snapshot, months: int = MONTHS, among: Callable[[CommuneFacts], bool] | None = None
) -> tuple[TrendPoint, ...]:
    """The last months of the communes asked for (default: all), the snapshot's own day last.

    Judged by the set and the thresholds of the snapshot; months in which none of them has data are left out.
    """
    numbers = [criterion.number for criterion in shown.criteria_set.criteria]
    points = []
    for day, stands in over_days(shown, month_ends(shown.as_of, months), _STANDS, _stands):
        asked = [stand for stand in stands if among is None or among(stand.commune)]
        if any(stand.has_data for stand in asked):
            points.append(_point(day, asked, numbers))
    return tuple(points)


def _point(day: date, stands: Sequence[Stand], numbers: Iterable[int]) -> TrendPoint:
    met = Result.MET.letter
    return TrendPoint(
        day,
        len(stands),
        average_of_all([stand.criteria_met if stand.has_data else None for stand in stands]),
        tuple(tally([stand.band for stand in stands]).items()),
        tuple((number, sum(stand.results[index] == met for stand in stands)) for index, number in enumerate(numbers)),
        sum(stand.is_recognised for stand in stands),
    )
