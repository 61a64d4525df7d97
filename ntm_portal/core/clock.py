"""The only place that asks what time it is. In a demonstration the clock stands on DEMO_DATE."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

YEARS = range(2000, 2101)
"""A day or moment of another year is a slip of the keyboard: nothing of this programme lies there."""
YEARS_WORDS = f"Phải trong khoảng năm {YEARS[0]} đến {YEARS[-1]}."


def now() -> datetime:
    """This moment, aware; in a demonstration the time of day is real and the day is DEMO_DATE."""
    moment = timezone.localtime()
    if settings.DEMO_DATE is None:
        return moment
    return moment.replace(year=settings.DEMO_DATE.year, month=settings.DEMO_DATE.month, day=settings.DEMO_DATE.day)


def real_now() -> datetime:
    """This moment in the world, also in a demonstration: for the audit trail and nothing else."""
    return timezone.now()


def today() -> date:
    """The day on which the portal believes to be, in the province's time zone."""
    return settings.DEMO_DATE or timezone.localdate()


def local(moment: datetime) -> datetime:
    """A moment as the province's clocks show it."""
    return timezone.localtime(moment)
