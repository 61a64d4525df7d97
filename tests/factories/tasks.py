"""Tasks as a directive gives them, and the people who do and confirm them."""

from datetime import date

from directives.actions.tasks import give_task
from directives.models import Assignment, Task
from ntm_portal.accounts.models import Department

HEALTH, KON_PLONG = "SYT", "UB613"


def part_of(code: str, body: str) -> Assignment:
    """A body's part in one of the tasks of công văn 3867."""
    return Assignment.objects.with_about().get(task__code=code, department__code=body)


def give(*bodies: str, due_on: date | None = date(2020, 11, 15), **fields) -> list[Assignment]:
    """A new task of the coordination office to bodies."""
    standing = {} if due_on else {"recurrence": Task.Recurrence.STANDING}
    values = {"title": "Rà soát tiêu chí", "content": "Rà soát, báo cáo kết quả.", "given_on": date(2020, 10, 15)}
    task = Task.objects.create(**(values | standing | fields), due_on=due_on)
    ids = Department.objects.filter(code__in=bodies).order_by("sort_key").values_list("pk", flat=True)
    give_task(task, list(ids), by=None)
    return list(Assignment.objects.with_about().filter(task=task).order_by("department__sort_key"))
