"""Tasks beside the status of the province, a commune and a body: they change without the ledger."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from communes.models import Commune
from directives.board import open_rows
from ntm_portal.accounts.models import Department
from ntm_portal.core import clock
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.views.page import Beside

_MOST = 6
"""How many parts a page names; the rest is on the board."""


def province_tasks(request: HttpRequest, reading: Reading) -> SafeString:
    """What is overdue today, the oldest named."""
    held = open_rows(request.user.scope, today=clock.today())
    late = [row for row in held.rows if row.is_overdue]
    context = {"board": held, "late": late[:_MOST], "more": len(late) - _MOST}
    return render_to_string("dashboard/_province_tasks.html", context)


def commune_tasks(commune: Commune) -> Beside:
    """What bodies have been told to do about a commune."""
    return _listed(f"xa={commune.code}", commune=commune.code)


def body_tasks(body: Department) -> Beside:
    """What a body has been told to do."""
    return _listed(f"don_vi={body.code}", body=body.code)


def _listed(query: str, *, body: str = "", commune: str = "") -> Beside:
    def beside(request: HttpRequest, reading: Reading) -> SafeString:
        held = open_rows(request.user.scope, today=clock.today(), body=body, commune=commune)
        context = {
            "board": held,
            "rows": held.rows[:_MOST],
            "more": len(held.rows) - _MOST,
            "query": query,
            "names_body": not body,
        }
        return render_to_string("dashboard/_tasks_beside.html", context)

    return beside
