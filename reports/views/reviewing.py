"""The coordination office's part: the queue, one report, approving it or sending it back, and who disagrees."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from criteria.asking import shown_today
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core.errors import DomainError
from reports.actions.ruling import rule
from reports.actions.transitions import approve_report, send_back
from reports.forms.reviewing import DiscrepancyFilter, ReadForm, RulingForm, SendBackForm
from reports.models import Observation, Report
from reports.queries import reviewing
from reports.queries.discrepancies import discrepancies, seen_by
from reports.tabs import tabs

_WITH_TEXT = 300
"""Lines that have a field of their own for a remark; beyond them one ticks, so that a form stays sendable."""


@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """What is to be reviewed, oldest first."""
    require(request.user, "review_reports")
    context = {"title": "Báo cáo chờ duyệt", "tabs": tabs(request), "queue": reviewing.queue()}
    return render(request, "reports/review_list.html", context)


def _report(request: HttpRequest, pk: int) -> Report:
    require(request.user, "review_reports")
    return get_object_or_404(Report.objects.visible_to(request.user.scope).with_about(), pk=pk)


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside the period before."""
    report = _report(request, pk)
    return _show(request, report, SendBackForm(report=report, initial={"revision": report.revision}))


def _show(request: HttpRequest, report: Report, form: SendBackForm, *, status: int = 200) -> HttpResponse:
    is_criteria = report.is_criteria_report
    groups = reviewing.groups_of(report) if is_criteria else []
    told = sum(len(group.lines) for group in groups if not group.is_folded)
    versions = reviewing.versions_of(report)
    context = {
        "title": f"Duyệt: {report}",
        "report": report,
        "form": form,
        "chosen": set(request.POST.getlist("chon")),
        "groups": groups,
        "entries": [] if is_criteria else reviewing.entries_of(report),
        "sections": [section for section in report.sections.all() if section.text],
        "has_texts": told <= _WITH_TEXT,
        "days_late": reviewing.days_late(report),
        "versions": versions,
        "told_before": reviewing.told_before(report),
        "is_waiting": report.state == Report.State.SUBMITTED and report.obligation.period.is_open,
        "tabs": tabs(request),
    }
    return render(request, "reports/review.html", context, status=status)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the whole report, as it was read."""
    report = _report(request, pk)
    form = ReadForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["revision"][0])
        return redirect("reports:review", pk)
    try:
        report = approve_report(report, by=request.user, revision=form.cleaned_data["revision"])
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("reports:review", pk)
    written = report.source.assessments.count() if report.source else 0
    messages.success(request, f"Đã duyệt {report}" + (f": sổ cái thêm {written} dòng." if written else "."))
    return redirect("reports:review-list")


@require_POST
def return_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the report back with remarks; what was typed is kept when it cannot be sent."""
    report = _report(request, pk)
    form = SendBackForm(request.POST, report=report)
    if not form.is_valid():
        return _show(request, report, form, status=400)
    remarks = list(form.remarks())
    try:
        send_back(report, remarks, by=request.user, revision=form.cleaned_data["revision"])
    except DomainError as refused:
        form.add_error(None, refused.message)
        report = _report(request, pk)
        return _show(request, report, form, status=refused.status)
    messages.success(request, f"Đã trả lại {report} với {len(remarks)} ý kiến.")
    return redirect("reports:review-list")


@require_safe
def discrepancy_list(request: HttpRequest) -> HttpResponse:
    """Where commune reports and the ledger exclude each other."""
    require(request.user, "read_own_work")
    return _list(request)


def _list(request: HttpRequest, form: RulingForm | None = None, ruled: int = 0, *, status: int = 200) -> HttpResponse:
    own = seen_by(discrepancies(), request.user.scope)
    said_in = Report.objects.visible_to(request.user.scope).filter(pk__in={d.seen.report_id for d in own})
    shown = shown_today()
    choice = DiscrepancyFilter(request.GET, criteria=shown.criteria_set if shown else None)
    context = {
        "title": "Mâu thuẫn giữa báo cáo xã và sổ cái",
        "tabs": tabs(request),
        "total": len(own),
        "open": sum(not d.is_closed for d in own),
        "found": choice.pick(own),
        "filter": choice,
        "readable": set(said_in.values_list("pk", flat=True)),
        "is_filtered": any(request.GET.values()),
        "may_rule": may(request.user, "review_reports"),
        "form": form,
        "ruled": ruled,
    }
    return render(request, "reports/discrepancy_list.html", context, status=status)


@require_POST
def rule_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one discrepancy, once."""
    require(request.user, "review_reports")
    observation = get_object_or_404(Observation.objects.visible_to(request.user.scope), pk=pk)
    form = RulingForm(request.POST)
    if not form.is_valid():
        return _list(request, form, pk, status=400)
    try:
        rule(observation, form.cleaned_data["outcome"], form.cleaned_data["reason"], request.user)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "Đã ghi quyết định.")
    return redirect("reports:discrepancy-list")
