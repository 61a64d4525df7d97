"""The acts on an obstacle: who may do each, when, with which form, and what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from directives.actions import obstacles
from directives.forms.obstacles import AnswerForm, AskForm, EscalateForm, ReopenForm, SolvedForm, StepForm
from directives.models import Obstacle
from ntm_portal.accounts.models import User
from ntm_portal.accounts.permissions import may

_State = Obstacle.State
_OPEN = (_State.RAISED, _State.IN_PROGRESS, _State.ESCALATED)


@dataclass(frozen=True, slots=True)
class ObstacleAct:
    """One act: the states in which it is offered, and whose besides the office's it is (`of`: a body's column)."""

    label: str
    said: str
    form: type[StepForm]
    do: Callable[..., Obstacle]
    right: str
    states: tuple[str, ...]
    of: str = ""

    def is_for(self, obstacle: Obstacle, user: User) -> bool:
        """Whether this person may do it at all."""
        own = bool(self.of) and getattr(obstacle, f"{self.of}_id") in user.scope.department_ids
        return may(user, self.right) and (user.scope.edits_all or own)


ACTS: dict[str, ObstacleAct] = {
    "answer": ObstacleAct(
        "Trả lời",
        "Đã trả lời; đơn vị nêu đã được báo.",
        AnswerForm,
        obstacles.answer_obstacle,
        "answer_obstacles",
        _OPEN,
        "owner",
    ),
    "ask": ObstacleAct(
        "Giao đơn vị giải quyết",
        "Đã giao; đơn vị đã được báo.",
        AskForm,
        obstacles.ask_body,
        "escalate_obstacles",
        _OPEN,
    ),
    "escalate": ObstacleAct(
        "Kiến nghị UBND tỉnh",
        "Đã đưa vào danh sách báo cáo UBND tỉnh.",
        EscalateForm,
        obstacles.escalate_obstacle,
        "escalate_obstacles",
        (_State.RAISED, _State.IN_PROGRESS),
    ),
    "resolve": ObstacleAct(
        "Xác nhận đã giải quyết",
        "Đã ghi là đã giải quyết.",
        SolvedForm,
        obstacles.resolve_obstacle,
        "raise_obstacles",
        _OPEN,
        "raised_by",
    ),
    "reopen": ObstacleAct(
        "Nêu lại",
        "Đã nêu lại; Văn phòng điều phối đã được báo.",
        ReopenForm,
        obstacles.reopen_obstacle,
        "raise_obstacles",
        (_State.RESOLVED,),
        "raised_by",
    ),
}
"""By the end of the url name."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent and could not be taken."""

    name: str
    form: StepForm


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that this person may do now, with the form for it; `is_sent` when it came back with something to mend."""

    name: str
    act: ObstacleAct
    form: StepForm
    is_sent: bool = False

    @property
    def url_name(self) -> str:
        return f"directives:obstacle-{self.name}"


def offered(obstacle: Obstacle, user: User, *, last: int, sent: Sent | None) -> list[Offered]:
    """What this person may do; a form that was sent is there even when its time has passed."""
    found = []
    for name, act in ACTS.items():
        if sent is not None and sent.name == name:
            found.append(Offered(name, act, sent.form, is_sent=True))
        elif obstacle.state in act.states and act.is_for(obstacle, user):
            found.append(Offered(name, act, act.form(last=last, name=name)))
    return found
