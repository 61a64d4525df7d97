"""The audit trail, for those who may read it."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ntm_portal.accounts.permissions import require
from ntm_portal.core import audit, clock
from ntm_portal.core.audit import Kind
from ntm_portal.core.sheets import XLSX, write_xlsx
from ntm_portal.dashboard import trail as trails

_TITLE = "Nhật ký"


def trail(request: HttpRequest) -> HttpResponse:
    """Who did what, when and from where; the latest first."""
    require(request.user, "read_audit")
    given = trails.TrailForm.read(request.GET)
    entries = trails.picked(given)
    asked = [(name, value) for name, value in request.GET.items() if value and name not in {"trang", "xuat"}]
    if given["xuat"]:
        return _file(entries, asked)
    page = Paginator(entries, trails.PER_PAGE).get_page(given["trang"] or 1)
    context = {
        "title": _TITLE,
        "trail": [("Tỉnh", "/")],
        "entries": page,
        "given": {name: request.GET.get(name, "") for name in trails.TrailForm.base_fields},
        "record_kinds": trails.record_kinds(),
        "kinds": Kind.choices,
        "asked": urlencode(asked),
        "about": entries.first() if given["so"] else None,
    }
    return render(request, "dashboard/trail.html", context)


def _file(entries, asked: list[tuple[str, str]]) -> HttpResponse:
    rows = list(trails.rows(entries[: trails.MOST_ROWS]))
    audit.record_anyway(Kind.EXPORTED, name=_TITLE, note=f"{len(rows)} dòng; {urlencode(asked)}".removesuffix("; "))
    response = HttpResponse(write_xlsx(_TITLE, trails.HEADER, rows), content_type=XLSX)
    day = clock.local(clock.real_now())
    response["Content-Disposition"] = f'attachment; filename="nhat-ky-{day:%Y-%m-%d}.xlsx"'
    return response
