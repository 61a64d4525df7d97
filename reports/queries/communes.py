"""A commune report as it is filled in, checked and reviewed: its communes, each beside what the ledger says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from django.db.models import Prefetch

from communes.models import District
from criteria.engine.facts import Conclusion, Result
from criteria.engine.judge import CriterionFinding
from criteria.models import CriteriaSet
from criteria.queries import Snapshot, default_set_code, snapshot
from directives.models import Obstacle
from directives.queries import months_before
from ntm_portal.core import clock
from reports.checks import Problem
from reports.checks_communes import CheckedEntry, Seen, Trip, contradicts, problems_of_entry
from reports.models import CommuneEntry, Evidence, Observation, Report, ReportingPeriod, ReviewNote, Visit

_VISITS_BEFORE = 3
"""Months before the period from which a visit may still be told of."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One criterion of a commune: what was seen, and what the ledger says of it."""

    observation: Observation
    finding: CriterionFinding | None

    @property
    def ledger(self) -> Result:
        return Result.NO_DATA if self.finding is None else self.finding.result

    @property
    def contradicts(self) -> bool:
        return contradicts(self.observation.conclusion, self.ledger)

    @property
    def seen_as(self) -> Result:
        """What was seen in the words of a result; nothing seen is no data."""
        said = self.observation.conclusion
        return Result(said) if said else Result.NO_DATA

    @property
    def checked(self) -> Seen:
        said = self.observation.conclusion
        number = self.observation.criterion.number
        return Seen(number, Conclusion(said) if said else None, self.observation.note, self.ledger)


@dataclass(frozen=True)
class EntryRow:
    """One commune of a report with everything that hangs on it."""

    entry: CommuneEntry
    seen: tuple[SeenRow, ...]
    visits: tuple[Visit, ...]
    obstacles: tuple[Obstacle, ...]
    evidence: tuple[Evidence, ...]
    notes: tuple[ReviewNote, ...]
    visits_from: date

    @property
    def is_answered(self) -> bool:
        return self.entry.answered_at is not None

    @property
    def contradictions(self) -> list[SeenRow]:
        return [row for row in self.seen if row.contradicts]

    @property
    def met(self) -> int:
        """Criteria that were seen as met."""
        return sum(row.seen_as is Result.MET for row in self.seen)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        return problems_of_entry(
            CheckedEntry(
                seen=tuple(row.checked for row in self.seen),
                trips=tuple(Trip(v.visited_on, v.people, v.findings) for v in self.visits),
                is_answered=self.is_answered,
                visits_from=self.visits_from,
                visits_until=clock.today(),
            )
        )

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]

    @property
    def faults(self) -> list[Problem]:
        """Problems besides its not having been looked at, which a page says in another way."""
        return [problem for problem in self.problems if problem.code != "commune_unanswered"]


@dataclass(frozen=True)
class CommuneSheet:
    """All communes of a report, by district and name."""

    report: Report
    rows: tuple[EntryRow, ...]

    @cached_property
    def counts(self) -> Counter[str]:
        """Communes and what is in them: total, answered, visits, obstacles, contradictions, error, warning."""
        found: Counter[str] = Counter(total=len(self.rows))
        for row in self.rows:
            found["answered"] += row.is_answered
            found["visits"] += len(row.visits)
            found["obstacles"] += len(row.obstacles)
            found["contradictions"] += len(row.contradictions)
            found["error"] += bool(row.errors)
            found["warning"] += any(not problem.is_error for problem in row.problems)
        return found

    @property
    def left(self) -> int:
        """Communes that nobody has changed or confirmed yet."""
        return self.counts["total"] - self.counts["answered"]

    @property
    def districts(self) -> list[tuple[District, list[EntryRow]]]:
        return [(d, list(rows)) for d, rows in groupby(self.rows, key=lambda row: row.entry.commune.district)]

    @property
    def errors(self) -> list[tuple[EntryRow, Problem]]:
        return [(row, problem) for row in self.rows for problem in row.errors]


def visits_from(period: ReportingPeriod) -> date:
    """The first day of which a visit may be told in a report of that period."""
    return months_before(date(period.year, period.months[0], 1), _VISITS_BEFORE)


def ledger_beside(report: Report, set_code: str = "") -> Snapshot:
    """What the ledger says now of the day that a report is about."""
    return snapshot(set_code or default_set_code(report.as_of), min(report.as_of, clock.today()))


def commune_sheet(report: Report, *, only: Iterable[int] | None = None) -> CommuneSheet:
    """The communes of a report, beside the ledger and checked (nine queries and the snapshot, however many communes).

    `only` are ids of entries, where a few are enough.
    """
    rows = report.entries.select_related("commune__district", "answered_by").prefetch_related(
        Prefetch(
            "observations", Observation.objects.select_related("criterion").order_by("criterion__number", "criterion")
        ),
        "visits",
        Prefetch("obstacles", Obstacle.objects.select_related("raised_by").order_by("raised_at", "pk")),
        Prefetch("evidence", Evidence.objects.select_related("file", "added_by")),
        Prefetch("notes", ReviewNote.objects.select_related("written_by")),
    )
    rows = rows.order_by("commune__district__sort_key", "commune__sort_key")
    entries = list(rows if only is None else rows.filter(pk__in=set(only)))
    if not entries:
        return CommuneSheet(report, ())
    shown = ledger_beside(report, _set_code(entries))
    first = visits_from(report.obligation.period)
    return CommuneSheet(report, tuple(_row(entry, shown, first) for entry in entries))


def _set_code(entries: Iterable[CommuneEntry]) -> str:
    """Code of the set whose criteria were looked at; all are of one set."""
    held = next((o.criterion.criteria_set_id for entry in entries for o in entry.observations.all()), None)
    return "" if held is None else CriteriaSet.objects.values_list("code", flat=True).get(pk=held)


def _row(entry: CommuneEntry, shown: Snapshot, first: date) -> EntryRow:
    status = shown.by_code.get(entry.commune.code)
    found: Mapping[int, CriterionFinding] = {c.criterion.id: c for c in status.finding.criteria} if status else {}
    return EntryRow(
        entry=entry,
        seen=tuple(SeenRow(o, found.get(o.criterion_id)) for o in entry.observations.all()),
        visits=tuple(entry.visits.all()),
        obstacles=tuple(entry.obstacles.all()),
        evidence=tuple(entry.evidence.all()),
        notes=tuple(entry.notes.all()),
        visits_from=first,
    )
