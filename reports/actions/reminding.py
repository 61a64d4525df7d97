"""Reminding bodies of what they owe: by the office in one act, and by the timer before and after the due day."""

from datetime import date, timedelta

from django.db.models import QuerySet

from reports import notices
from reports.models import Obligation, ReportingPeriod
from reports.notices import Reminded
from reports.queries.board import unsettled

DAYS_BEFORE = 3


def remind_missing(*, today: date) -> Reminded:
    """Ask every body for what it owes in open periods, not handed in or sent back; nobody twice on a day."""
    return notices.reminder([(cell.obligation, cell.standing.words) for cell in unsettled(today)], today)


def due_within(today: date) -> QuerySet[Obligation]:
    """What is missing and due within three days."""
    return _missing().filter(due_on__gte=today, due_on__lte=today + timedelta(days=DAYS_BEFORE))


def late(today: date) -> QuerySet[Obligation]:
    """What is missing and past its due day."""
    return _missing().filter(due_on__lt=today)


def remind_before_due(*, today: date) -> int:
    """Tell of what is due within three days, each once; returns how many notices were new."""
    return notices.due_soon(due_within(today), today)


def remind_overdue(*, today: date) -> int:
    """Tell of what is late, once and again every week; returns how many notices were new."""
    return notices.overdue(late(today), today)


def _missing() -> QuerySet[Obligation]:
    rows = Obligation.objects.filter(first_submitted_at__isnull=True, period__in=ReportingPeriod.objects.still_open())
    return rows.select_related("period", "department").order_by("due_on", "pk")
