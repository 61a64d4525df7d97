"""Who has handed in what, beside the status of the province and of a body: it changes without the ledger."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from ntm_portal.accounts.models import Department
from ntm_portal.core import clock
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.views.page import Beside
from reports.queries.board import board, opened_periods, worst
from reports.queries.discrepancies import discrepancies, seen_by

_WORST = 8
"""How many of the bodies that are late the page of the province names."""
_PERIODS = 12
"""How many of the latest periods the page of a body shows."""


def province_filing(request: HttpRequest, reading: Reading) -> str:
    """Bodies that are late with a report today, the worst named, and how many contradictions wait for a decision."""
    today = clock.today()
    late = worst(today)
    return render_to_string(
        "dashboard/_province_filing.html",
        {
            "late": late,
            "named": late[:_WORST],
            "more": len(late) - _WORST,
            "today": today,
            "in_dispute": [d for d in seen_by(discrepancies(), request.user.scope) if not d.is_closed],
        },
    )


def body_filing(body: Department) -> Beside:
    """The reports of a body by period, with how timely it is; reports lead on for who may read them."""

    def beside(request: HttpRequest, reading: Reading) -> str:
        periods, today = opened_periods(most=_PERIODS), clock.today()
        held = board(periods, scope=request.user.scope, today=today, department=body.pk)
        lines = [
            (period, [(row.kind_label, row.cells[index]) for row in held.rows if row.cells[index]])
            for index, period in enumerate(periods)
        ]
        return render_to_string(
            "dashboard/_department_filing.html",
            {"lines": [line for line in lines if line[1]], "total": held.total, "today": today},
        )

    return beside
