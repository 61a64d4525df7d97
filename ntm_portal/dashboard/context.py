"""What every page knows: the province, the demonstration, who is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from communes.queries import province_name
from ntm_portal.accounts.models import Notice, User
from ntm_portal.accounts.permissions import may
from ntm_portal.core import ledger

_NAMES = ledger.Memory(4)
# (name, url name, start of the addresses that belong to it)
_PLACES = (
    ("Tỉnh", "dashboard:province", "/huyen/"),
    ("Mục tiêu", "dashboard:targets", "/muc-tieu/"),
    ("Nhiệm vụ", "directives:task-board", "/nhiem-vu/"),
    ("Báo cáo", "reports:report-list", "/bao-cao/"),
    ("Vướng mắc", "directives:obstacle-list", "/vuong-mac/"),
    ("Văn bản", "directives:directive-list", "/van-ban/"),
    ("Ma trận", "dashboard:matrix", None),
)
# What stands behind "Thêm".
_FURTHER = (
    ("Bản đồ", "dashboard:map", None),
    ("Tiêu chí", "dashboard:criteria", "/tieu-chi/"),
    ("Đơn vị", "dashboard:departments", "/don-vi/"),
    ("So sánh", "dashboard:compare", None),
)


@dataclass(frozen=True, slots=True)
class PlaceToGo:
    """An entry of the main navigation; `holds` when the page at hand belongs to it without being it.

    One that `carries` is about a day, and hands on the one that is shown.
    """

    name: str
    url: str
    holds: bool
    carries: bool


def _places_to_go(path: str, places: Sequence[tuple[str, str, str | None]]) -> list[PlaceToGo]:
    found = []
    for name, view, start in places:
        holds = bool(start) and path.startswith(start)
        found.append(PlaceToGo(name, reverse(view), holds, view.startswith("dashboard:")))
    return found


def _unread_notices(user: User | None) -> int:
    """Asked for by the header alone, so that answers without one do not pay for it (one query)."""
    if user is None or not user.is_authenticated:
        return 0
    return Notice.objects.visible_to(user.scope).unread().count()


def portal(request: HttpRequest) -> dict:
    """Header facts; the province's name is remembered under the ledger position."""
    user = getattr(request, "user", None)
    position = getattr(request, "ledger_position", None) or ledger.current()
    name = _NAMES.find_or_build(position, lambda: (province_name(),))
    return {
        "unread_notices": SimpleLazyObject(partial(_unread_notices, user)),
        "province_name": name[0],
        "places_to_go": _places_to_go(request.path, _PLACES),
        "further_places": _places_to_go(request.path, _FURTHER),
        "demo_date": settings.DEMO_DATE,
        "may_administer": bool(user and user.is_authenticated and user.is_staff),
        "may_read_audit": bool(user and may(user, "read_audit")),
        "roles": sorted(str(role.label) for role in user.scope.roles) if user and may(user, "read_status") else [],
    }
