"""The follow-up board: who must do what by when, and how far each body is.

That a body has a task, until when, and where it stands is open to every role; what it tells about it, and its
evidence, is its readers' alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from django.db.models import Max, Q

from communes.models import Commune, District
from directives.models import Assignment, Directive, Task, TaskUpdate
from directives.models.task import AssignmentQuerySet
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope

State = Assignment.State
SOON = timedelta(days=7)
"""How near a day is that the summary counts as near."""
UNDER_WAY = "dang-lam"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is asked for; nothing where it is not narrowed. `state` may also be UNDER_WAY."""

    group: str = "han"
    body: str = ""
    directive: int | None = None
    district: str = ""
    commune: str = ""
    state: str = ""
    only_overdue: bool = False
    only_mine: bool = False
    until: date | None = None


@dataclass(frozen=True)
class Row:
    """One body's part. `last` is what was last told of it, for who may read that."""

    part: Assignment
    today: date
    is_mine: bool = False
    last: TaskUpdate | None = None
    communes: Sequence[Commune] = ()

    @property
    def task(self) -> Task:
        return self.part.task

    @property
    def is_overdue(self) -> bool:
        return self.part.is_overdue(self.today)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do or to confirm it."""
        return self.part.state != State.DONE and self.task.closed_on is None

    @property
    def days_left(self) -> int | None:
        return (self.part.due_on - self.today).days if self.part.due_on else None

    @property
    def due_words(self) -> str:
        """How far its day is, as long as that matters to anybody."""
        left = self.days_left
        if left is None:
            return "thường xuyên"
        if not self.is_open:
            return ""
        if left < 0:
            return f"quá hạn {-left} ngày"
        return f"còn {left} ngày" if left else "hạn hôm nay"

    @property
    def districts(self) -> list[District]:
        """Where the part is done: the district of a district's committee, else those of the task's communes."""
        own = self.part.department.district
        found = [own] if own is not None else [commune.district for commune in self.communes]
        return sorted({d.pk: d for d in found}.values(), key=lambda d: d.sort_key)

    @property
    def order(self) -> tuple:
        """Overdue first, then by day, those without one last; parts of a task stay together."""
        due = self.part.due_on or date.max
        return (not self.is_open, not self.is_overdue, due, self.task.pk, self.part.department.sort_key)


@dataclass(frozen=True, slots=True)
class Line:
    """One task on one day, with all the bodies that owe it then: the board in one look."""

    task: Task
    due_on: date | None
    rows: Sequence[Row]

    @property
    def worst(self) -> Row:
        """The row that comes first: an overdue one if there is any."""
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; `body` where the heading is a body, so that all of it can be chosen at once."""

    name: str
    rows: Sequence[Row]
    body: Department | None = None

    @property
    def overdue(self) -> int:
        return sum(row.is_overdue for row in self.rows)


@dataclass(frozen=True)
class Board:
    """All rows in their order, and under the headings that were asked for."""

    rows: Sequence[Row]
    groups: Sequence[Group]
    today: date
    asked: Asked = field(default_factory=Asked)

    @property
    def overdue(self) -> int:
        return sum(row.is_overdue for row in self.rows)

    @property
    def soon(self) -> int:
        """Not overdue, and due within a week."""
        waiting = (row for row in self.rows if row.is_open and row.part.state != State.PROPOSED)
        return sum(row.days_left is not None and 0 <= row.days_left <= SOON.days for row in waiting)

    @property
    def proposed(self) -> int:
        return sum(row.is_open and row.part.state == State.PROPOSED for row in self.rows)

    @property
    def extensions(self) -> int:
        return sum(row.is_open and row.part.asked_due_on is not None for row in self.rows)

    @cached_property
    def lines(self) -> list[Line]:
        """Each task with its bodies, the most pressing first."""
        held: dict[Hashable, list[Row]] = defaultdict(list)
        for row in self.rows:
            held[row.task.pk, row.part.due_on].append(row)
        return [Line(rows[0].task, due_on, rows) for (_, due_on), rows in held.items()]


def open_rows(scope: Scope, *, today: date, body: str = "", commune: str = "") -> Board:
    """What is under way, of a body or about a commune, for a page about something else (one query).

    Its rows name neither communes nor what was last told.
    """
    asked = Asked(state=UNDER_WAY, body=body, commune=commune)
    parts = _asked_for(asked, scope, today).with_about()
    rows = [Row(part, today, part.department_id in scope.department_ids) for part in parts]
    return Board(sorted(rows, key=lambda row: row.order), (), today, asked)


def board(scope: Scope, asked: Asked, *, today: date) -> Board:
    """The parts of tasks given until the day (four queries, however many there are)."""
    rows = sorted(_rows(_asked_for(asked, scope, today), scope, today), key=lambda row: row.order)
    return Board(rows, _groups(rows, asked.group), today, asked)


def _asked_for(asked: Asked, scope: Scope, today: date) -> AssignmentQuerySet:
    parts = Assignment.objects.given_by(today)
    if asked.state and asked.state != State.DONE:
        parts = parts.under_way()
    wanted = {
        "state": "" if asked.state == UNDER_WAY else asked.state,
        "department__code": asked.body,
        "task__directive": asked.directive,
        "task__communes__code": asked.commune,
        "due_on__lte": asked.until,
    }
    parts = parts.filter(**{column: value for column, value in wanted.items() if value})
    if asked.district:
        own, none = Q(department__district__code=asked.district), Q(department__district=None)
        parts = parts.filter(own | none & Q(task__in=Task.objects.filter(communes__district__code=asked.district)))
    if asked.only_overdue:
        parts = parts.overdue(today)
    return parts.done_by(scope) if asked.only_mine else parts


def rows_of(parts: Collection[int], scope: Scope, *, today: date) -> list[Row]:
    """The rows of some parts (ids) that are under way, in the order of the board (four queries)."""
    held = Assignment.objects.under_way().given_by(today).filter(pk__in=parts)
    return sorted(_rows(held, scope, today), key=lambda row: row.order)


def _rows(parts: AssignmentQuerySet, scope: Scope, today: date) -> list[Row]:
    held = list(parts.with_about().select_related("department__district"))
    communes = _communes({part.task_id for part in held})
    told = _last_told([part.pk for part in held], scope)
    return [
        Row(part, today, part.department_id in scope.department_ids, told.get(part.pk), communes.get(part.task_id, ()))
        for part in held
    ]


def _communes(tasks: Collection[int]) -> dict[int, list[Commune]]:
    """Communes of tasks (ids), by name (two queries)."""
    links = Task.communes.through.objects.filter(task__in=tasks).values_list("task_id", "commune_id")
    links = list(links)
    found = Commune.objects.select_related("district").in_bulk({commune for _, commune in links})
    by_task: dict[int, list[Commune]] = defaultdict(list)
    for task, commune in links:
        by_task[task].append(found[commune])
    return {task: sorted(held, key=lambda c: c.sort_key) for task, held in by_task.items()}


def _last_told(parts: Collection[int], scope: Scope) -> dict[int, TaskUpdate]:
    """What was last told of each part (ids), where this person may read it (one query)."""
    newest = TaskUpdate.objects.visible_to(scope).filter(assignment__in=parts).order_by()
    newest = newest.values("assignment").annotate(newest=Max("pk")).values("newest")
    return {update.assignment_id: update for update in TaskUpdate.objects.filter(pk__in=newest)}


def _groups(rows: Sequence[Row], by: str) -> list[Group]:
    """Under headings; what is this person's own stands first, under a heading of its own."""
    mine = [row for row in rows if row.is_mine]
    rest = [row for row in rows if not row.is_mine]
    return [*([Group("Việc của đơn vị tôi", mine)] if mine else []), *GROUPINGS[by](rest)]


def _by_body(rows: Sequence[Row]) -> list[Group]:
    order = Department.Kind.values

    def key(row: Row) -> tuple:
        body = row.part.department
        return order.index(body.kind), body.sort_key, body.pk

    found = [list(held) for _, held in groupby(sorted(rows, key=key), key)]
    return [Group(held[0].part.department.name, held, held[0].part.department) for held in found]


def _by_directive(rows: Sequence[Row]) -> list[Group]:
    def key(row: Row) -> tuple:
        about: Directive | None = row.task.directive
        return (about is None, -about.issued_on.toordinal() if about else 0, about.pk if about else 0)

    found = [list(held) for _, held in groupby(sorted(rows, key=key), key)]
    return [Group(_directive_name(held[0].task.directive), held) for held in found]


def _directive_name(directive: Directive | None) -> str:
    return f"{directive}, {directive.issued_on:%d/%m/%Y}" if directive else "Văn phòng điều phối giao"


def _by_district(rows: Sequence[Row]) -> list[Group]:
    """A part in several districts stands under each of them."""
    held: dict[int | None, list[Row]] = defaultdict(list)
    names: dict[int | None, District] = {}
    for row in rows:
        for district in row.districts or [None]:
            key = district.pk if district else None
            held[key].append(row)
            if district:
                names[key] = district
    order = sorted(names, key=lambda pk: names[pk].sort_key)
    found = [Group(names[pk].full_name, held[pk]) for pk in order]
    return [*found, *([Group("Không riêng huyện nào", held[None])] if None in held else [])]


def _by_due(rows: Sequence[Row]) -> list[Group]:
    found = [(name, list(held)) for name, held in groupby(rows, _nearness)]
    return [Group(name, held) for name, held in found]


def _nearness(row: Row) -> str:
    """The heading of its day; rows come in the order of these."""
    left = row.days_left
    if not row.is_open:
        return "Đã xong hoặc đã đóng"
    if left is None:
        return "Thường xuyên"
    if left < 0:
        return "Quá hạn" if row.is_overdue else "Quá hạn, chờ xác nhận"
    if left <= SOON.days:
        return f"Trong {SOON.days} ngày tới"
    return f"Tháng {row.part.due_on:%m/%Y}"


GROUPINGS: Mapping[str, Callable[[Sequence[Row]], list[Group]]] = {
    "han": _by_due,
    "don-vi": _by_body,
    "van-ban": _by_directive,
    "huyen": _by_district,
}
"""Ways to put the rows under headings, by the value of `?nhom=`."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the board can be narrowed to: bodies, directives and districts that have a task (three queries)."""

    bodies: Sequence[Department]
    directives: Sequence[Directive]
    districts: Sequence[District]

    @classmethod
    def at(cls, today: date) -> "Choices":
        parts = Assignment.objects.given_by(today)
        with_communes = Q(communes__tasks__given_on__lte=today)
        own = Q(department__in=parts.values("department"))
        return cls(
            list(Department.objects.filter(pk__in=parts.values("department"))),
            list(Directive.objects.filter(pk__in=parts.values("task__directive"))),
            list(District.objects.filter(own | with_communes).distinct().order_by("sort_key")),
        )
