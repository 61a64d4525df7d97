"""Illustration: the tasks of công văn 3867 under way and a few obstacles answered, as an office would find them.

No randomness: the same day gives the same on every machine. What bodies with an account of the demonstration have to
do is left to them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from directives.actions.obstacles import ANSWER_DAYS, answer_obstacle, ask_body, escalate_obstacle, resolve_obstacle
from directives.actions.targets import follow_targets
from directives.actions.tasks import accept_task, ask_extension, propose_done, report_progress
from directives.models import Assignment, Obstacle, ObstacleStep, Task, TaskUpdate
from ntm_portal.accounts.models import Department, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core.illustration import moment, pick, share
from ntm_portal.core.reference import read_csv

DATA = Path(__file__).parent / "data"
_ASKS_EXTENSION = "F3-1"
_LATER = timedelta(days=15)
_ONE_DAY = timedelta(days=1)

Phrases = Mapping[str, Sequence[str]]


def _phrases() -> Phrases:
    found: dict[str, list[str]] = {}
    for row in read_csv(DATA / "demo_phrases.csv", ["use", "text"]):
        found.setdefault(row["use"], []).append(row["text"])
    return found


@transaction.atomic
def load_work(today: date) -> int:
    """Move tasks and obstacles on as of the day, once; returns how many steps are new.

    The states of the targets are noted, so that the next change is told.
    """
    if TaskUpdate.objects.exists():
        return 0
    office = User.objects.filter(memberships__role=Role.COORDINATOR).order_by("pk")[0]
    phrases = _phrases()
    before = ObstacleStep.objects.count()
    parts = Assignment.objects.under_way().given_by(today - _ONE_DAY).exclude(department__memberships__gt=0)
    for part in parts.with_about().order_by("pk"):
        _work_on(part, today, office, phrases)
    waiting = Obstacle.objects.still_open().filter(steps=None, raised_at__lt=moment(today))
    for obstacle in waiting.select_related("raised_by", "commune").order_by("pk"):
        _take_up(obstacle, today, office, phrases)
    follow_targets(today)
    return TaskUpdate.objects.count() + ObstacleStep.objects.count() - before


def _work_on(part: Assignment, today: date, by: User, phrases: Phrases) -> None:
    """Some have not begun, most are under way; a month's report is told as done, and one body asks for a later day."""
    about = (part.department.code, part.task.code)
    fate = share(*about)
    if fate < 0.2 and part.task.code != _ASKS_EXTENSION:
        return
    day = min(part.task.given_on + (1 + int(fate * 3)) * _ONE_DAY, today)
    _dated(accept_task(part, by=by), day)
    day = min(day + 2 * _ONE_DAY, today)
    if part.task.code == _ASKS_EXTENSION:
        _dated(ask_extension(part, until=part.due_on + _LATER, text=phrases["extension"][0], by=by), day)
    elif part.task.recurrence == Task.Recurrence.MONTHLY and fate > 0.5:
        _dated(propose_done(part, text=phrases["done"][0], by=by), day)
    elif fate > 0.35:
        text = pick(phrases["progress"], *about, "lời")
        _dated(report_progress(part, percent=10 + 5 * int(fate * 12), text=text, by=by), day)


def _dated(update: TaskUpdate, day: date) -> None:
    TaskUpdate.objects.filter(pk=update.pk).update(made_at=moment(day))


def _take_up(obstacle: Obstacle, today: date, by: User, phrases: Phrases) -> None:
    """One in four waits; the others are answered, passed on, escalated or solved."""
    obstacle.answer_by = timezone.localdate(obstacle.raised_at) + ANSWER_DAYS
    obstacle.save(update_fields=["answer_by"])
    ObstacleStep.objects.create(
        obstacle=obstacle, kind="RAISED", text=obstacle.description, taken_at=obstacle.raised_at,
        taken_by=obstacle.raised_by_user,
    )  # fmt: skip
    commune = obstacle.commune.code if obstacle.commune else ""
    fate = int(share(obstacle.raised_by.code, commune, f"{obstacle.raised_at:%Y%m}", "vướng mắc") * 8)
    if fate in {2, 3, 7}:
        answer_obstacle(obstacle, text=phrases["answer"][0], by=by)
    if fate == 4:
        body = Department.objects.filter(kind=Department.Kind.SO_NGANH).order_by("sort_key")[0]
        ask_body(obstacle, department=body, answer_by=today + ANSWER_DAYS, text=phrases["ask"][0], by=by)
    if fate in {5, 6}:
        escalate_obstacle(obstacle, text=phrases["escalate"][0], by=by)
    if fate == 7:
        resolve_obstacle(obstacle, text=phrases["resolved"][0], by=by)
    day = min(timezone.localdate(obstacle.raised_at) + (2 + fate) * _ONE_DAY, today)
    obstacle.steps.exclude(kind="RAISED").update(taken_at=moment(day))
    Obstacle.objects.filter(pk=obstacle.pk).exclude(answered_at=None).update(answered_at=moment(day))
