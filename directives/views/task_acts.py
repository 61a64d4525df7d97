"""What bodies and the coordination office do about tasks, and the reminder of the office."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directives.actions.tasks import close_task, remind_tasks
from directives.board import Row, rows_of
from directives.forms.tasks import ChosenForm, ReminderForm
from directives.letters import DOCX, reminder_letter
from directives.models import Assignment, Task, TaskUpdate
from directives.views.part_forms import ACTS, PartForms, form_for, perform
from directives.views.tasks import board_page, detail_page
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.permissions import require
from ntm_portal.core import audit, clock
from ntm_portal.core.errors import DomainError, NotFoundError


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act on one body's part; what cannot be taken is said at its form, and nothing of it is kept."""
    wanted, scope = ACTS[name], request.user.scope
    require(request.user, wanted.right)
    rows = Assignment.objects.with_about()
    rows = rows.done_by(scope) if wanted.right == "do_tasks" else rows.visible_to(scope)
    part = get_object_or_404(rows, pk=pk)
    form, status = form_for(wanted, part, request.user, request.POST, request.FILES), 400
    if form.is_valid():
        try:
            with transaction.atomic():
                perform(wanted, part, form.cleaned_data, by=request.user)
        except DomainError as error:
            field = error.details.get("field")
            form.add_error(field if field in form.fields else None, error.message)
            status = error.status
        else:
            messages.success(request, wanted.said)
            return redirect(f"{reverse('directives:task-detail', args=[part.task_id])}#phan-{part.pk}")
    return detail_page(request, part.task_id, PartForms(part.pk, name, form), status)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task off the board for everybody."""
    require(request.user, "confirm_tasks")
    task = get_object_or_404(Task.objects.visible_to(request.user.scope), pk=pk)
    try:
        close_task(task, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Đã đóng nhiệm vụ “{task.title}”.")
    return redirect("directives:task-detail", pk)


@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """One reminder to the bodies chosen on the board, each part at most once a day."""
    require(request.user, "confirm_tasks")
    form = ReminderForm(request.POST)
    if not form.is_valid():
        return board_page(request, form, 400)
    chosen = form.cleaned_data["chosen"]
    done = remind_tasks(chosen, text=form.cleaned_data["noi_dung"], by=request.user)
    bodies = {part.department_id for part in done}
    said = f"Đã đôn đốc {len(bodies)} đơn vị về {len(done)} phần việc." if done else "Không có thêm ai để đôn đốc."
    if len(done) < len(chosen):
        said += f" {len(chosen) - len(done)} phần việc đã được đôn đốc hôm nay."
    messages.success(request, said)
    asked = urlencode([("phan", pk) for pk in chosen])
    return redirect(f"{reverse('directives:task-reminded')}?{asked}")


def _chosen(request: HttpRequest) -> list[Row]:
    require(request.user, "confirm_tasks")
    return rows_of(ChosenForm.read(request.GET)["phan"], request.user.scope, today=clock.today())


def _to_write_to(rows: list[Row]) -> list[Row]:
    """Those of other bodies: the office writes no letter to itself."""
    return [row for row in rows if row.part.department.kind != Department.Kind.COORDINATION]


def _words_said(rows: list[Row]) -> str:
    """What the latest reminder of these parts said."""
    said = TaskUpdate.objects.filter(assignment__in=[row.part.pk for row in rows], kind=TaskUpdate.Kind.REMINDED)
    return said.order_by("-pk").values_list("text", flat=True).first() or ""


@require_safe
def reminded(request: HttpRequest) -> HttpResponse:
    """Who has been reminded of what, and the way to the draft letter about the same."""
    rows = _chosen(request)
    others = _to_write_to(rows)
    context = {
        "title": "Đã đôn đốc",
        "trail": [("Tỉnh", "/"), ("Nhiệm vụ", "/nhiem-vu/")],
        "rows": rows,
        "bodies": len({row.part.department_id for row in rows}),
        "text": _words_said(rows),
        "asked": urlencode([("phan", row.part.pk) for row in others]),
        "today": clock.today(),
    }
    return render(request, "directives/task_reminded.html", context)


@require_safe
def letter(request: HttpRequest) -> HttpResponse:
    """The draft of a công văn that asks the same bodies for the same."""
    rows, today = _to_write_to(_chosen(request)), clock.today()
    if not rows:
        raise NotFoundError("Không có đơn vị nào để gửi công văn.")
    content = reminder_letter(rows, _words_said(rows), today=today)
    audit.record_anyway(audit.Kind.EXPORTED, name="Dự thảo công văn đôn đốc", note=f"{len(rows)} phần việc")
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="cong-van-don-doc-{today:%Y-%m-%d}.docx"'
    return response
