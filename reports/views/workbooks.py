"""A report by workbook: taken away, handed in, looked at, accepted, or taken back with its faults marked."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ntm_portal.accounts.permissions import require
from ntm_portal.core import audit
from ntm_portal.core.errors import DomainError
from ntm_portal.core.models import StoredFile
from ntm_portal.core.sheets import XLSX
from ntm_portal.core.uploads.errors import UploadError
from ntm_portal.core.uploads.storing import opened, store
from reports.actions.errors import TransitionError, require_writable
from reports.models import Obligation, Report
from reports.queries.sheets import sheet
from reports.tabs import tabs
from reports.workbooks.accepting import accept, plan_of
from reports.workbooks.columns import slots
from reports.workbooks.comparing import Plan
from reports.workbooks.forms import AcceptForm, UploadForm
from reports.workbooks.marking import marked
from reports.workbooks.reading import read
from reports.workbooks.writing import file_name, workbook_of

_MOST_SHOWN = 300


def _report(request: HttpRequest, pk: int) -> Report:
    require(request.user, "file_reports")
    rows = Report.objects.fileable_by(request.user.scope).with_about()
    return get_object_or_404(rows, pk=pk, obligation__kind=Obligation.Kind.CRITERIA)


def _file(request: HttpRequest, pk: UUID) -> StoredFile:
    """A workbook that the same person has handed in; nobody else finds it."""
    return get_object_or_404(StoredFile, pk=pk, kind=StoredFile.Kind.XLSX, stored_by_id=request.user.pk)


def _plan(report: Report, file: StoredFile) -> Plan:
    try:
        return plan_of(report, file)
    except (FileNotFoundError, UploadError) as error:
        raise Http404 from error


def _book(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as it is now, prefilled."""
    report = _report(request, pk)
    shown = sheet(report)
    content = workbook_of(shown)
    audit.record_anyway(audit.Kind.EXPORTED, report, note=f"{len(shown.lines)} dòng, biểu để điền ngoài cổng")
    return _book(content, file_name(report))


def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a workbook back; one that can be read is kept and shown as what it would do."""
    report = _report(request, pk)
    try:
        require_writable(report)
    except TransitionError as error:
        messages.error(request, error.message)
        return redirect(report)
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                read(form.cleaned_data["file"].content, slots(sheet(report).specs))
                file = store(form.cleaned_data["file"], by=request.user)
                return redirect("reports:workbook-preview", report.pk, file.pk)
            except UploadError as error:
                form.add_error("file", error.message)
    context = {"title": "Nộp bằng tệp Excel", "report": report, "form": form, "tabs": tabs(request)}
    return render(request, "reports/workbook_upload.html", context)


@require_safe
def preview(request: HttpRequest, pk: int, file: UUID) -> HttpResponse:
    """What the file would do as things are now."""
    return _preview(request, _report(request, pk), _file(request, file))


def _preview(request: HttpRequest, report: Report, file: StoredFile, *, notice: str = "") -> HttpResponse:
    plan = _plan(report, file)
    context = {
        "title": "Xem trước tệp nộp",
        "report": report,
        "file": file,
        "plan": plan,
        "form": AcceptForm(initial={"seen": plan.digest}),
        "most": _MOST_SHOWN,
        "notice": notice,
        "tabs": tabs(request),
    }
    return render(request, "reports/workbook_preview.html", context, status=409 if notice else 200)


@require_POST
def accept_workbook(request: HttpRequest, pk: int, file: UUID) -> HttpResponse:
    """Do what was seen, if it is still that."""
    report, stored = _report(request, pk), _file(request, file)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return redirect("reports:workbook-preview", report.pk, stored.pk)
    try:
        done = accept(report, stored, by=request.user, **form.cleaned_data)
    except (FileNotFoundError, UploadError) as error:
        raise Http404 from error
    except DomainError as error:
        return _preview(request, report, stored, notice=error.message)
    said = f"Đã ghi {done.changed} dòng, xác nhận {done.confirmed} dòng không đổi từ tệp {stored.name}."
    messages.success(request, said)
    return redirect(report)


@require_safe
def marked_copy(request: HttpRequest, pk: int, file: UUID) -> HttpResponse:
    """The file as it was handed in, with its faulty cells coloured."""
    report, stored = _report(request, pk), _file(request, file)
    plan = _plan(report, stored)
    with opened(stored) as content:
        book = marked(content.read(), plan.table, plan.errors)
    audit.record_anyway(audit.Kind.EXPORTED, report, note=f"{stored.name}, đánh dấu {len(plan.errors)} ô lỗi")
    return _book(book, f"danh-dau-{file_name(report)}")
