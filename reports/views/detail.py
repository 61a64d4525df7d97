"""A report, whatever its kind."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from reports.models import Obligation, Report
from reports.views import communes


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Report.objects.visible_to(request.user.scope).with_about()
    return communes.detail(request, get_object_or_404(rows, pk=pk, obligation__kind=Obligation.Kind.COMMUNES))
