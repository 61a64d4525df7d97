"""Commune reports: the report with its communes, and the one form about a commune."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from ntm_portal.accounts.models import User
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import clock
from ntm_portal.core.errors import DomainError
from reports.actions.communes import confirm_entries, save_entry
from reports.actions.drafting import save_section
from reports.actions.errors import StaleRevisionError
from reports.forms_communes import EntryForms, NarrativeForm
from reports.models import CommuneEntry, Obligation, Report, Section
from reports.queries.communes import EntryRow, commune_sheet
from reports.tabs import tabs


def may_write(user: User, report: Report) -> bool:
    """Whether the person may change the report as it stands."""
    is_own = report.obligation.department_id in user.scope.department_ids
    return is_own and may(user, "file_reports") and report.is_writable and report.obligation.period.is_open


def _written_by(request: HttpRequest, pk: int) -> Report:
    """The commune report that this person writes; of another body it is not found."""
    require(request.user, "file_reports")
    rows = Report.objects.fileable_by(request.user.scope).with_about()
    return get_object_or_404(rows, pk=pk, obligation__kind=Obligation.Kind.COMMUNES)


def _about(request: HttpRequest, report: Report) -> dict[str, Any]:
    """What every page about the report says."""
    own = report.obligation.department_id in request.user.scope.department_ids
    return {
        "report": report,
        "is_writable": may_write(request.user, report),
        "is_own": own and may(request.user, "file_reports"),
        "tabs": tabs(request),
    }


def detail(request: HttpRequest, report: Report, narrative: NarrativeForm | None = None) -> HttpResponse:
    """The report with how far each of its communes is; its narrative; what stands in the way of sending."""
    shown = commune_sheet(report)
    context = _about(request, report) | {
        "title": str(report),
        "sheet": shown,
        "faulty": [row for row in shown.rows if row.faults],
        "narrative": narrative or NarrativeForm(report.sections.order_by("pk")),
        "notes": report.notes.filter(line=None, entry=None).select_related("written_by"),
    }
    return render(request, "reports/commune_report.html", context, status=409 if narrative else 200)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of every commune that is left that it is as it is filled in."""
    report = _written_by(request, pk)
    try:
        count = confirm_entries(report, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Đã xác nhận {count} xã giữ nguyên.")
    return redirect("reports:report-detail", pk)


@require_POST
def narrate(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the narrative; a section that somebody else changed meanwhile is shown both ways."""
    report = _written_by(request, pk)
    form = NarrativeForm(report.sections.order_by("pk"), request.POST)
    if form.is_valid():
        for section in form.sections:
            _narrate(form, section, request.user)
    if form.errors:
        return detail(request, report, form)
    messages.success(request, f"Đã lưu phần lời lúc {clock.now():%H:%M}.")
    return redirect("reports:report-detail", pk)


def _narrate(form: NarrativeForm, section: Section, by: User) -> None:
    said, revision = (form.cleaned_data[name] for name in (section.heading, f"{section.heading}-lan"))
    try:
        saved = save_section(section.report, section.heading, said, by=by, revision=revision)
        form.read(section.heading, saved.revision)
    except DomainError as error:
        form.dispute(section, error)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One commune of the report: to be written by its body while it may be, else to be read."""
    if request.method == "POST":
        report = _written_by(request, pk)
    else:
        rows = Report.objects.visible_to(request.user.scope).with_about()
        report = get_object_or_404(rows, pk=pk, obligation__kind=Obligation.Kind.COMMUNES)
    held = get_object_or_404(report.entries, commune__code=code)
    row = _row(report, held)
    if request.method == "POST":
        return _save(request, report, row)
    return _page(request, row, EntryForms(row, request.user.scope) if may_write(request.user, report) else None)


def _row(report: Report, held: CommuneEntry) -> EntryRow:
    return commune_sheet(report, only=[held.pk]).rows[0]


def _save(request: HttpRequest, report: Report, row: EntryRow) -> HttpResponse:
    """Save the form whole; whatever refuses it, what was typed stands in the form again."""
    forms = EntryForms(row, request.user.scope, request.POST, request.FILES)
    if not forms.is_valid():
        return _page(request, row, forms, 400)
    try:
        save_entry(row.entry, forms.change(), by=request.user)
    except StaleRevisionError as error:
        now = _row(report, row.entry)
        return _page(request, now, forms.beside(now, error.details["theirs"]), error.status)
    except DomainError as error:
        forms.form.add_error(None, error.message)
        return _page(request, row, forms, error.status)
    return _saved(request, report, row, forms.form.cleaned_data["draft"])


def _saved(request: HttpRequest, report: Report, row: EntryRow, draft: str) -> HttpResponse:
    """On to the next commune, or back to this one; the browser hears which draft of its own is done with."""
    left = len(_row(report, row.entry).errors)
    said = f"{row.entry.commune.full_name}: đã lưu lúc {clock.now():%H:%M}"
    if left:
        messages.warning(request, f"{said}, còn {left} lỗi phải sửa trước khi gửi.")
    else:
        messages.success(request, f"{said}.")
    _, following = _neighbours(row)
    if "xa-sau" not in request.POST:
        address = reverse("reports:entry", args=[report.pk, row.entry.commune.code])
    elif following:
        address = reverse("reports:entry", args=[report.pk, following[0]])
    else:
        address = reverse("reports:report-detail", args=[report.pk])
    return redirect(f"{address}?{urlencode({'da-luu': draft})}" if draft else address)


def _neighbours(row: EntryRow) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """(code, name) of the communes before and after this one in the report."""
    rows = row.entry.report.entries.order_by("commune__district__sort_key", "commune__sort_key")
    held = list(rows.values_list("commune__code", "commune__name"))
    here = [code for code, _ in held].index(row.entry.commune.code)
    return held[here - 1] if here else None, held[here + 1] if here + 1 < len(held) else None


def _page(request: HttpRequest, row: EntryRow, forms: EntryForms | None, status: int = 200) -> HttpResponse:
    before, after = _neighbours(row)
    context = _about(request, row.entry.report) | {
        "title": row.entry.commune.full_name,
        "row": row,
        "forms": forms,
        "before": before,
        "after": after,
    }
    return render(request, "reports/commune_entry.html", context, status=status)
