"""What people are told about tasks, targets and obstacles. Each function says one thing to those whom it concerns."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from directives.models import Assignment, Obstacle, Target, Task, TaskUpdate
from ntm_portal.accounts.models import Department, Notice, User
from ntm_portal.accounts.notices import (
    Message,
    NoticeKind,
    coordinators,
    notify,
    notify_each,
    officers_of,
    register_kinds,
)
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock

_DIGEST = Notice.Delivery.DIGEST
register_kinds(
    {
        "task_given": NoticeKind("Nhiệm vụ mới", Role.OFFICER),
        "task_decided": NoticeKind("Nhiệm vụ được xác nhận, trả lại, lùi hạn", Role.OFFICER),
        "task_reminded": NoticeKind("Đôn đốc nhiệm vụ", Role.OFFICER),
        "task_due_soon": NoticeKind("Nhiệm vụ sắp đến hạn", Role.OFFICER),
        "task_overdue": NoticeKind("Nhiệm vụ quá hạn", Role.OFFICER),
        "task_proposed": NoticeKind("Đơn vị đề nghị xác nhận xong, xin lùi hạn", Role.COORDINATOR, _DIGEST),
        "target_changed": NoticeKind("Mục tiêu đổi trạng thái", Role.COORDINATOR),
        "obstacle_raised": NoticeKind("Vướng mắc mới", Role.COORDINATOR, _DIGEST),
        "obstacle_asked": NoticeKind("Được giao giải quyết vướng mắc", Role.OFFICER),
        "obstacle_answered": NoticeKind("Vướng mắc được trả lời", Role.OFFICER),
        "obstacle_overdue": NoticeKind("Vướng mắc quá hạn trả lời", Role.OFFICER),
    }
)


def _of_body(department: int) -> list[User]:
    return officers_of([department]).get(department, [])


def task_url(task: int) -> str:
    return f"/nhiem-vu/{task}/"


def target_url(target: int) -> str:
    return f"/muc-tieu/{target}/"


def _until(assignment: Assignment) -> str:
    return f"Hạn: {assignment.due_on:%d/%m/%Y}." if assignment.due_on else "Thường xuyên, không có hạn."


def task_given(task: Task, departments: Sequence[int]) -> int:
    """Tell the officers of bodies (ids) that they have a task."""
    until = f"Hạn: {task.due_on:%d/%m/%Y}." if task.due_on else "Thường xuyên."
    people = officers_of(departments)
    return notify(
        "task_given",
        [person for department in departments for person in people.get(department, [])],
        key=f"task:{task.pk}:given",
        subject=f"Nhiệm vụ mới: {task.title}",
        text=f"{task.content}\n\n{until}",
        url=task_url(task.pk),
    )


def task_decided(assignment: Assignment, update: TaskUpdate) -> int:
    """Tell the body what the coordination office decided about its part."""
    said = f"\n\n{update.text}" if update.text else ""
    return notify(
        "task_decided",
        _of_body(assignment.department_id),
        key=f"task:update:{update.pk}",
        subject=f"{update.get_kind_display()}: {assignment.task.title}",
        text=f"{update.get_kind_display()} nhiệm vụ “{assignment.task.title}”. {_until(assignment)}{said}",
        url=task_url(assignment.task_id),
    )


def task_proposed(assignment: Assignment) -> int:
    """Tell the coordination office that a body asks for its part to be confirmed."""
    return notify(
        "task_proposed",
        coordinators(),
        key=f"task:proposed:{assignment.pk}:{assignment.revision}",
        subject=f"Đề nghị xác nhận xong: {assignment.task.title} ({assignment.department.short_name})",
        text=f"{assignment.department.name} đề nghị xác nhận xong nhiệm vụ “{assignment.task.title}”.",
        url=task_url(assignment.task_id),
    )


def extension_asked(assignment: Assignment, update: TaskUpdate) -> int:
    """Tell the coordination office that a body asks for a later day."""
    return notify(
        "task_proposed",
        coordinators(),
        key=f"task:update:{update.pk}",
        subject=f"Xin lùi hạn: {assignment.task.title} ({assignment.department.short_name})",
        text=f"{assignment.department.name} xin lùi đến {update.due_on:%d/%m/%Y}. Lý do: {update.text}",
        url=task_url(assignment.task_id),
    )


def tasks_reminded(assignments: Iterable[Assignment], said: str) -> int:
    """Remind each body once of all that it owes among these parts."""
    by_body: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in assignments:
        by_body[assignment.department_id].append(assignment)
    people, today = officers_of(by_body), clock.today()
    told = 0
    for department, owed in by_body.items():
        listed = "\n".join(f"- {a.task.title}. {_until(a)}" for a in owed)
        told += notify(
            "task_reminded",
            people.get(department, []),
            key=f"task:reminded:{department}:{today:%Y%m%d}:{owed[0].pk}",
            subject=f"Đôn đốc: {len(owed)} nhiệm vụ chưa xong",
            text=f"{said}\n\n{listed}".strip(),
            url="/nhiem-vu/",
        )
    return told


def tasks_due_soon(assignments: Iterable[Assignment], *, today: date) -> int:
    """Tell each body once of a day that comes near."""

    def about(assignment: Assignment) -> tuple[str, str]:
        left = (assignment.due_on - today).days
        return f"task:soon:{assignment.pk}:{assignment.due_on:%Y%m%d}", f"Còn {left} ngày" if left else "Hạn hôm nay"

    return _of_days("task_due_soon", assignments, about)


def tasks_overdue(assignments: Iterable[Assignment], *, today: date) -> int:
    """Tell each body on the day after the due day, and again every week."""

    def about(assignment: Assignment) -> tuple[str, str]:
        late = (today - assignment.due_on).days
        key = f"task:late:{assignment.pk}:{assignment.due_on:%Y%m%d}:{(late - 1) // 7}"
        return key, f"Quá hạn {late} ngày"

    return _of_days("task_overdue", assignments, about)


def _of_days(kind: str, assignments: Iterable[Assignment], about: Callable[[Assignment], tuple[str, str]]) -> int:
    """Tell the officers of each part what `about` gives as (key, words); returns how many notices were new."""
    held = list(assignments)
    people = officers_of({a.department_id for a in held})
    messages = []
    for assignment in held:
        key, said = about(assignment)
        task = assignment.task
        messages += [
            Message(
                person,
                key,
                f"{said}: {task.title}",
                f"{task.content}\n\n{_until(assignment)}",
                task_url(task.pk),
            )
            for person in people.get(assignment.department_id, [])
        ]
    return len(notify_each(kind, messages))


def target_changed(target: Target, before: str, after: str, *, standing: int) -> int:
    """Tell the coordination office that a target is in another state (labels) than when it was last looked at."""
    return notify(
        "target_changed",
        coordinators(),
        key=f"target:{target.pk}:{standing}",
        subject=f"{after}: {target.title}",
        text=f"Mục tiêu “{target.title}” từ “{before}” chuyển thành “{after}”. Hạn: {target.due_on:%d/%m/%Y}.",
        url=target_url(target.pk),
    )


def obstacle_url(obstacle: Obstacle) -> str:
    return f"/vuong-mac/{obstacle.pk}/"


def obstacle_raised(obstacle: Obstacle) -> int:
    """Tell the coordination office of something new in the way."""
    return notify(
        "obstacle_raised",
        coordinators(),
        key=f"obstacle:{obstacle.pk}:raised",
        subject=f"Vướng mắc mới của {obstacle.raised_by.short_name}: {obstacle}",
        text=obstacle.description,
        url=obstacle_url(obstacle),
    )


def obstacle_joined(obstacle: Obstacle, department: Department, said: str) -> int:
    """Tell the coordination office that another body meets the same."""
    return notify(
        "obstacle_raised",
        coordinators(),
        key=f"obstacle:{obstacle.pk}:joined:{department.pk}",
        subject=f"{department.short_name} cũng gặp vướng mắc: {obstacle}",
        text=f"{obstacle.description}\n\n{said}".strip(),
        url=obstacle_url(obstacle),
    )


def obstacle_reopened(obstacle: Obstacle, said: str) -> int:
    """Tell the coordination office that what had been solved is there again."""
    return notify(
        "obstacle_raised",
        coordinators(),
        key=f"obstacle:{obstacle.pk}:reopened:{obstacle.steps.count()}",
        subject=f"Nêu lại vướng mắc của {obstacle.raised_by.short_name}: {obstacle}",
        text=f"{obstacle.description}\n\nLý do nêu lại: {said}",
        url=obstacle_url(obstacle),
    )


def obstacle_escalated(obstacle: Obstacle, said: str) -> int:
    """Tell the body that raised it that UBND tỉnh is asked."""
    return notify(
        "obstacle_answered",
        _of_body(obstacle.raised_by_id),
        key=f"obstacle:{obstacle.pk}:escalated:{obstacle.steps.count()}",
        subject=f"Kiến nghị UBND tỉnh: {obstacle}",
        text=f"Vướng mắc: {obstacle.description}\n\nVăn phòng điều phối đưa vào báo cáo UBND tỉnh: {said}",
        url=obstacle_url(obstacle),
    )


def obstacles_overdue(obstacles: Iterable[Obstacle], *, today: date) -> int:
    """Tell the body that has to answer, or the coordination office where none was asked, once for each day set."""
    held = list(obstacles)
    people, office = officers_of({o.owner_id for o in held if o.owner_id}), coordinators() if held else []
    messages = [
        Message(
            person,
            f"obstacle:{o.pk}:late:{o.answer_by:%Y%m%d}",
            f"Quá hạn trả lời {(today - o.answer_by).days} ngày: {o}",
            f"{o.raised_by.name} nêu: {o.description}\n\nHạn trả lời: {o.answer_by:%d/%m/%Y}.",
            obstacle_url(o),
        )
        for o in held
        for person in (people.get(o.owner_id, []) if o.owner_id else office)
    ]
    return len(notify_each("obstacle_overdue", messages))


def obstacle_asked(obstacle: Obstacle, said: str) -> int:
    """Tell a body that it has to answer."""
    until = f"Hạn trả lời: {obstacle.answer_by:%d/%m/%Y}." if obstacle.answer_by else ""
    return notify(
        "obstacle_asked",
        _of_body(obstacle.owner_id) if obstacle.owner_id else [],
        key=f"obstacle:{obstacle.pk}:asked:{obstacle.steps.count()}",
        subject=f"Giao giải quyết vướng mắc: {obstacle}",
        text=f"{obstacle.description}\n\n{said}\n\n{until}".strip(),
        url=obstacle_url(obstacle),
    )


def obstacle_answered(obstacle: Obstacle) -> int:
    """Tell the body that raised an obstacle what was answered; an answer that is changed is told again."""
    at = f"{obstacle.answered_at:%Y%m%d%H%M%S}" if obstacle.answered_at else ""
    return notify(
        "obstacle_answered",
        _of_body(obstacle.raised_by_id),
        key=f"obstacle:{obstacle.pk}:{at}",
        subject=f"Vướng mắc được trả lời: {obstacle}",
        text=f"Vướng mắc: {obstacle.description}\n\nTrạng thái: {obstacle.standing}.\n\nTrả lời: {obstacle.answer}",
        url=obstacle_url(obstacle),
    )
