"""Everything at once: the matrix, the targets."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from criteria import summaries
from criteria.engine.bands import BAND_LABELS, Band
from criteria.queries import CommuneStatus
from directives.models import Directive
from directives.pace import pace
from directives.queries import TargetResult, target_results
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.charts.layers import Chart
from ntm_portal.dashboard.charts.specifications import pace_chart
from ntm_portal.dashboard.views.page import status_page
from ntm_portal.dashboard.views.places import in_trouble


def matrix(request: HttpRequest) -> HttpResponse:
    """Every commune by every criterion."""

    def build(reading: Reading) -> dict[str, Any]:
        shown = reading.shown
        groups: dict[str, list[CommuneStatus]] = {}
        for status in shown.statuses:
            groups.setdefault(status.commune.district_name, []).append(status)
        return {
            "title": "Ma trận xã × tiêu chí",
            "trail": [("Tỉnh", "/")],
            "groups": list(groups.items()),
            "columns": summaries.criterion_counts(shown, shown.statuses, ()),
            "bands": [(band, BAND_LABELS[band]) for band in Band],
        }

    return status_page(request, "dashboard/_matrix.html", build)


def targets(request: HttpRequest) -> HttpResponse:
    """Every target with its quote, state, blockers and forecast, under the directive that set it."""

    def build(reading: Reading) -> dict[str, Any]:
        groups: dict[Directive, list[tuple[TargetResult, Chart | None]]] = {}
        for result in in_trouble(target_results(reading.shown)):
            points = pace(result, reading.shown)
            drawn = pace_chart(points, result) if len(points) > 1 else None
            groups.setdefault(result.target.directive, []).append((result, drawn))
        return {
            "title": "Mục tiêu",
            "trail": [("Tỉnh", "/")],
            "groups": [
                (directive, [c for c in held if not c[0].target.is_focus], [c for c in held if c[0].target.is_focus])
                for directive, held in sorted(groups.items(), key=lambda group: group[0].issued_on, reverse=True)
            ],
        }

    return status_page(request, "dashboard/_targets.html", build)
