"""What came into the ledger after a position, for those who keep a copy: nothing missed, nothing twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from criteria.engine.facts import CriterionSpec, Entry, Result
from criteria.engine.judge import CriterionFinding, judge_criterion
from criteria.engine.replay import latest
from criteria.models import Assessment, Source
from criteria.queries import catalogue, read_entries
from ntm_portal.core import ledger

Key = tuple[int, str, int]
"""A commune, "indicator" or "criterion", and the id of that."""


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """One row of the ledger, and what it made of its indicator (or, as baseline data, of its criterion)."""

    position: int
    recorded_at: datetime
    commune: tuple[str, str]
    criterion: CriterionSpec
    indicator: tuple[str, str] | None
    criteria_set: str
    as_of: date
    before: Result
    now: Result
    source: Source


@dataclass(frozen=True, slots=True)
class Followed:
    """A stretch of the ledger: after `since`, up to and with `position`.

    `others` counts positions in it that no assessment took: a threshold, a recognition, a unit changed.
    """

    since: int
    position: int
    has_more: bool
    others: int
    changes: tuple[LedgerChange, ...]


def changes_since(since: int, at: ledger.Position, *, most: int) -> Followed:
    """Assessments recorded after `since` and no later than `at`, at most so many, in the order of the ledger.

    Positions become visible in their own order, so who goes on from `position` misses nothing. Each is judged on its
    own day (`as_of`), by the thresholds of now: from what was known just before it to what was known with it. Five
    queries, and one for each criteria set that the rows are of.
    """
    rows = Assessment.objects.filter(position__gt=since, position__lte=at.number, village__isnull=True)
    rows = rows.select_related("commune", "indicator__criterion__criteria_set", "criterion__criteria_set", "source")
    found = list(rows.order_by("position")[: most + 1])
    has_more, found = len(found) > most, found[:most]
    position = found[-1].position if has_more else at.number
    return Followed(since, position, has_more, position - since - len(found), tuple(_judged(found)))


def _judged(rows: Sequence[Assessment]) -> Iterable[LedgerChange]:
    if not rows:
        return
    criteria = _criteria(rows)
    known = _known(rows, criteria.values())
    for row in rows:
        criterion = criteria[_criterion_id(row)]
        yield LedgerChange(
            row.position,
            row.recorded_at,
            (row.commune.code, row.commune.name),
            criterion,
            (row.indicator.code, row.indicator.name) if row.indicator else None,
            _set_code(row),
            row.as_of,
            _result(row, criterion, known, row.position - 1),
            _result(row, criterion, known, row.position),
            row.source,
        )


def _criterion_id(row: Assessment) -> int:
    return row.indicator.criterion_id if row.indicator else row.criterion_id


def _set_code(row: Assessment) -> str:
    return (row.indicator.criterion if row.indicator else row.criterion).criteria_set.code


def _criteria(rows: Iterable[Assessment]) -> dict[int, CriterionSpec]:
    """The criteria of the sets that the rows are of, by id."""
    sets = {_set_code(row) for row in rows}
    return {c.id: c for code in sorted(sets) for c in catalogue(code, known_at=None).criteria}


def _known(rows: Sequence[Assessment], criteria: Iterable[CriterionSpec]) -> Mapping[Key, list[Entry]]:
    """Everything that was ever recorded, up to the last row, of what the rows are about (one query)."""
    touched = {_criterion_id(row) for row in rows}
    indicators = [i.id for c in criteria if c.id in touched for i in c.indicators]
    held: QuerySet[Assessment] = Assessment.objects.filter(
        Q(indicator__in=indicators) | Q(criterion__in=touched),
        commune__in={row.commune_id for row in rows},
        as_of__lte=max(row.as_of for row in rows),
        position__lte=rows[-1].position,
        village__isnull=True,
    )
    found: dict[Key, list[Entry]] = defaultdict(list)
    for commune, indicator, criterion, _, entry in read_entries(held):
        found[(commune, "indicator", indicator) if indicator else (commune, "criterion", criterion or 0)].append(entry)
    return found


def _result(row: Assessment, criterion: CriterionSpec, known: Mapping[Key, list[Entry]], until: int) -> Result:
    """What holds on the row's day of what it is about, by what the ledger held up to a position."""
    keys = [(row.commune_id, "indicator", i.id) for i in criterion.indicators]
    baseline = (row.commune_id, "criterion", criterion.id)
    entries = ((key, e) for key in (*keys, baseline) for e in known.get(key, ()) if e.position <= until)
    held = latest(entries, as_of=row.as_of)
    finding: CriterionFinding = judge_criterion(
        criterion, {key[2]: held[key] for key in keys if key in held}, held.get(baseline), row.commune.group
    )
    if row.indicator_id is None:
        return finding.result
    return next(f.result for f in finding.indicators if f.indicator.id == row.indicator_id)
