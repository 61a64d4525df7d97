"""Targets: all of them, and each on a page of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from directives.blocking import leading_bodies, obstructions
from directives.board import Row
from directives.models import Assignment, Directive, TargetStanding
from directives.pace import pace
from directives.queries import State, TargetResult, target_results
from ntm_portal.accounts.permissions import may
from ntm_portal.core import clock
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.charts.layers import Chart
from ntm_portal.dashboard.charts.specifications import pace_chart
from ntm_portal.dashboard.gauge import gauge
from ntm_portal.dashboard.views.page import Beside, status_page
from ntm_portal.dashboard.views.places import in_trouble

_MOST = 8
"""How many units in the way are told in full; the others are named."""


def _pace_of(result: TargetResult, reading: Reading) -> Chart | None:
    """How a target came to stand where it stands; none without months to compare."""
    points = pace(result, reading.shown)
    return pace_chart(points, result) if len(points) > 1 and any(p.actual for p in points) else None


def targets(request: HttpRequest) -> HttpResponse:
    """Every target with its quote, state, blockers and forecast, under the directive that set it."""
    reads_trail = may(request.user, "read_audit")

    def build(reading: Reading) -> dict[str, Any]:
        groups: dict[Directive, list[tuple[TargetResult, Chart | None]]] = {}
        for result in in_trouble(target_results(reading.shown)):
            groups.setdefault(result.target.directive, []).append((result, _pace_of(result, reading)))
        return {
            "title": "Mục tiêu",
            "trail": [("Tỉnh", "/")],
            "reads_trail": reads_trail,
            "groups": [
                (directive, [c for c in held if not c[0].target.is_focus], [c for c in held if c[0].target.is_focus])
                for directive, held in sorted(groups.items(), key=lambda group: group[0].issued_on, reverse=True)
            ],
        }

    return status_page(request, "dashboard/_targets.html", build, reads_trail)


def target(request: HttpRequest, pk: int) -> HttpResponse:
    """One target: how much there is of what is asked, who is in the way of it, and who is in charge of that."""

    def build(reading: Reading) -> dict[str, Any]:
        result = next((r for r in target_results(reading.shown) if r.target.pk == pk), None)
        if result is None:
            raise NotFoundError("Không có mục tiêu này.")
        held = obstructions(result, reading.shown)
        return {
            "title": result.target.title,
            "trail": [("Tỉnh", "/"), ("Mục tiêu", "/muc-tieu/")],
            "trail_query": f"loai=directives.target&so={pk}",
            "edited_at": ("edit_directives", f"/muc-tieu/{pk}/sua/"),
            "stands_without_data": True,
            "result": result,
            "directive_url": f"/van-ban/{result.target.directive_id}/",
            "gauge": gauge(result, reading.shown),
            "pace": _pace_of(result, reading),
            "named": held[:_MOST],
            "others": held[_MOST:],
            "leading": leading_bodies(held),
        }

    return status_page(request, "dashboard/_target.html", build, pk, beside=_work_on(pk))


def _work_on(pk: int) -> Beside:
    """The tasks that serve a target, with the part of each body, and the states that it has been seen in."""

    def beside(request: HttpRequest, reading: Reading) -> str:
        on = reading.shown.as_of
        parts = Assignment.objects.given_by(on).filter(task__target=pk).with_about()
        standings = TargetStanding.objects.filter(target=pk, as_of__lte=on).order_by("-pk")
        context = {
            "rows": [Row(part, clock.today()) for part in parts.order_by("due_on", "task", "department__sort_key")],
            "standings": [(State(standing.state), standing) for standing in standings],
        }
        return render_to_string("dashboard/_target_work.html", context)

    return beside
