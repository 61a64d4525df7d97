"""Days of a calendar: the same day so many months on."""

from calendar import monthrange
from datetime import date


def months_later(start: date, months: int, *, day: int | None = None) -> date:
    """The same day of the month (or the given one) so many months later, or the last day that the month has."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day or start.day, monthrange(year, month)[1]))
