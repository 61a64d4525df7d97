"""The illustration of tasks and obstacles: the same on every machine, once, and marked as one."""

from datetime import date

import pytest

from directives.demo import load_work
from directives.models import Assignment, Obstacle, ObstacleStep, TaskUpdate
from ntm_portal.accounts.models import Department
from ntm_portal.core import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2020, 10, 20)


def raise_some(count: int) -> None:
    """Obstacles as the illustration of reports writes them: told, and nothing done about them."""
    bodies = Department.objects.filter(kind="DISTRICT").order_by("sort_key")[:count]
    for body in bodies:
        Obstacle.objects.create(raised_by=body, raised_at=clock.now().replace(month=9), description="Thiếu vốn.")


def test_tasks_are_under_way_and_bodies_with_an_account_have_theirs_to_do():
    load_work(TODAY)
    states = set(Assignment.objects.values_list("state", flat=True))
    left = Assignment.objects.filter(department__code__in=["SYT", "UB613", "VPDP"]).values_list("state", flat=True)
    assert (states, set(left)) == ({"GIVEN", "ACCEPTED", "PROPOSED"}, {"GIVEN"})
    (asks,) = Assignment.objects.exclude(asked_due_on=None).select_related("task")
    assert (asks.task.code, asks.asked_due_on) == ("F3-1", date(2020, 12, 15))
    texts = set(TaskUpdate.objects.exclude(text="").values_list("text", flat=True))
    assert [said for said in texts if not said.endswith("(Minh họa)")] == []
    assert TaskUpdate.objects.filter(made_at__date__gt=TODAY).count() == 0


def test_obstacles_are_taken_up_in_different_ways():
    raise_some(10)
    load_work(TODAY)
    awaited = Obstacle.objects.exclude(state=Obstacle.State.ESCALATED)
    assert set(awaited.values_list("answer_by", flat=True)) == {date(2020, 9, 30)} | set(
        ObstacleStep.objects.filter(kind="ASKED").values_list("obstacle__answer_by", flat=True)
    )
    assert len(set(Obstacle.objects.values_list("state", flat=True))) > 1
    assert ObstacleStep.objects.filter(kind="RAISED").count() == 10


def test_illustration_is_loaded_once():
    raise_some(3)
    assert load_work(TODAY) > 20
    assert load_work(TODAY) == 0
