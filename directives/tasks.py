"""A task as its page shows it: what it asks, how its communes and target stand, and what each body has told."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from communes.models import Commune
from criteria.asking import shown_today
from criteria.models import Indicator
from criteria.queries import CommuneStatus, Snapshot
from directives.board import Row
from directives.models import Assignment, Obstacle, Task, TaskUpdate
from directives.queries import State, TargetResult, target_results
from ntm_portal.accounts.scope import Scope


@dataclass(frozen=True, slots=True)
class Part:
    """One body's part with its history, the latest first, for who may read that; else none."""

    row: Row
    updates: Sequence[TaskUpdate] = ()
    is_readable: bool = False


@dataclass(frozen=True, slots=True)
class TaskPage:
    """All of it, as one reader may see it."""

    task: Task
    parts: Sequence[Part]
    communes: Sequence[tuple[Commune, CommuneStatus | None]]
    indicators: Sequence[Indicator]
    obstacles: Sequence[Obstacle]
    target: TargetResult | None

    @property
    def is_met(self) -> bool:
        """Whether the target that the task serves is met, so that its closing can be proposed."""
        return self.target is not None and self.target.state is State.MET


def task_page(task: Task, scope: Scope, *, today: date) -> TaskPage:
    """A task as this person may see it (nine queries and the snapshot, whatever has happened)."""
    held = list(task.assignments.with_about().select_related("department__district"))
    held.sort(key=lambda part: (part.department_id not in scope.department_ids, part.department.sort_key))
    readable = set(Assignment.objects.filter(task=task).visible_to(scope).values_list("pk", flat=True))
    told = _told(readable)
    parts = [
        Part(Row(p, today, p.department_id in scope.department_ids), told.get(p.pk, ()), p.pk in readable) for p in held
    ]
    shown = shown_today()
    return TaskPage(
        task,
        parts,
        _communes(task, shown),
        list(task.indicators.select_related("criterion").order_by("criterion__number", "code")),
        list(
            Obstacle.objects.filter(task=task)
            .visible_to(scope)
            .select_related("raised_by", "commune")
            .order_by("-raised_at")
        ),
        _target(task, shown),
    )


def _told(parts: Collection[int]) -> Mapping[int, list[TaskUpdate]]:
    """What was told of parts (ids), the latest first, with evidence (two queries)."""
    rows = TaskUpdate.objects.filter(assignment__in=parts).select_related("made_by").order_by("-pk")
    found: dict[int, list[TaskUpdate]] = defaultdict(list)
    for update in rows.prefetch_related("evidence__file"):
        found[update.assignment_id].append(update)
    return found


def _communes(task: Task, shown: Snapshot | None) -> list[tuple[Commune, CommuneStatus | None]]:
    rows = task.communes.select_related("district").order_by("sort_key")
    return [(commune, shown.by_code.get(commune.code) if shown else None) for commune in rows]


def _target(task: Task, shown: Snapshot | None) -> TargetResult | None:
    if shown is None or task.target_id is None:
        return None
    return next((result for result in target_results(shown) if result.target.pk == task.target_id), None)
