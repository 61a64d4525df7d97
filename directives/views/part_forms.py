"""The acts on a body's part in a task: who may do each, when, with which form, and what is said afterwards."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from directives.actions import tasks
from directives.board import Row
from directives.forms.tasks import (
    AcceptForm,
    ConfirmForm,
    ExtensionForm,
    PartForm,
    ProgressForm,
    ProposeForm,
    ReturnForm,
)
from directives.models import Assignment
from ntm_portal.accounts.models import User
from ntm_portal.accounts.permissions import may
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.storing import store

_State = Assignment.State


@dataclass(frozen=True, slots=True)
class PartAct:
    """One act; `states` are those in which it is offered, if it `waits` only while a later day is asked for."""

    label: str
    said: str
    form: type[PartForm]
    do: Callable[..., object]
    right: str
    states: tuple[str, ...]
    is_main: bool = False
    waits: bool = False
    moves_day: bool = False
    fixed: Mapping[str, object] | None = None

    def is_offered(self, row: Row, user: User) -> bool:
        """Whether this person may do it now."""
        fits = row.task.closed_on is None and row.part.state in self.states
        if not fits or (self.waits and row.part.asked_due_on is None) or (self.moves_day and row.part.due_on is None):
            return False
        return may(user, self.right) and (self.right != "do_tasks" or row.is_mine)


_TO_DO = (_State.GIVEN, _State.ACCEPTED)
ACTS: dict[str, PartAct] = {
    "accept": PartAct(
        "Nhận việc", "Đã nhận việc.", AcceptForm, tasks.accept_task, "do_tasks", (_State.GIVEN,), is_main=True
    ),
    "progress": PartAct("Cập nhật tiến độ", "Đã ghi tiến độ.", ProgressForm, tasks.report_progress, "do_tasks", _TO_DO),
    "propose": PartAct(
        "Đề nghị xác nhận xong",
        "Đã gửi đề nghị; Văn phòng điều phối sẽ xác nhận.",
        ProposeForm,
        tasks.propose_done,
        "do_tasks",
        _TO_DO,
    ),
    "extend": PartAct(
        "Xin lùi hạn",
        "Đã gửi đề nghị lùi hạn.",
        ExtensionForm,
        tasks.ask_extension,
        "do_tasks",
        _TO_DO,
        moves_day=True,
    ),
    "confirm": PartAct(
        "Xác nhận xong",
        "Đã xác nhận xong.",
        ConfirmForm,
        tasks.confirm_done,
        "confirm_tasks",
        (_State.PROPOSED,),
        is_main=True,
    ),
    "send-back": PartAct(
        "Trả lại",
        "Đã trả lại cho đơn vị.",
        ReturnForm,
        tasks.return_task,
        "confirm_tasks",
        (_State.PROPOSED, _State.DONE),
    ),
    "grant": PartAct(
        "Cho lùi hạn",
        "Đã cho lùi hạn.",
        ConfirmForm,
        tasks.decide_extension,
        "confirm_tasks",
        (*_TO_DO, _State.PROPOSED),
        waits=True,
        fixed={"is_granted": True},
    ),
    "refuse": PartAct(
        "Không cho lùi hạn",
        "Đã trả lời không cho lùi hạn.",
        ReturnForm,
        tasks.decide_extension,
        "confirm_tasks",
        (*_TO_DO, _State.PROPOSED),
        waits=True,
        fixed={"is_granted": False},
    ),
}
"""By the end of the url name."""


@dataclass(frozen=True, slots=True)
class PartForms:
    """A form that was sent and could not be taken: which act on which part."""

    part: int
    name: str
    form: PartForm


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that this person may do now, with the form for it; `is_sent` when it came back with something to mend."""

    name: str
    act: PartAct
    form: PartForm
    is_sent: bool = False

    @property
    def url_name(self) -> str:
        return f"directives:task-{self.name}"


def bound_forms(row: Row, user: User, sent: PartForms | None) -> list[Offered]:
    """What this person may do with a part; a form that was sent is there even when its time has passed."""
    found = []
    for name, act in ACTS.items():
        is_sent = sent is not None and (sent.part, sent.name) == (row.part.pk, name)
        if is_sent:
            found.append(Offered(name, act, sent.form, is_sent=True))
        elif act.is_offered(row, user):
            found.append(Offered(name, act, act.form(part=row.part, user=user)))
    return found


def form_for(act: PartAct, part: Assignment, user: User, data: QueryDict, files: MultiValueDict) -> PartForm:
    return act.form(data, files, part=part, user=user)


def perform(act: PartAct, part: Assignment, given: dict[str, Any], *, by: User) -> None:
    """Do it with what the form gave; call inside a transaction. Raises what the act raises."""
    given = {name: value for name, value in given.items() if name != "as_new"}
    if "file" in given:
        given["files"] = _stored(given.pop("file"), by)
    act.do(part, by=by, **given, **(act.fixed or {}))


def _stored(checked, by: User) -> Iterable[StoredFile]:
    return [store(checked, by=by)] if checked else []
