"""From what somebody asks (a day, a moment, a set, or nothing) to the snapshot that answers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min

from criteria.models import Assessment
from criteria.queries import Snapshot, snapshot, standard_set
from ntm_portal.core import clock, ledger
from ntm_portal.core.errors import NotFoundError

_FIRST_DAYS = ledger.Memory(8)


@dataclass(frozen=True, slots=True)
class Answer:
    """The snapshot, and in Vietnamese what has to be known to read it."""

    snapshot: Snapshot
    asked: date
    notice: str | None


def first_day(at: ledger.Position) -> date | None:
    """The first day of which anything is recorded; remembered under the position."""
    found = _FIRST_DAYS.find_or_build(at, lambda: (Assessment.objects.aggregate(Min("as_of"))["as_of__min"],))
    return found[0]


def answer(
    asked: date | None = None,
    *,
    known_at: datetime | None = None,
    set_code: str | None = None,
    at: ledger.Position | None = None,
) -> Answer:
    """The snapshot of the day asked for; a day after today is answered from the latest knowledge, and says so.

    Raises NotFoundError for an unknown set, or when no set is loaded.
    """
    today = clock.today()
    asked = asked or today
    position = at or ledger.current()
    as_of = min(asked, today)
    shown = snapshot(set_code or standard_set(as_of, at=position), as_of, known_at, at=position)
    return Answer(shown, asked, _notice(shown, asked, today))


def shown_today() -> Snapshot | None:
    """The snapshot of today; none while no criteria set is loaded."""
    try:
        return answer().snapshot
    except NotFoundError:
        return None


def _notice(shown: Snapshot, asked: date, today: date) -> str | None:
    if asked > today:
        return f"Ngày {asked:%d/%m/%Y} chưa đến: đây là số liệu mới nhất, đến {today:%d/%m/%Y}."
    if not shown.has_data:
        first = first_day(shown.position)
        if first is None:
            return "Sổ cái chưa có số liệu nào."
        return f"Chưa có số liệu vào ngày {asked:%d/%m/%Y}: số liệu đầu tiên là của ngày {first:%d/%m/%Y}."
    return None
