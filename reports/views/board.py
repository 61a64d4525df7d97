"""Who has not handed in: bodies by periods, as a page and as a workbook, and the act that reminds them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ntm_portal.accounts.models import Department
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import audit, clock
from ntm_portal.core.sheets import XLSX, write_xlsx
from reports.actions.reminding import remind_missing
from reports.forms.periods import BoardForm
from reports.models import Obligation
from reports.queries.board import Board, board, opened_periods, years_opened
from reports.tabs import tabs

_TITLE = "Ai chưa nộp"


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Bodies by periods: on time, late, missing, sent back, with the days; everybody may see it."""
    require(request.user, "read_own_work")
    given = BoardForm.read(request.GET)
    shown = board(
        opened_periods(given["nam"]),
        scope=request.user.scope,
        today=clock.today(),
        body_kind=given["don_vi"],
        report_kind=given["bao_cao"],
        only_owing=bool(given["chi"]),
    )
    asked = [(name, value) for name, value in request.GET.items() if value and name != "xuat"]
    if given["xuat"]:
        return _file(shown, asked)
    return render(request, "reports/board.html", _context(request, shown, given, asked))


def _context(request: HttpRequest, shown: Board, given: dict[str, Any], asked: list[tuple[str, str]]) -> dict:
    may_remind = may(request.user, "remind_bodies")
    return {
        "title": _TITLE,
        "trail": [("Tỉnh", "/")],
        "tabs": tabs(request),
        "board": shown,
        "given": given,
        "asked": urlencode(asked),
        "years": years_opened(),
        "body_kinds": Department.Kind.choices,
        "report_kinds": Obligation.Kind.choices,
        "may_remind": may_remind,
        "today": clock.today(),
    }


def _share(value: int | None) -> str:
    return "" if value is None else f"{value}%"


def _file(shown: Board, asked: list[tuple[str, str]]) -> HttpResponse:
    """The board as a workbook: the same rows, columns and words."""
    header = ["Mã đơn vị", "Đơn vị", "Loại đơn vị", "Báo cáo", *map(str, shown.periods), "Đã nộp", "Đúng hạn"]
    rows = [
        [
            row.department.code,
            row.department.name,
            row.department.get_kind_display(),
            row.kind_label,
            *(cell.standing.words if cell else "" for cell in row.cells),
            _share(row.rates.completeness),
            _share(row.rates.timeliness),
        ]
        for row in shown.rows
    ]
    shares = [rates for _, rates in shown.by_period] + [shown.total]
    for label, name in (("Tỷ lệ đã nộp", "completeness"), ("Tỷ lệ đúng hạn", "timeliness")):
        rows.append(["", label, "", "", *(_share(getattr(rates, name)) for rates in shares[:-1]), "", ""])
    note = f"{len(shown.rows)} dòng; {urlencode(asked)}".removesuffix("; ")
    audit.record_anyway(audit.Kind.EXPORTED, name=_TITLE, note=note)
    response = HttpResponse(write_xlsx(_TITLE, header, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="ai-chua-nop-{clock.today():%Y-%m-%d}.xlsx"'
    return response


@require_POST
def remind_all(request: HttpRequest) -> HttpResponse:
    """Remind every body of what it owes in open periods; nobody is reminded twice on a day."""
    require(request.user, "remind_bodies")
    done = remind_missing(today=clock.today())
    if done.officers:
        said = f"Đã nhắc {done.bodies} đơn vị ({done.officers} cán bộ)."
    else:
        said = "Không có thêm ai để nhắc: đã nhắc hôm nay, hoặc không đơn vị nào còn nợ."
    if done.unreached:
        said += f" {done.unreached} đơn vị còn nợ nhưng chưa có tài khoản cán bộ."
    messages.success(request, said)
    return redirect("reports:board")
