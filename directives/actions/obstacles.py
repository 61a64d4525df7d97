"""Obstacles: raised once by whoever meets them, answered, passed on, escalated, and closed by who raised them."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from communes.models import Commune
from criteria.models import Indicator
from directives import notices
from directives.actions.errors import ObstacleStateError, words
from directives.models import Obstacle, ObstacleStep, Task
from directives.models.obstacle import ObstacleQuerySet
from ntm_portal.accounts.models import Department, User
from ntm_portal.core import clock, text
from ntm_portal.core.errors import DomainError

_LONGEST = 5_000
ANSWER_DAYS = timedelta(days=10)
"""How long an answer may take unless the coordination office sets a day."""
State, Kind = Obstacle.State, ObstacleStep.Kind
_OPEN = (State.RAISED, State.IN_PROGRESS, State.ESCALATED)


class ObstacleRefusedError(DomainError):
    """What cannot be raised as an obstacle."""

    code = "obstacle_refused"
    status = 400


@transaction.atomic
def raise_obstacle(
    description: str,
    *,
    raised_by: Department,
    by: User,
    commune: Commune | None = None,
    indicator: Indicator | None = None,
    task: Task | None = None,
) -> Obstacle:
    """Record what keeps a commune, an indicator, a task or the body itself from getting on.

    The same words of the same body about the same thing, still open, are that obstacle and no second one.
    Raises ObstacleRefusedError for no words, or too many.
    """
    said = text.clean(description)
    if not said:
        raise ObstacleRefusedError("Hãy ghi nội dung khó khăn, vướng mắc.")
    if len(said) > _LONGEST:
        raise ObstacleRefusedError(f"Nội dung khó khăn, vướng mắc dài quá {_LONGEST} ký tự.")
    about = {"raised_by": raised_by, "commune": commune, "indicator": indicator, "task": task}
    same = Obstacle.objects.still_open().filter(**about, search_key=text.search_key(said)).first()
    if same is not None:
        return same
    now = clock.now()
    made = Obstacle.objects.create(
        description=said, raised_by_user=by, raised_at=now, answer_by=clock.today() + ANSWER_DAYS, **about
    )
    ObstacleStep.objects.create(obstacle=made, kind=Kind.RAISED, text=said, taken_at=now, taken_by=by)
    notices.obstacle_raised(made)
    return made


@transaction.atomic
def join_obstacle(obstacle: Obstacle, *, department: Department, text: str, by: User) -> Obstacle:
    """Add the voice of another body to an obstacle that is there; one that has said so already is not heard twice.

    Raises ObstacleStateError.
    """
    obstacle = _locked(obstacle, *_OPEN)
    joined = obstacle.steps.filter(kind=Kind.RAISED, department=department)
    if obstacle.raised_by_id == department.pk or joined.exists():
        raise ObstacleStateError(f"{department.short_name} đã nêu vướng mắc này.")
    said = text.strip()[:_LONGEST]
    _keep(obstacle, Kind.RAISED, by=by, said=said, department=department)
    notices.obstacle_joined(obstacle, department, said)
    return obstacle


def _locked(obstacle: Obstacle, *states: State, seen: int | None = None) -> Obstacle:
    """The obstacle as it is, kept from others until the transaction ends.

    Raises ObstacleStateError in any other state, or when something was done about it since the step (id) that was
    read as the last.
    """
    found = Obstacle.objects.select_for_update(of=("self",)).with_about().get(pk=obstacle.pk)
    if found.state not in states:
        raise ObstacleStateError(
            f"Vướng mắc đang ở trạng thái “{found.get_state_display()}” nên không làm được việc này."
        )
    if seen is not None and found.steps.filter(pk__gt=seen).exists():
        raise ObstacleStateError("Vướng mắc vừa được cập nhật sau khi bạn mở trang; hãy xem lại rồi gửi nếu vẫn cần.")
    return found


def _keep(obstacle: Obstacle, kind: Kind, *, by: User, said: str, department: Department | None = None) -> ObstacleStep:
    return ObstacleStep.objects.create(
        obstacle=obstacle, kind=kind, text=said, department=department, taken_at=clock.now(), taken_by=by
    )


def _take(
    obstacle: Obstacle, kind: Kind, *, by: User, said: str, department: Department | None = None, **fields: object
) -> Obstacle:
    """Change the obstacle and keep what was done; call inside the transaction that has locked it."""
    for name, value in fields.items():
        setattr(obstacle, name, value)
    obstacle.save(update_fields=list(fields))
    _keep(obstacle, kind, by=by, said=said, department=department)
    return obstacle


_UNANSWERED = {"answer": "", "answered_at": None, "answered_by": None}
"""What was answered before stands in the steps; the obstacle waits for an answer again."""


@transaction.atomic
def answer_obstacle(obstacle: Obstacle, *, text: str, by: User, seen: int | None = None) -> Obstacle:
    """Tell the body that raised it what is being done; whether it is solved, that body says.

    Raises ObstacleStateError, WordsMissingError.
    """
    obstacle = _locked(obstacle, *_OPEN, seen=seen)
    said = words(text, "text", "Hãy ghi nội dung trả lời.")
    state = State.IN_PROGRESS if obstacle.state == State.RAISED else obstacle.state
    _take(obstacle, Kind.ANSWERED, by=by, said=said, state=state, answer=said, answered_at=clock.now(), answered_by=by)
    notices.obstacle_answered(obstacle)
    return obstacle


@transaction.atomic
def ask_body(
    obstacle: Obstacle, *, department: Department, answer_by: date, text: str, by: User, seen: int | None = None
) -> Obstacle:
    """Give an obstacle to a body that has to answer by a day. Raises ObstacleStateError, also for a past day."""
    obstacle = _locked(obstacle, *_OPEN, seen=seen)
    if answer_by < clock.today():
        raise ObstacleStateError("Hạn trả lời không thể trước hôm nay.", field="answer_by")
    state = State.IN_PROGRESS if obstacle.state == State.RAISED else obstacle.state
    fields = {"owner": department, "answer_by": answer_by, "state": state}
    _take(obstacle, Kind.ASKED, by=by, said=text.strip(), department=department, **fields, **_UNANSWERED)
    notices.obstacle_asked(obstacle, text.strip())
    return obstacle


@transaction.atomic
def escalate_obstacle(
    obstacle: Obstacle, *, text: str, by: User, document: str = "", seen: int | None = None
) -> Obstacle:
    """Put an obstacle on the list for UBND tỉnh; `document` names the report or directive once it has gone out.

    No answer is due any more, until somebody is asked.     Raises ObstacleStateError, WordsMissingError.
    """
    obstacle = _locked(obstacle, State.RAISED, State.IN_PROGRESS, seen=seen)
    said = words(text, "text", "Hãy ghi kiến nghị với UBND tỉnh.")
    fields = {"state": State.ESCALATED, "escalated_in": document.strip()[:200], "answer_by": None}
    _take(obstacle, Kind.ESCALATED, by=by, said=said, **fields)
    notices.obstacle_escalated(obstacle, said)
    return obstacle


@transaction.atomic
def name_escalation(obstacles: Collection[int], *, document: str, by: User) -> int:
    """Say in which document the escalated obstacles (ids) went to UBND tỉnh; returns how many had none yet.

    Raises WordsMissingError.
    """
    said = words(document, "document", "Hãy ghi số, ký hiệu văn bản báo cáo UBND tỉnh.", longest=200)
    held = list(Obstacle.objects.to_report().filter(pk__in=obstacles).order_by("pk").select_for_update())
    for obstacle in held:
        _take(obstacle, Kind.ESCALATED, by=by, said=f"Đã báo cáo tại {said}.", escalated_in=said)
    return len(held)


@transaction.atomic
def resolve_obstacle(obstacle: Obstacle, *, text: str, by: User, seen: int | None = None) -> Obstacle:
    """The body that raised it, or the coordination office, says that it is solved. Raises ObstacleStateError."""
    obstacle = _locked(obstacle, *_OPEN, seen=seen)
    return _take(obstacle, Kind.RESOLVED, by=by, said=text.strip(), state=State.RESOLVED)


@transaction.atomic
def reopen_obstacle(obstacle: Obstacle, *, text: str, by: User, seen: int | None = None) -> Obstacle:
    """It is there again, for a reason. Raises ObstacleStateError, WordsMissingError."""
    obstacle = _locked(obstacle, State.RESOLVED, seen=seen)
    said = words(text, "text", "Hãy ghi vì sao nêu lại.")
    until = clock.today() + ANSWER_DAYS
    fields = {"state": State.RAISED, "answer_by": until, "escalated_in": ""}
    _take(obstacle, Kind.REOPENED, by=by, said=said, **fields, **_UNANSWERED)
    notices.obstacle_reopened(obstacle, said)
    return obstacle


def overdue_obstacles(today: date) -> ObstacleQuerySet:
    """Those that wait for an answer past its day."""
    return Obstacle.objects.overdue(today).with_about().order_by("pk")


def remind_unanswered(*, today: date) -> int:
    """Tell whoever has to answer that the day is past, once for each day that was set; returns how many are new."""
    return notices.obstacles_overdue(overdue_obstacles(today), today=today)
