"""What the timer does about tasks: tells of days that come near and of days that have passed."""

from datetime import date, timedelta

from directives import notices
from directives.models import Assignment

DAYS_BEFORE = 3
_WAITING = (Assignment.State.GIVEN, Assignment.State.ACCEPTED)


def due_within(today: date):
    """Parts that wait for their body and are due within three days."""
    rows = Assignment.objects.under_way().given_by(today).filter(state__in=_WAITING)
    return rows.filter(due_on__gte=today, due_on__lte=today + timedelta(days=DAYS_BEFORE)).with_about().order_by("pk")


def late(today: date):
    """Parts that wait for their body past their day."""
    return Assignment.objects.given_by(today).overdue(today).with_about().order_by("pk")


def remind_before_due(*, today: date) -> int:
    """Tell of what is due within three days, each once; returns how many notices were new."""
    return notices.tasks_due_soon(due_within(today), today=today)


def remind_overdue(*, today: date) -> int:
    """Tell of what is late, once and again every week; returns how many notices were new."""
    return notices.tasks_overdue(late(today), today=today)
