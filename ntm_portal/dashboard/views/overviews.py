"""Everything at once: the matrix, the targets."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from directives.models import Directive
from directives.pace import pace
from directives.queries import TargetResult, target_results
from ntm_portal.accounts.permissions import may
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard import matrix as matrices
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.charts.layers import Chart
from ntm_portal.dashboard.charts.specifications import pace_chart
from ntm_portal.dashboard.forms import MatrixForm
from ntm_portal.dashboard.views.page import read_page, status_page
from ntm_portal.dashboard.views.places import in_trouble


def matrix(request: HttpRequest) -> HttpResponse:
    """Every commune by every criterion."""
    return status_page(request, "dashboard/_matrix.html", matrices.matrix, form=MatrixForm)


def matrix_cell(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One cell of it: the result, why, from which source; a part for the card beside the cell."""
    reading = read_page(request)
    if reading is None:
        raise NotFoundError("Cổng chưa có dữ liệu tham chiếu.")
    return render(request, "dashboard/_matrix_cell.html", matrices.cell(code, number, reading))


def targets(request: HttpRequest) -> HttpResponse:
    """Every target with its quote, state, blockers and forecast, under the directive that set it."""
    reads_trail = may(request.user, "read_audit")

    def build(reading: Reading) -> dict[str, Any]:
        groups: dict[Directive, list[tuple[TargetResult, Chart | None]]] = {}
        for result in in_trouble(target_results(reading.shown)):
            points = pace(result, reading.shown)
            drawn = pace_chart(points, result) if len(points) > 1 and any(p.actual for p in points) else None
            groups.setdefault(result.target.directive, []).append((result, drawn))
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
