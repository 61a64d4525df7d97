"""The follow-up board of tasks, and the page of one."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from directives.board import Board, Choices, board
from directives.forms.tasks import GROUP_LABELS, STATES, BoardForm, ReminderForm
from directives.models import Task
from directives.tasks import task_page
from directives.views.part_forms import PartForms, bound_forms
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import audit, clock
from ntm_portal.core.sheets import XLSX, write_xlsx

_TITLE = "Nhiệm vụ"
_COLUMNS = ["Nhiệm vụ", "Văn bản", "Mã đơn vị", "Đơn vị", "Xã", "Giao ngày", "Hạn", "Còn lại", "Tiến độ (%)"]
_COLUMNS += ["Trạng thái", "Xin lùi đến", "Cập nhật gần nhất", "Nội dung cập nhật"]


@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    """Who must do what by when, and how far each is; everybody may see it."""
    return board_page(request)


def board_page(request: HttpRequest, reminder: ReminderForm | None = None, status: int = 200) -> HttpResponse:
    """The board as the query string asks for it; `reminder` where one was sent that cannot be taken."""
    require(request.user, "read_own_work")
    given = BoardForm.read(request.GET)
    shown = board(request.user.scope, BoardForm.asked(given), today=clock.today())
    asked = [(name, value) for name, value in request.GET.items() if value and name != "xuat"]
    if given["xuat"]:
        return _file(shown, asked)
    may_remind = may(request.user, "confirm_tasks")
    context = {
        "title": _TITLE,
        "trail": [("Tỉnh", "/")],
        "board": shown,
        "given": given,
        "asked": urlencode(asked),
        "choices": Choices.at(shown.today),
        "groupings": _groupings(asked, shown.asked.group),
        "states": STATES,
        "has_own": bool(request.user.scope.department_ids),
        "reminder": (reminder or ReminderForm()) if may_remind else None,
        "chosen": {int(pk) for pk in request.POST.getlist("phan") if pk.isdecimal()},
        "chosen_bodies": {int(pk) for pk in request.POST.getlist("don_vi") if pk.isdecimal()},
    }
    return render(request, "directives/task_board.html", context, status=status)


def _groupings(asked: list[tuple[str, str]], here: str) -> list[tuple[str, str, bool]]:
    """(label, query string, whether it is the one shown) of each way to group the same rows."""
    kept = [(name, value) for name, value in asked if name != "nhom"]
    return [(label, urlencode([*kept, ("nhom", key)]), key == here) for key, label in GROUP_LABELS.items()]


def _file(shown: Board, asked: list[tuple[str, str]]) -> HttpResponse:
    """The board as a workbook: the same rows in the same order."""
    rows = []
    for row in shown.rows:
        part, task, last = row.part, row.task, row.last
        rows.append(
            [
                task.title,
                str(task.directive or ""),
                part.department.code,
                part.department.name,
                ", ".join(commune.full_name for commune in row.communes),
                task.given_on,
                part.due_on,
                row.due_words,
                part.percent,
                part.get_state_display(),
                part.asked_due_on,
                clock.local(last.made_at).date() if last else None,
                f"{last.get_kind_display()}: {last.text}".removesuffix(": ") if last else "",
            ]
        )
    audit.record_anyway(audit.Kind.EXPORTED, name=_TITLE, note=f"{len(rows)} dòng; {urlencode(asked)}")
    response = HttpResponse(write_xlsx(_TITLE, _COLUMNS, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="nhiem-vu-{shown.today:%Y-%m-%d}.xlsx"'
    return response


@require_safe
def show_task(request: HttpRequest, pk: int) -> HttpResponse:
    """What a task asks, and how far each body is; what bodies told is their readers'."""
    return detail_page(request, pk)


def detail_page(request: HttpRequest, pk: int, sent: PartForms | None = None, status: int = 200) -> HttpResponse:
    """The page of a task; `sent` is the form that could not be taken, shown where it was sent from."""
    require(request.user, "read_own_work")
    rows = Task.objects.visible_to(request.user.scope).select_related("directive", "target")
    task = get_object_or_404(rows, pk=pk)
    page = task_page(task, request.user.scope, today=clock.today())
    context: dict[str, Any] = {
        "title": task.title,
        "trail": [("Tỉnh", "/"), (_TITLE, "/nhiem-vu/")],
        "page": page,
        "task": task,
        "parts": [(part, bound_forms(part.row, request.user, sent)) for part in page.parts],
        "may_raise": may(request.user, "raise_obstacles"),
        "may_close": may(request.user, "confirm_tasks") and task.closed_on is None,
        "today": clock.today(),
    }
    return render(request, "directives/task_detail.html", context, status=status)
