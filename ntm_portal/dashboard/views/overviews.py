"""Everything at once: the matrix."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard import matrix as matrices
from ntm_portal.dashboard.forms import MatrixForm
from ntm_portal.dashboard.views.page import read_page, status_page


def matrix(request: HttpRequest) -> HttpResponse:
    """Every commune by every criterion."""
    return status_page(request, "dashboard/_matrix.html", matrices.matrix, form=MatrixForm)


def matrix_cell(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One cell of it: the result, why, from which source; a part for the card beside the cell."""
    reading = read_page(request)
    if reading is None:
        raise NotFoundError("Cổng chưa có dữ liệu tham chiếu.")
    return render(request, "dashboard/_matrix_cell.html", matrices.cell(code, number, reading))
