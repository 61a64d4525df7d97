"""Who has handed in what: bodies by periods, and how complete and how timely they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope
from reports.models import Obligation, Report, ReportingPeriod
from reports.standing import Standing, State, standing_of

LATEST = 6
"""Periods that the board shows until a year is asked for."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of what is counted: what is not due yet and has not come is not."""

    counted: int = 0
    handed_in: int = 0
    on_time: int = 0

    @classmethod
    def of(cls, standings: Iterable[Standing]) -> "Rates":
        counted = [standing for standing in standings if standing.counts]
        return cls(len(counted), sum(s.is_handed_in for s in counted), sum(s.is_on_time for s in counted))

    @property
    def completeness(self) -> int | None:
        """Whole percent handed in, rounded down: 99,9 is not all."""
        return 100 * self.handed_in // self.counted if self.counted else None

    @property
    def timeliness(self) -> int | None:
        """Whole percent handed in in time, rounded down."""
        return 100 * self.on_time // self.counted if self.counted else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One obligation; `url` leads to its report for who may read it."""

    obligation: Obligation
    standing: Standing
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One kind of report of a body, with a cell for each period; none where it owed nothing."""

    department: Department
    kind: str
    cells: tuple[Cell | None, ...]

    @property
    def kind_label(self) -> str:
        return Obligation.Kind(self.kind).label

    @property
    def held(self) -> list[Cell]:
        return [cell for cell in self.cells if cell is not None]

    @cached_property
    def rates(self) -> Rates:
        return Rates.of(cell.standing for cell in self.held)

    @property
    def owed(self) -> list[Cell]:
        return [cell for cell in self.held if cell.standing.is_owed]


@dataclass(frozen=True)
class Board:
    """Rows in the order of kinds of body and names; columns are periods, the latest first."""

    periods: Sequence[ReportingPeriod]
    rows: Sequence[Row]

    @cached_property
    def total(self) -> Rates:
        return Rates.of(cell.standing for row in self.rows for cell in row.held)

    @cached_property
    def by_period(self) -> list[tuple[ReportingPeriod, Rates]]:
        columns = zip(*(row.cells for row in self.rows), strict=True) if self.rows else [()] * len(self.periods)
        return [
            (period, Rates.of(cell.standing for cell in column if cell is not None))
            for period, column in zip(self.periods, columns, strict=True)
        ]

    @cached_property
    def bodies_overdue(self) -> int:
        """Bodies that have something to hand in after its due day."""
        late = (row for row in self.rows if any(cell.standing.state is State.OVERDUE for cell in row.held))
        return len({row.department.pk for row in late})


def opened_periods(year: int | None = None, *, most: int = LATEST) -> list[ReportingPeriod]:
    """Opened periods, the latest first: of a year, else the last few (one query)."""
    rows = ReportingPeriod.objects.opened().order_by("-data_until", "kind")
    return list(rows[:most] if year is None else rows.filter(year=year))


def years_opened() -> list[int]:
    """Years with an opened period, the latest first (one query)."""
    return list(ReportingPeriod.objects.opened().order_by("-year").values_list("year", flat=True).distinct())


def board(
    periods: Sequence[ReportingPeriod],
    *,
    scope: Scope,
    today: date,
    body_kind: str = "",
    report_kind: str = "",
    department: int | None = None,
    only_owing: bool = False,
) -> Board:
    """What every body owed in these periods, and how it stands (three queries, however many).

    That somebody has or has not reported is open to every role; only what a report says is its readers'.
    """
    asked = {"department__kind": body_kind, "kind": report_kind, "department": department}
    obligations = Obligation.objects.filter(period__in=periods, **{k: v for k, v in asked.items() if v})
    obligations = list(obligations.select_related("department").order_by("department__sort_key", "kind"))
    newest = _newest(obligations)
    readable = set(
        Report.objects.filter(pk__in=[report.pk for report in newest.values()])
        .visible_to(scope)
        .values_list("pk", flat=True)
    )
    by_id = {period.pk: period for period in periods}
    held: dict[tuple[int, str], dict[int, Cell]] = defaultdict(dict)
    bodies = {}
    for obligation in obligations:
        report, period = newest.get(obligation.pk), by_id[obligation.period_id]
        url = report.get_absolute_url() if report is not None and report.pk in readable else ""
        standing = standing_of(obligation, report, period, today)
        bodies[obligation.department_id] = obligation.department
        held[obligation.department_id, obligation.kind][period.pk] = Cell(obligation, standing, url)
    rows = [
        Row(bodies[pk], kind, tuple(cells.get(period.pk) for period in periods)) for (pk, kind), cells in held.items()
    ]
    rows = [row for row in rows if row.owed] if only_owing else rows
    order = Department.Kind.values
    return Board(periods, sorted(rows, key=lambda row: order.index(row.department.kind)))


def _newest(obligations: Sequence[Obligation]) -> dict[int, Report]:
    """The newest version of each report, by obligation (one query)."""
    rows = Report.objects.filter(obligation__in=[obligation.pk for obligation in obligations])
    return {report.obligation_id: report for report in rows.order_by("version")}


def unsettled(today: date) -> list[Cell]:
    """Obligations of open periods that wait for their body: nothing came, or it was sent back (two queries)."""
    rows = Obligation.objects.filter(period__in=ReportingPeriod.objects.still_open())
    rows = list(rows.select_related("department", "period").order_by("due_on", "department__sort_key", "kind"))
    newest = _newest(rows)
    cells = [Cell(row, standing_of(row, newest.get(row.pk), row.period, today)) for row in rows]
    return [cell for cell in cells if cell.standing.is_owed]


def worst(today: date) -> list[tuple[Department, int, int]]:
    """Bodies with overdue reports in open periods: (body, how many, days of the oldest), the worst first."""
    found: dict[Department, list[int]] = defaultdict(list)
    for cell in unsettled(today):
        if cell.standing.state is State.OVERDUE:
            found[cell.obligation.department].append(cell.standing.late_by)
    rows = [(body, len(days), max(days)) for body, days in found.items()]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0].sort_key))
