"""My reports: what my bodies owe, and for those who read all of them, every report."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ntm_portal.accounts.permissions import require
from ntm_portal.core import clock
from reports.forms.lists import ReportListForm
from reports.queries.mine import Owed, by_period, listed, owed_by, why_nothing
from reports.tabs import tabs

_PER_PAGE = 50


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """An officer's own work, what is open first; below it what is over, or all reports for those who read all."""
    require(request.user, "read_own_work")
    scope, today = request.user.scope, clock.today()
    form = ReportListForm(request.GET, scope=scope)
    found = form.picked(listed(scope))
    if not scope.reads_all:
        found = found.filter(obligation__period__closed_on__isnull=False)
    page = Paginator(found, _PER_PAGE).get_page(form.cleaned_data["trang"] or 1)
    owed = owed_by(scope.department_ids, today, scope=scope) if scope.department_ids else []
    context = {
        "title": "Báo cáo",
        "tabs": tabs(request),
        "form": form,
        "is_officer": bool(scope.department_ids),
        "reads_all": scope.reads_all,
        "owed": owed,
        "why_nothing": "" if owed or scope.reads_all else why_nothing(scope.department_ids, today),
        "page": page,
        "rows": [Owed(report, today) for report in page],
        "periods": by_period(page, today),
        "asked": urlencode([(k, v) for k, v in form.cleaned_data.items() if v and k != "trang"]),
    }
    return render(request, "reports/report_list.html", context)
