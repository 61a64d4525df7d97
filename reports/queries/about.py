"""What reports say about one commune, for whoever reads its page: not by the ledger, but by the reader's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from communes.models import Commune
from directives.models import Obstacle
from ntm_portal.accounts.scope import Scope
from reports.models import CommuneEntry, Obligation, Report, ReportingPeriod, ReportLine, Visit

_MOST = 6


@dataclass(frozen=True, slots=True)
class ReportAbout:
    """A commune report about the commune, and whether this reader may open it."""

    report: Report
    may_open: bool


@dataclass(frozen=True, slots=True)
class FiledAbout:
    """Criterion reports of a period that have lines about the commune: how many are in each state."""

    period: ReportingPeriod
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CommuneWork:
    """Reports, visits and open obstacles of a commune, the latest first; as they are now, of what began by the day."""

    reports: Sequence[ReportAbout]
    filed: FiledAbout | None
    visits: Sequence[Visit]
    obstacles: Sequence[Obstacle]


def about_commune(commune: Commune, scope: Scope, *, on: date) -> CommuneWork:
    """What this reader may see of it (six queries, however much there is)."""
    return CommuneWork(
        _reports(commune, scope, on),
        _filed(commune, scope, on),
        _visits(commune, scope, on),
        _obstacles(commune, scope, on),
    )


def _entries(commune: Commune, scope: Scope):
    """Parts of reports about the commune; a draft is read by those who read the report, not by its district."""
    handed_in = ~Q(report__state__in=Report.WRITABLE)
    rows = CommuneEntry.objects.visible_to(scope).filter(commune=commune, report__in=Report.objects.latest())
    return rows.filter(handed_in | Q(report__in=Report.objects.visible_to(scope)))


def _reports(commune: Commune, scope: Scope, on: date) -> list[ReportAbout]:
    rows = Report.objects.filter(
        pk__in=_entries(commune, scope).values("report"), obligation__period__opened_at__date__lte=on
    )
    rows = rows.with_about().annotate(may_open=Exists(Report.objects.visible_to(scope).filter(pk=OuterRef("pk"))))
    latest = rows.order_by("-obligation__due_on", "obligation__department__sort_key")[:_MOST]
    return [ReportAbout(report, report.may_open) for report in latest]


def _filed(commune: Commune, scope: Scope, on: date) -> FiledAbout | None:
    """Of the latest month or quarter that any criterion report about the commune is of."""
    has_line = Exists(ReportLine.objects.filter(report=OuterRef("pk"), commune=commune))
    rows = Report.objects.visible_to(scope).filter(
        has_line, pk__in=Report.objects.latest(), obligation__kind=Obligation.Kind.CRITERIA
    )
    of_period = rows.filter(obligation__period__opened_at__date__lte=on)
    last = of_period.select_related("obligation__period").order_by("-obligation__period__data_until", "-pk").first()
    if last is None:
        return None
    period = last.obligation.period
    counts = rows.filter(obligation__period=period).order_by().values_list("state").annotate(Count("pk"))
    order = list(Report.State)
    return FiledAbout(period, tuple(sorted(counts, key=lambda pair: order.index(pair[0]))))


def _visits(commune: Commune, scope: Scope, on: date) -> list[Visit]:
    rows = Visit.objects.filter(entry__in=_entries(commune, scope), visited_on__lte=on)
    rows = rows.select_related("entry__report__obligation__department")
    return list(rows.order_by("-visited_on", "-pk")[:_MOST])


def _obstacles(commune: Commune, scope: Scope, on: date) -> list[Obstacle]:
    rows = Obstacle.objects.visible_to(scope).still_open().filter(commune=commune, raised_at__date__lte=on)
    return list(rows.select_related("raised_by", "indicator").order_by("-raised_at", "-pk")[:_MOST])
