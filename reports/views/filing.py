"""A criterion report: its page, one line by itself, and its evidence. Commune reports have a page of their own."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ntm_portal.accounts.models import User
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import clock
from ntm_portal.core.errors import DomainError
from reports.actions.drafting import LineChange, save_lines
from reports.actions.evidence import add_evidence, remove_evidence
from reports.forms.filing import ActForm, CorrectionForm, EvidenceForm, GridFilterForm
from reports.forms.typed import LineForm, initial_of
from reports.models import Evidence, Report, ReportLine, Section
from reports.numbers import conclusion_words, reading_text
from reports.queries.discrepancies import asked_of
from reports.queries.grids import LineCells, check_groups, grid
from reports.queries.sheets import Sheet, SheetLine, sheet
from reports.tabs import tabs
from reports.views import communes


def readable(request: HttpRequest, pk: int) -> Report:
    """A report that the reader may see; a foreign one is not found."""
    require(request.user, "read_own_work")
    found = Report.objects.visible_to(request.user.scope).with_about().select_related("saved_by")
    return get_object_or_404(found, pk=pk)


def own(request: HttpRequest, pk: int) -> Report:
    """A report of the reader's own body; whether it can be written now, its actions say."""
    require(request.user, "file_reports")
    found = Report.objects.visible_to(request.user.scope).fileable_by(request.user.scope)
    return get_object_or_404(found.with_about().select_related("saved_by"), pk=pk)


def is_author(user: User, report: Report) -> bool:
    return may(user, "file_reports") and report.obligation.department_id in user.scope.department_ids


def can_write(user: User, report: Report) -> bool:
    """Whether the page takes what is typed: one's own report, in a state and a period that can be written."""
    return is_author(user, report) and report.is_writable and report.obligation.period.is_open


@never_cache
@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report: head, checks, grid and narrative."""
    report = readable(request, pk)
    if not report.is_criteria_report:
        return communes.detail(request, report)
    shown = sheet(report)
    given = GridFilterForm.read(request.GET)
    context = {
        "title": str(report),
        "tabs": tabs(request),
        "given": given,
        "kinds": GridFilterForm.KINDS,
        "grid": grid(shown, kind=given["loc"], words=given["tim"]),
        "sections": _sections(report),
        "correction": CorrectionForm(),
        "asked": asked_of([report.obligation.department_id]) if report.is_writable else [],
        **about(request, report),
        **checks_of(shown),
    }
    return render(request, "reports/report_detail.html", context)


def about(request: HttpRequest, report: Report) -> dict[str, object]:
    """What the head of a report's pages says, and what its reader may do there."""
    is_own, period = is_author(request.user, report), report.obligation.period
    versions = list(report.obligation.reports.visible_to(request.user.scope).order_by("version"))
    is_newest = versions[-1].pk == report.pk
    return {
        "report": report,
        "versions": versions if len(versions) > 1 else [],
        "remarks": report.notes.filter(entry__isnull=True).select_related(
            "written_by", "line__commune", "line__indicator"
        ),
        "days_left": (report.obligation.due_on - clock.today()).days,
        "can_write": can_write(request.user, report),
        "can_withdraw": is_own and period.is_open and report.state == Report.State.SUBMITTED,
        "can_review": may(request.user, "review_reports") and report.state == Report.State.SUBMITTED,
        "can_correct": is_own and period.is_open and report.state == Report.State.APPROVED and is_newest,
        "act": ActForm(initial={"revision": report.revision}),
    }


def checks_of(shown: Sheet) -> dict[str, object]:
    """What the panel of checks shows."""
    return {"counts": shown.counts, "checks": check_groups(shown)}


def _sections(report: Report) -> list[Section]:
    """Every part of the narrative in its order, also those that nobody has written yet."""
    held = {section.heading: section for section in report.sections.all()}
    return [held.get(heading) or Section(report=report, heading=heading) for heading in Section.Heading.values]


@never_cache
@require_safe
def report_checks(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of checks by itself, which the page asks for again after it has saved."""
    report = readable(request, pk)
    if not report.is_criteria_report:
        raise Http404
    context = {"report": report, "can_write": can_write(request.user, report), **checks_of(sheet(report))}
    return render(request, "reports/_checks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_line(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """One line by itself: its values, why, its evidence, what was said of it."""
    report = own(request, pk) if request.method == "POST" else readable(request, pk)
    row = _row(report, line)
    form = LineForm(row.spec, request.POST or None, initial=_initial(row))
    if request.method != "POST" or not form.is_valid():
        return _line_page(request, report, row, form)
    conflicts: list[ReportLine] = []
    answer = _to_line(request, row.line, lambda: conflicts.extend(_save_line(request, report, form.change(row.line))))
    return _line_page(request, report, _row(report, line), _after_conflict(form, conflicts[0])) if conflicts else answer


def _save_line(request: HttpRequest, report: Report, change: LineChange) -> Iterable[ReportLine]:
    """Save one line; the line itself comes back where somebody else has changed it."""
    return save_lines(report, [change], by=request.user).conflicts


def _to_line(request: HttpRequest, line: ReportLine, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the line; a refusal is said there."""
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("reports:report-line", line.report_id, line.pk)


def _row(report: Report, line: int) -> SheetLine:
    """A line of the report, judged and checked; one of another report is not found."""
    if not report.lines.filter(pk=line).exists():
        raise Http404
    return sheet(report, only=[line]).lines[0]


def _initial(row: SheetLine) -> dict[str, object]:
    return initial_of(row.spec, row.line, [reading_text(now) for _, now, _ in row.cells])


def _after_conflict(form: LineForm, theirs: ReportLine) -> LineForm:
    """The same form with both values said; sent once more it puts mine in the place of theirs."""
    again = LineForm(form.spec, {**form.data.dict(), "revision": theirs.revision})
    values = [reading_text(theirs.facts.get(measure.id)) for measure in form.spec.measures]
    said = ", ".join(filter(None, [*values, conclusion_words(theirs.concluded)])) or "để trống"
    again.add_error(
        None,
        f"Trong lúc bạn sửa, {theirs.answered_by or 'người khác'} đã ghi: {said}. "
        "Bấm lưu lần nữa để ghi của bạn thay vào, hoặc tải lại dòng để giữ của họ.",
    )
    return again


def _line_page(
    request: HttpRequest, report: Report, row: SheetLine, form: LineForm, evidence: EvidenceForm | None = None
) -> HttpResponse:
    context = {
        "title": f"{row.spec.code} · {row.line.commune.full_name}",
        "report": report,
        "row": row,
        "cells": LineCells(row),
        "form": form,
        "evidence_form": evidence or EvidenceForm(),
        "can_write": can_write(request.user, report),
    }
    return render(request, "reports/_line.html" if request.htmx else "reports/report_line.html", context)


@require_POST
def evidence_add(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Put a file behind a line."""
    report = own(request, pk)
    row = _row(report, line)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _line_page(request, report, row, LineForm(row.spec, initial=_initial(row)), form)
    file, title = form.cleaned_data["upload"], form.cleaned_data["title"]
    return _to_line(request, row.line, lambda: add_evidence(report, file, by=request.user, line=row.line, title=title))


@require_POST
def evidence_remove(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Take a file of a line away again; one of another report is not found."""
    report = own(request, pk)
    of_lines = Evidence.objects.filter(report=report, line__isnull=False).select_related("report", "line")
    held = get_object_or_404(of_lines, pk=evidence)
    return _to_line(request, held.line, lambda: remove_evidence(held, by=request.user))
