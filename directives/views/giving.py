"""Giving a task and editing its words."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from criteria.asking import shown_today
from directives.actions.errors import TaskStateError
from directives.actions.register import save_task
from directives.forms.directives import PassageForm
from directives.forms.giving import TaskForm
from directives.models import Directive, Task
from directives.offers import passage_at, task_offer
from directives.views.marking import back_to_marking
from ntm_portal.accounts.permissions import require
from ntm_portal.core import clock

Unsure = Sequence[tuple[str, Sequence[str]]]


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new task of a directive, offered from the passage that was marked."""
    require(request.user, "give_tasks")
    directive = get_object_or_404(Directive.objects.editable_by(request.user.scope), pk=pk)
    asked = PassageForm.read(request.GET)
    offer = task_offer(directive, passage_at(directive.body, asked["tu"], asked["den"]))
    task = Task(directive=directive, given_on=directive.issued_on)
    return _handle(request, task, back_to_marking(pk, asked["tu"]), initial=offer.initial, unsure=offer.unsure)


@require_http_methods(["GET", "HEAD", "POST"])
def add_free(request: HttpRequest) -> HttpResponse:
    """A new task that the coordination office gives by itself."""
    require(request.user, "give_tasks")
    return _handle(request, Task(given_on=clock.today()), reverse("directives:directive-list"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The words of a task, and more bodies to do it."""
    require(request.user, "give_tasks")
    rows = Task.objects.editable_by(request.user.scope).select_related("directive")
    task = get_object_or_404(rows, pk=pk)
    back = task.directive.get_absolute_url() if task.directive else reverse("directives:directive-list")
    return _handle(request, task, back)


def _handle(
    request: HttpRequest, task: Task, back: str, *, initial: dict | None = None, unsure: Unsure = ()
) -> HttpResponse:
    shown = shown_today()
    set_code = shown.criteria_set.code if shown else ""
    if request.method != "POST":
        form = TaskForm(instance=task, initial=initial, set_code=set_code)
        return _page(request, form, back, unsure)
    form = TaskForm(request.POST, instance=task, set_code=set_code)
    if form.is_valid() and _save(request, form):
        return redirect(back)
    return _page(request, form, back, unsure, status=400)


def _save(request: HttpRequest, form: TaskForm) -> bool:
    try:
        made = save_task(
            form.instance, [body.pk for body in form.cleaned_data["departments"]], form.links, by=request.user
        )
    except TaskStateError as error:
        form.add_error(None, error.message)
        return False
    given = f", giao {len(made)} đơn vị" if made else ""
    messages.success(request, f"Đã lưu nhiệm vụ “{form.instance.title}”{given}.")
    return True


def _page(request: HttpRequest, form: TaskForm, back: str, unsure: Unsure, *, status: int = 200) -> HttpResponse:
    task = form.instance
    context = {
        "title": "Sửa nhiệm vụ" if task.pk else "Giao nhiệm vụ",
        "directive": task.directive,
        "task": task if task.pk else None,
        "held": task.assignments.select_related("department") if task.pk else (),
        "form": form,
        "unsure": unsure,
        "back": back,
    }
    return render(request, "directives/task_form.html", context, status=status)
