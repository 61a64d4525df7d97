"""The tasks of công văn 3867 as they are loaded: whole, once, and in the words of the document."""

import re

import pytest

from directives.imports import load_reference
from directives.models import Assignment, Task, TaskUpdate
from ntm_portal.accounts.models import Department, Notice
from ntm_portal.core.text import clean

pytestmark = pytest.mark.django_db

TASKS = {
    # code: (target, due day, recurrence, bodies, communes)
    "F1": ("F1", "2020-11-30", "ONCE", ["UB613"], ["Măng Cành"]),
    "F2": ("F2", "2020-11-30", "ONCE", ["UB617"], ["Đăk Na"]),
    "F3-1": ("F3-1", "2020-11-30", "ONCE", ["UB610"], ["Mường Hoong"]),
    "F3-2": ("F3-2", "2020-11-30", "ONCE", ["UB610"], ["Ngọc Linh"]),
    "F5": (None, "2020-10-20", "MONTHLY", 16, []),
    "F4": (None, None, "STANDING", 16, []),
    "F6": (None, None, "STANDING", ["VPDP"], []),
}


def told(task: Task) -> tuple:
    bodies = sorted(part.department.code for part in task.assignments.select_related("department"))
    return (
        task.target.code if task.target else None,
        task.due_on and task.due_on.isoformat(),
        task.recurrence,
        bodies if len(bodies) == 1 else len(bodies),
        [commune.name for commune in task.communes.all()],
    )


def test_tasks_have_their_bodies_communes_targets_and_days():
    assert {task.code: told(task) for task in Task.objects.all()} == TASKS


def test_part_of_a_body_is_due_when_its_task_is_and_nobody_has_begun():
    parts = Assignment.objects.select_related("task")
    assert [part.pk for part in parts if part.due_on != part.task.due_on or part.state != "GIVEN"] == []
    assert TaskUpdate.objects.count() == 0


def test_bodies_in_charge_of_an_indicator_are_those_told_to_help():
    helping = set(Assignment.objects.filter(task__code="F4").values_list("department__code", flat=True))
    lead = Department.objects.filter(responsibilities__role="LEAD").values_list("code", flat=True)
    assert set(lead) <= helping


def test_loading_again_changes_nothing_and_tells_nobody():
    def state() -> tuple:
        return (
            list(Task.objects.order_by("pk").values()),
            list(Assignment.objects.order_by("pk").values()),
            [list(task.communes.values_list("pk", flat=True)) for task in Task.objects.order_by("pk")],
            Notice.objects.count(),
        )

    before = state()
    load_reference()
    assert state() == before


def test_quotes_stand_in_the_text_of_the_directive():
    def words(text: str) -> str:
        return re.sub(r"\s+", " ", clean(text)).casefold()

    missing = [
        task.code
        for task in Task.objects.select_related("directive")
        if words(task.quote).rstrip(".;") not in words(task.directive.body)
    ]
    assert missing == []
