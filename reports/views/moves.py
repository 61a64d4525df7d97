"""Handing a report in, and taking it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ntm_portal.accounts.permissions import require
from ntm_portal.core.errors import DomainError
from reports.actions.transitions import submit_report, withdraw_report
from reports.models import Report


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, submit_report, "Đã gửi báo cáo; Văn phòng điều phối sẽ duyệt.")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, withdraw_report, "Đã rút báo cáo về để sửa.")


def _move(request: HttpRequest, pk: int, act, done: str) -> HttpResponse:
    require(request.user, "file_reports")
    report = get_object_or_404(Report.objects.fileable_by(request.user.scope), pk=pk)
    try:
        act(report, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("reports:report-detail", pk)
