"""What the author of a report does with it: writing, confirming, sending, withdrawing, correcting."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from ntm_portal.core import clock
from ntm_portal.core.errors import DomainError
from reports.actions.drafting import confirm_unchanged, save_lines, save_section
from reports.actions.transitions import start_new_version, submit_report, withdraw_report
from reports.forms.filing import ActForm, CorrectionForm, SectionForm
from reports.forms.typed import CONCLUSION, read_typed
from reports.models import Report, ReportLine
from reports.numbers import conclusion_words, reading_text
from reports.queries.grids import LineCells
from reports.queries.sheets import sheet
from reports.views.filing import own


def answering_json(view: Callable[..., JsonResponse]) -> Callable[..., JsonResponse]:
    """For what a script asks: a rule that refuses is answered with its words, and never with a page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> JsonResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return JsonResponse({"code": error.code, "message": error.message, **error.details}, status=error.status)

    return answer


@require_POST
@answering_json
def lines_save(request: HttpRequest, pk: int) -> JsonResponse:
    """Save what was typed in the grid; answers the cells as they are now, what could not be read, and conflicts."""
    report = own(request, pk)
    before = _standing_before(request, report)
    typed = read_typed(report, request.body)
    saved = save_lines(report, typed.changes, by=request.user)
    touched = {line.pk for line in (*saved.lines, *saved.conflicts)}
    shown = sheet(saved.report, only=touched) if touched else None
    answer = {
        **before,
        "revision": saved.report.revision,
        "saved_at": _clock_words(),
        "lines": {row.line.pk: cells_html(LineCells(row)) for row in (shown.lines if shown else ())},
        "conflicts": [_conflict(line) for line in saved.conflicts],
        "faults": [{"line": f.line, "cell": f.cell, "message": f.message} for f in typed.faults],
    }
    return JsonResponse(answer)


def _standing_before(request: HttpRequest, report: Report) -> dict[str, object]:
    """The revision on which a save is made, and whether it was the sender's own: else others have been at work."""
    return {"before": report.revision, "mine": report.saved_by_id in {None, request.user.pk}}


def _clock_words() -> str:
    return f"{clock.now():%H:%M}"


def cells_html(line: LineCells) -> str:
    """The cells of one line, as the page has them."""
    return render_to_string("reports/_line_cells.html", {"line": line, "report_pk": line.row.line.report_id})


def _conflict(line: ReportLine) -> dict[str, object]:
    """A line that somebody else changed: who, when, and what it holds by cell, as it would be typed."""
    theirs = {str(key): reading_text(reading) for key, reading in line.facts.items()}
    return {
        "line": line.pk,
        "about": str(line),
        "revision": line.revision,
        "by": str(line.answered_by or ""),
        "at": f"{clock.local(line.answered_at):%H:%M}" if line.answered_at else "",
        "theirs": {CONCLUSION: conclusion_words(line.concluded), **theirs},
    }


@require_POST
def section_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one part of the narrative; a script gets the revision back, a plain form the page."""
    report = own(request, pk)
    form = SectionForm(request.POST)
    if "application/json" in request.headers.get("Accept", ""):
        return _section_json(request, report, form)
    if not form.is_valid():
        messages.error(request, " ".join(word for words in form.errors.values() for word in words))
        return redirect(report)
    return _done(request, report, lambda: _write_section(request, report, form) and "Đã lưu phần lời.")


def _write_section(request: HttpRequest, report: Report, form: SectionForm):
    data = form.cleaned_data
    return save_section(report, data["heading"], data["text"], by=request.user, revision=data["revision"])


@answering_json
def _section_json(request: HttpRequest, report: Report, form: SectionForm) -> JsonResponse:
    if not form.is_valid():
        said = " ".join(word for words in form.errors.values() for word in words)
        return JsonResponse({"code": "invalid", "message": said}, status=400)
    before = _standing_before(request, report)
    section = _write_section(request, report, form)
    report.refresh_from_db(fields=["revision"])
    answer = {**before, "section": section.revision, "revision": report.revision, "saved_at": _clock_words()}
    return JsonResponse(answer)


def _done(request: HttpRequest, report: Report, act: Callable[[], str]) -> HttpResponse:
    """Do it and go back to the report; a refusal is shown there."""
    try:
        messages.success(request, act())
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(report)


def _seen(request: HttpRequest) -> int | None:
    """The revision that the sender had before him, where the form tells it."""
    form = ActForm(request.POST)
    return form.cleaned_data["revision"] if form.is_valid() else None


@require_POST
def report_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that everything nobody has touched holds as before."""
    report = own(request, pk)

    def confirm() -> str:
        count = confirm_unchanged(report, by=request.user)
        return f"Đã xác nhận {count} dòng không thay đổi." if count else "Không còn dòng nào cần xác nhận."

    return _done(request, report, confirm)


@require_POST
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the report in."""
    report = own(request, pk)

    def submit() -> str:
        sent = submit_report(report, by=request.user, revision=_seen(request))
        return f"Đã gửi báo cáo lúc {clock.local(sent.submitted_at):%H:%M}. Báo cáo đang chờ duyệt."

    return _done(request, report, submit)


@require_POST
def report_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what nobody has reviewed yet."""
    report = own(request, pk)

    def withdraw() -> str:
        withdraw_report(report, by=request.user, revision=_seen(request))
        return "Đã rút báo cáo về để sửa; sửa xong thì gửi lại."

    return _done(request, report, withdraw)


@require_POST
def report_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a correction of an approved report, for a reason."""
    report = own(request, pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(word for words in form.errors.values() for word in words))
        return redirect(report)
    try:
        new = start_new_version(report, reason=form.cleaned_data["reason"], by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(report)
    messages.success(request, f"Đã lập bản {new.version}: sửa rồi gửi lại.")
    return redirect(new)
