"""Keeping directives, targets and tasks: whole or not at all, whatever they consist of."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Max

from directives.actions.errors import TaskStateError
from directives.actions.tasks import give_task
from directives.models import Assignment, Directive, Target, Task
from ntm_portal.accounts.models import User
from ntm_portal.core.uploads.storing import Checked, store

Links = Mapping[str, Iterable]


def _set_links(record: Directive | Task, links: Links) -> None:
    for name, wanted in links.items():
        getattr(record, name).set(wanted)


@transaction.atomic
def save_directive(directive: Directive, links: Links, *, file: Checked | bool | None, by: User) -> Directive:
    """Keep a directive with what it is linked to. A file takes the place of the old one, False takes that away."""
    if isinstance(file, Checked):
        directive.file = store(file, by=by)
    elif file is False:
        directive.file = None
    directive.save()
    _set_links(directive, links)
    return directive


def _next_code(taken: Iterable[str], letter: str) -> str:
    held, number = set(taken), 1
    while f"{letter}{number}" in held:
        number += 1
    return f"{letter}{number}"


@transaction.atomic
def save_target(target: Target) -> Target:
    """Keep a target; a new one comes last of its directive and gets the next free code."""
    if target.pk is None:
        directive = Directive.objects.select_for_update().get(pk=target.directive_id)
        held = directive.targets.all()
        target.code = _next_code(held.values_list("code", flat=True), "M")
        target.order = (held.aggregate(last=Max("order"))["last"] or 0) + 1
    target.save()
    return target


@transaction.atomic
def save_task(task: Task, departments: Sequence[int], links: Links, *, by: User) -> list[Assignment]:
    """Keep a task and give it to bodies (ids) that do not have it yet. Raises TaskStateError for a closed task."""
    if task.pk is None and task.directive_id:
        directive = Directive.objects.select_for_update().get(pk=task.directive_id)
        task.code = _next_code(directive.tasks.values_list("code", flat=True), "N")
    elif task.pk is not None and Task.objects.select_for_update().get(pk=task.pk).closed_on is not None:
        raise TaskStateError("Nhiệm vụ này đã đóng nên không sửa được nữa.")
    task.save()
    _set_links(task, links)
    return give_task(task, departments, by=by)
