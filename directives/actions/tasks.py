"""What happens to a body's part in a task. Each act takes effect once, and every one is kept with who and when."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from directives import notices
from directives.actions.errors import TaskStateError, words
from directives.actions.obstacles import raise_obstacle
from directives.models import Assignment, Task, TaskEvidence, TaskUpdate
from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from ntm_portal.core.dates import months_later
from ntm_portal.core.models import StoredFile

State, Kind = Assignment.State, TaskUpdate.Kind
_MONTHS = {Task.Recurrence.MONTHLY: 1, Task.Recurrence.QUARTERLY: 3}


def _locked(assignment: Assignment, *states: State, revision: int | None = None) -> Assignment:
    """The part as it is, kept from others until the transaction ends.

    Raises TaskStateError in any other state, or when somebody has changed it since the revision that was read.
    """
    found = Assignment.objects.select_for_update(of=("self",)).with_about().get(pk=assignment.pk)
    if found.task.closed_on is not None:
        raise TaskStateError("Nhiệm vụ này đã đóng.")
    if found.state not in states:
        raise TaskStateError(f"Phần việc đang ở trạng thái “{found.get_state_display()}” nên không làm được việc này.")
    if revision is not None and found.revision != revision:
        raise TaskStateError("Phần việc vừa được cập nhật sau khi bạn mở trang; hãy xem lại rồi gửi nếu vẫn cần.")
    return found


def _tell(
    assignment: Assignment,
    kind: Kind,
    *,
    by: User | None,
    text: str = "",
    asked: date | None = None,
    files: Iterable[StoredFile] = (),
    **fields: object,
) -> TaskUpdate:
    """Change the part and keep what was done; call inside the transaction that has locked it.

    `asked` is a day that is only asked for; the update shows it, or else the percent and the day that it sets.
    """
    assignment.revision += 1
    for name, value in fields.items():
        setattr(assignment, name, value)
    assignment.save(update_fields=["revision", *fields])
    update = TaskUpdate.objects.create(
        assignment=assignment,
        kind=kind,
        text=text,
        percent=fields.get("percent"),
        due_on=asked or fields.get("due_on"),
        made_at=clock.now(),
        made_by=by,
    )
    TaskEvidence.objects.bulk_create(TaskEvidence(update=update, file=file) for file in files)
    return update


@transaction.atomic
def give_task(task: Task, departments: Sequence[int], *, by: User | None) -> list[Assignment]:
    """Give a saved task to bodies (ids); who has it keeps it. Returns the new parts, and tells their officers."""
    held = set(task.assignments.values_list("department_id", flat=True))
    new = [department for department in dict.fromkeys(departments) if department not in held]
    made = Assignment.objects.bulk_create(
        Assignment(task=task, department_id=department, due_on=task.due_on) for department in new
    )
    notices.task_given(task, new)
    return made


@transaction.atomic
def accept_task(assignment: Assignment, *, by: User, revision: int | None = None) -> TaskUpdate:
    """Say that the body has taken note and begins. Raises TaskStateError."""
    assignment = _locked(assignment, State.GIVEN, revision=revision)
    return _tell(assignment, Kind.ACCEPTED, by=by, state=State.ACCEPTED)


@transaction.atomic
def report_progress(
    assignment: Assignment,
    *,
    percent: int,
    text: str,
    by: User,
    files: Iterable[StoredFile] = (),
    obstacle: str = "",
    revision: int | None = None,
) -> TaskUpdate:
    """Tell how far the body is, in percent and words, and what stands in its way.

    An obstacle to a task about one commune is about that commune, too.
    Raises TaskStateError, WordsMissingError, ObstacleRefusedError.
    """
    assignment = _locked(assignment, State.GIVEN, State.ACCEPTED, revision=revision)
    said = words(text, "text", "Hãy ghi đã làm được gì.")
    if obstacle.strip():
        communes = list(assignment.task.communes.all()[:2])
        commune = communes[0] if len(communes) == 1 else None
        raise_obstacle(obstacle, raised_by=assignment.department, by=by, task=assignment.task, commune=commune)
    return _tell(assignment, Kind.PROGRESS, by=by, text=said, files=files, percent=percent, state=State.ACCEPTED)


@transaction.atomic
def propose_done(
    assignment: Assignment,
    *,
    text: str,
    by: User | None,
    files: Iterable[StoredFile] = (),
    revision: int | None = None,
) -> TaskUpdate:
    """Ask the coordination office to confirm that the part is done; `by` nobody where a met target proposes it.

    Raises TaskStateError, WordsMissingError.
    """
    assignment = _locked(assignment, State.GIVEN, State.ACCEPTED, revision=revision)
    said = words(text, "text", "Hãy ghi kết quả thực hiện.")
    update = _tell(assignment, Kind.PROPOSED, by=by, text=said, files=files, state=State.PROPOSED)
    notices.task_proposed(assignment)
    return update


@transaction.atomic
def confirm_done(assignment: Assignment, *, by: User, text: str = "", revision: int | None = None) -> TaskUpdate:
    """Accept what was proposed. A task that comes again is due the next time, a standing one goes on.

    Raises TaskStateError.
    """
    assignment = _locked(assignment, State.PROPOSED, revision=revision)
    task = assignment.task
    if task.recurrence == Task.Recurrence.ONCE:
        after = {"state": State.DONE, "percent": 100, "done_on": clock.today()}
    else:
        after = {"state": State.ACCEPTED, "percent": 0, "due_on": next_due(task, assignment.due_on)}
    update = _tell(assignment, Kind.CONFIRMED, by=by, text=text.strip(), asked_due_on=None, **after)
    notices.task_decided(assignment, update)
    return update


def next_due(task: Task, due_on: date | None) -> date | None:
    """The day after one by which a recurring task is due again; its own day of the month is kept."""
    if due_on is None or task.recurrence not in _MONTHS:
        return due_on
    day = task.due_on.day if task.due_on else due_on.day
    return months_later(due_on, _MONTHS[task.recurrence], day=day)


@transaction.atomic
def return_task(assignment: Assignment, *, text: str, by: User, revision: int | None = None) -> TaskUpdate:
    """Say why a part is not done yet. Raises TaskStateError, WordsMissingError."""
    assignment = _locked(assignment, State.PROPOSED, State.DONE, revision=revision)
    said = words(text, "text", "Trả lại thì phải ghi lý do.")
    update = _tell(assignment, Kind.RETURNED, by=by, text=said, state=State.ACCEPTED, done_on=None)
    notices.task_decided(assignment, update)
    return update


@transaction.atomic
def ask_extension(
    assignment: Assignment, *, until: date, text: str, by: User, revision: int | None = None
) -> TaskUpdate:
    """Ask for a later day, with the reason. Raises TaskStateError (also for a day that is not later)."""
    assignment = _locked(assignment, State.GIVEN, State.ACCEPTED, revision=revision)
    if assignment.due_on is None:
        raise TaskStateError("Nhiệm vụ thường xuyên không có hạn để lùi.")
    if until <= max(assignment.due_on, clock.today()):
        raise TaskStateError("Hạn mới phải sau hạn hiện tại và sau hôm nay.", field="until")
    said = words(text, "text", "Xin lùi hạn thì phải ghi lý do.")
    update = _tell(assignment, Kind.EXTENSION_ASKED, by=by, text=said, asked=until, asked_due_on=until)
    notices.extension_asked(assignment, update)
    return update


@transaction.atomic
def decide_extension(
    assignment: Assignment, *, is_granted: bool, text: str, by: User, revision: int | None = None
) -> TaskUpdate:
    """Grant or refuse the later day that was asked for; a refusal says why. Raises TaskStateError."""
    assignment = _locked(assignment, State.GIVEN, State.ACCEPTED, State.PROPOSED, revision=revision)
    asked = assignment.asked_due_on
    if asked is None:
        raise TaskStateError("Không có đề nghị lùi hạn nào đang chờ.")
    said = text.strip() if is_granted else words(text, "text", "Không cho lùi hạn thì phải ghi lý do.")
    kind = Kind.EXTENSION_GRANTED if is_granted else Kind.EXTENSION_REFUSED
    update = _tell(
        assignment,
        kind,
        by=by,
        text=said,
        asked_due_on=None,
        **({"due_on": asked} if is_granted else {}),
    )
    notices.task_decided(assignment, update)
    return update


@transaction.atomic
def remind_tasks(assignments: Iterable[int], *, text: str, by: User) -> list[Assignment]:
    """Write one reminder to the bodies of these parts (ids), each part at most once a day; returns those reminded."""
    today, wanted = clock.today(), set(assignments)
    rows = Assignment.objects.under_way().filter(pk__in=wanted).with_about().select_for_update(of=("self",))
    # Locked before it is asked who was reminded: of two people who remind at once the second waits, and then sees it.
    held = list(rows.order_by("department__sort_key", "due_on", "pk"))
    said_today = TaskUpdate.objects.filter(assignment__in=wanted, kind=Kind.REMINDED, made_at__date=today)
    had = set(said_today.values_list("assignment_id", flat=True))
    reminded = [row for row in held if row.pk not in had]
    TaskUpdate.objects.bulk_create(
        TaskUpdate(assignment=row, kind=Kind.REMINDED, text=text.strip(), made_at=clock.now(), made_by=by)
        for row in reminded
    )
    notices.tasks_reminded(reminded, text.strip())
    return reminded


@transaction.atomic
def close_task(task: Task, *, by: User) -> Task:
    """Take a task off the board for everybody, done or not. Raises TaskStateError when it is closed."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.closed_on is not None:
        raise TaskStateError("Nhiệm vụ này đã đóng.")
    task.closed_on = clock.today()
    task.save(update_fields=["closed_on"])
    return task


@transaction.atomic
def propose_for_met_targets(met: Iterable[int], *, day: date) -> int:
    """Propose as done every part whose target (ids) is met; returns how many. A person confirms each.

    It is proposed once: a part that the office returned is proposed again by its body alone.
    """
    before = TaskUpdate.objects.filter(assignment=OuterRef("pk"), kind=Kind.PROPOSED, made_by=None)
    waiting = (
        Assignment.objects.under_way()
        .given_by(day)
        .filter(
            ~Exists(before),
            task__target__in=set(met),
            state__in=(State.GIVEN, State.ACCEPTED),
            task__recurrence=Task.Recurrence.ONCE,
        )
    )
    count = 0
    for assignment in waiting.order_by("pk"):
        propose_done(assignment, text=f"Mục tiêu đã đạt theo số liệu ngày {day:%d/%m/%Y}.", by=None)
        count += 1
    return count
