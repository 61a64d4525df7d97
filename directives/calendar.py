"""Due days of tasks as a calendar that other programs subscribe to (RFC 5545)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from directives.actions.calendars import digest_of
from directives.models import Assignment, CalendarKey, Task
from ntm_portal.accounts.models import User
from ntm_portal.accounts.scope import Scope

CONTENT_TYPE = "text/calendar; charset=utf-8"
ALARM_DAYS = 3
_LONGEST_LINE = 75
"""Octets of a line without its end; a longer one is folded."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class DueDay:
    """One task on one day, with the short names of the bodies that owe it then."""

    task: Task
    due_on: date
    bodies: tuple[str, ...]


def owner_of(key: str) -> User | None:
    """Whose calendar this key opens: somebody who is still here and still has a role (two queries)."""
    held = CalendarKey.objects.filter(digest=digest_of(key)).values_list("user_id", flat=True).first()
    user = User.with_scope(held) if held else None
    return user if user is not None and user.is_active and user.scope.roles else None


def due_days(scope: Scope, *, today: date) -> list[DueDay]:
    """The days by which this person's bodies, or for who reads all every body, owe something (one query)."""
    rows = Assignment.objects.under_way().given_by(today).filter(due_on__isnull=False).visible_to(scope)
    held: dict[tuple[int, date], list[Assignment]] = defaultdict(list)
    for part in rows.with_about().order_by("due_on", "task", "department__sort_key"):
        held[part.task_id, part.due_on].append(part)
    return [
        DueDay(parts[0].task, due_on, tuple(part.department.short_name for part in parts))
        for (_, due_on), parts in held.items()
    ]


def serialize(days: Iterable[DueDay], *, name: str, at: datetime, address: Callable[[Task], str], host: str) -> bytes:
    """A whole calendar; `address` gives the full address of a task's page."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cổng nông thôn mới//Nhiệm vụ//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    ]
    for day in days:
        lines += _event(day, at=at, url=address(day.task), host=host)
    lines.append("END:VCALENDAR")
    return b"".join(piece + b"\r\n" for line in lines for piece in _folded(line))


def _event(day: DueDay, *, at: datetime, url: str, host: str) -> list[str]:
    about = [day.task.content, f"Đơn vị: {', '.join(day.bodies)}"]
    if day.task.directive:
        about.append(f"Văn bản: {day.task.directive}")
    return [
        "BEGIN:VEVENT",
        f"UID:nhiem-vu-{day.task.pk}-{day.due_on:%Y%m%d}@{host}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day.due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day.due_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(f'Hạn: {day.task.title}')}",
        f"DESCRIPTION:{_text(chr(10).join(about))}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(f'Còn {ALARM_DAYS} ngày: {day.task.title}')}",
        f"TRIGGER:-P{ALARM_DAYS}D",
        "END:VALARM",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """A value of type TEXT."""
    return value.translate(_ESCAPES)


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces of at most 75 octets, each after the first begun with a space; no letter is cut in two."""
    piece, room = b"", _LONGEST_LINE
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > room:
            yield piece
            piece = b" "
        piece += octets
    yield piece
