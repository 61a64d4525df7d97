"""Which periods there are, where they stand, and which have come."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from reports.models import ReportingPeriod


@dataclass(frozen=True, slots=True)
class Time:
    """Whether the day of a period has come, or is over.

    A month opens on its first day, a quarter on the first day of its last month.
    """

    opens_on: date
    is_now: bool
    is_past: bool


def time_of(period: ReportingPeriod, today: date) -> Time:
    opens_on = date(period.year, period.months[-1], 1)
    return Time(opens_on, opens_on <= today <= period.due_on, period.due_on < today)


def periods_to_open(today: date) -> tuple[list[ReportingPeriod], list[ReportingPeriod]]:
    """Periods whose time has come, the earliest first: those not yet due, and those past due and never opened.

    Of the first some may be open already: opening them again adds bodies that have come to owe a report.
    """
    rows = ReportingPeriod.objects.filter(closed_on__isnull=True, year__lte=today.year)
    timed = [(period, time_of(period, today)) for period in rows.order_by("data_until", "kind")]
    missed = [period for period, time in timed if time.is_past and period.opened_at is None]
    return [period for period, time in timed if time.is_now], missed


def periods_with_counts() -> QuerySet[ReportingPeriod]:
    """Every period with how many reports are owed and how many were handed in, the latest first."""
    return ReportingPeriod.objects.annotate(
        owed=Count("obligations"),
        handed_in=Count("obligations", filter=Q(obligations__first_submitted_at__isnull=False)),
    ).order_by("-data_until", "kind")


def next_year(today: date) -> int:
    """The first year from this one on that lacks periods."""
    held = ReportingPeriod.objects.filter(year__gte=today.year)
    counts = dict(held.values("year").annotate(count=Count("pk")).values_list("year", "count"))
    year = today.year
    while counts.get(year, 0) >= 16:
        year += 1
    return year
