"""From tasks and obstacles to the flat rows that the shapes name."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from directives.models import Assignment, Obstacle, ObstacleStep, Task, TaskUpdate
from directives.obstacles import Row


def _named(record) -> dict[str, str] | None:
    return None if record is None else {"code": record.code, "name": record.name}


def _said(person) -> str | None:
    return None if person is None else str(person)


def task_row(task: Task, on: date) -> dict[str, Any]:
    """A task with its parts; read it with `about_tasks`."""
    own = ("id", "title", "content", "quote", "given_on", "due_on", "recurrence", "closed_on", "search_key")
    return {
        **{name: getattr(task, name) for name in own},
        "directive": task.directive.number if task.directive else None,
        "target": task.target_id,
        "recurrence_label": task.get_recurrence_display(),
        "communes": sorted(commune.code for commune in task.communes.all()),
        "indicators": sorted(indicator.code for indicator in task.indicators.all()),
        "assignments": [assignment_row(part, on) for part in task.assignments.all()],
    }


def about_tasks(tasks):
    """Together with all that a row says (four queries, however many)."""
    parts = ("assignments__department", "communes", "indicators")
    return tasks.select_related("directive").prefetch_related(*parts).order_by("-given_on", "-pk")


def assignment_row(part: Assignment, on: date) -> dict[str, Any]:
    own = ("id", "state", "percent", "due_on", "asked_due_on", "done_on", "revision")
    return {
        **{name: getattr(part, name) for name in own},
        "department": _named(part.department),
        "state_label": part.get_state_display(),
        "is_overdue": part.task.closed_on is None and part.is_overdue(on),
    }


def task_detail(
    task: Task, updates: Mapping[int, Sequence[TaskUpdate]], obstacles: Sequence[int], on: date
) -> dict[str, Any]:
    """A task with what was told of the parts that are in `updates`, by their id; of others nothing is said."""
    row = task_row(task, on)
    for part in row["assignments"]:
        part["updates"] = [update_row(u) for u in updates[part["id"]]] if part["id"] in updates else None
    return row | {"obstacles": list(obstacles)}


def update_row(update: TaskUpdate) -> dict[str, Any]:
    own = ("id", "kind", "text", "percent", "due_on", "made_at")
    return {
        **{name: getattr(update, name) for name in own},
        "kind_label": update.get_kind_display(),
        "made_by": _said(update.made_by),
    }


def obstacle_row(obstacle: Obstacle, on: date) -> dict[str, Any]:
    """An obstacle as a list says it; read it `with_about`."""
    own = ("id", "description", "state", "raised_at", "answer_by", "answer", "answered_at", "escalated_in")
    row, commune = Row(obstacle, on), obstacle.commune
    return {
        **{name: getattr(obstacle, name) for name in (*own, "search_key")},
        "state_label": obstacle.standing,
        "department": _named(obstacle.raised_by),
        "days": row.age,
        "commune": _named(commune),
        "district": _named(commune.district if commune else None),
        "indicator": _named(obstacle.indicator),
        "task": obstacle.task_id,
        "owner": _named(obstacle.owner),
        "is_overdue": row.is_overdue,
    }


def step_row(step: ObstacleStep) -> dict[str, Any]:
    return {
        **{name: getattr(step, name) for name in ("kind", "text", "taken_at")},
        "kind_label": step.get_kind_display(),
        "department": _named(step.department),
        "taken_by": _said(step.taken_by),
    }
