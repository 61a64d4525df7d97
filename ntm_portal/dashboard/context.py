"""What every page knows: the province, the demonstration, who is here."""

from django.conf import settings
from django.http import HttpRequest

from communes.queries import province_name
from ntm_portal.accounts.permissions import may
from ntm_portal.core import ledger

_NAMES = ledger.Memory(4)


def portal(request: HttpRequest) -> dict:
    """Header facts; the province's name is remembered under the ledger position."""
    user = getattr(request, "user", None)
    position = getattr(request, "ledger_position", None) or ledger.current()
    name = _NAMES.find_or_build(position, lambda: (province_name(),))
    return {
        "province_name": name[0],
        "demo_date": settings.DEMO_DATE,
        "may_administer": bool(user and user.is_authenticated and user.is_staff),
        "roles": sorted(str(role.label) for role in user.scope.roles) if user and may(user, "read_status") else [],
    }
