"""Obstacles as their pages show them: the list with ages, what waits for UBND tỉnh, and those that say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from communes.models import Commune, District
from criteria.models import Indicator
from directives.models import Obstacle, ObstacleStep, Task
from directives.models.obstacle import ObstacleQuerySet
from directives.queries import resembling
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope
from ntm_portal.core import clock, text

State = Obstacle.State
OPEN = "dang-mo"
OFFICE = "van-phong"
"""As the one that has to answer: nobody was asked, so it is the coordination office."""
_MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; nothing where it is not narrowed. `state` may also be OPEN, `owner` OFFICE."""

    state: str = OPEN
    district: str = ""
    body: str = ""
    owner: str = ""
    words: str = ""
    only_overdue: bool = False
    only_mine: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One obstacle on a day."""

    obstacle: Obstacle
    today: date

    @property
    def age(self) -> int:
        """Days since it was raised."""
        return (self.today - clock.local(self.obstacle.raised_at).date()).days

    @property
    def days_left(self) -> int | None:
        """Days until an answer is due, while one is awaited."""
        return (self.obstacle.answer_by - self.today).days if self.obstacle.awaits_answer else None

    @property
    def is_overdue(self) -> bool:
        left = self.days_left
        return left is not None and left < 0

    @property
    def answer_words(self) -> str:
        """How far the answer is."""
        left, answered = self.days_left, self.obstacle.answered_at
        if left is None:
            return f"đã trả lời {clock.local(answered):%d/%m/%Y}" if answered else ""
        if left < 0:
            return f"quá hạn {-left} ngày"
        return f"còn {left} ngày" if left else "hạn hôm nay"

    @property
    def about(self) -> str:
        """What it is about, in words."""
        held = self.obstacle
        named = [held.commune.full_name if held.commune else ""]
        named += [f"chỉ tiêu {held.indicator.code}" if held.indicator else "", held.task.title if held.task else ""]
        return "; ".join(filter(None, named))


def obstacles_asked(scope: Scope, asked: Asked, *, today: date) -> ObstacleQuerySet:
    """Those that this person may see, open ones first, the oldest first."""
    found = Obstacle.objects.visible_to(scope)
    if asked.state:
        found = found.still_open() if asked.state == OPEN else found.filter(state=asked.state)
    if asked.only_overdue:
        found = found.overdue(today)
    if asked.only_mine:
        found = found.of_bodies(scope.department_ids)
    wanted = {"raised_by__code": asked.body, "search_key__contains": text.search_key(asked.words)}
    if asked.owner == OFFICE:
        found = found.filter(owner=None)
    else:
        wanted["owner__code"] = asked.owner
    found = found.filter(**{column: value for column, value in wanted.items() if value})
    if asked.district:
        there = Q(commune__district__code=asked.district)
        found = found.filter(there | Q(commune=None, raised_by__district__code=asked.district))
    return found.with_about().order_by("raised_at", "pk")


def tally(scope: Scope, *, today: date) -> dict[str, int]:
    """How many open ones this person may see: all, overdue, new, on the list for UBND tỉnh, own (one query)."""
    rows = Obstacle.objects.visible_to(scope).still_open()
    own = Q(pk__in=rows.of_bodies(scope.department_ids).values("pk"))
    return rows.aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(pk__in=Obstacle.objects.overdue(today).values("pk"))),
        new=Count("pk", filter=Q(state=State.RAISED)),
        to_report=Count("pk", filter=Q(pk__in=Obstacle.objects.to_report().values("pk"))),
        own=Count("pk", filter=own),
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed to (three queries)."""

    districts: Sequence[District]
    bodies: Sequence[Department]
    owners: Sequence[Department]

    @classmethod
    def of(cls, scope: Scope) -> "Choices":
        seen = Obstacle.objects.visible_to(scope)
        bodies = Department.objects.order_by("sort_key")
        return cls(
            list(District.objects.order_by("sort_key")),
            list(bodies.filter(pk__in=seen.values("raised_by"))),
            list(bodies.filter(pk__in=seen.values("owner"))),
        )


def similar_open(
    words: str,
    scope: Scope,
    *,
    body: Department,
    commune: Commune | None = None,
    indicator: Indicator | None = None,
    task: Task | None = None,
) -> list[Obstacle]:
    """Open ones about the same that seem to say the same, the closest first (one query).

    The same words about another commune are another obstacle.
    """
    about = Q(commune=None, indicator=None, task=None) | Q(raised_by=body, commune=commune)
    if commune is not None:
        about |= Q(commune=commune)
    if indicator is not None:
        about |= Q(indicator=indicator, commune=commune)
    if task is not None:
        about |= Q(task=task)
    among = Obstacle.objects.visible_to(scope).still_open().filter(about).with_about().order_by("pk")
    return resembling(words, among)[:_MOST_ALIKE]


def steps_of(obstacle: Obstacle) -> list[ObstacleStep]:
    """What was done about it, the oldest first (one query)."""
    return list(obstacle.steps.select_related("department", "taken_by").order_by("pk"))


def to_report(scope: Scope) -> list[tuple[Obstacle, str]]:
    """Those on the list for UBND tỉnh that have not gone out, each with what is asked (two queries)."""
    rows = list(Obstacle.objects.visible_to(scope).to_report().with_about().order_by("raised_at", "pk"))
    said = ObstacleStep.objects.filter(obstacle__in=rows, kind=ObstacleStep.Kind.ESCALATED).order_by("pk")
    latest = dict(said.values_list("obstacle_id", "text"))
    return [(row, latest.get(row.pk, "")) for row in rows]


@dataclass(frozen=True, slots=True)
class OpenOf:
    """Open obstacles of something, as its page tells of them: how many, and the oldest."""

    count: int
    overdue: int
    oldest: Sequence[Row]


def open_of(rows: ObstacleQuerySet, *, today: date, most: int = 5) -> OpenOf:
    """Of rows that the reader may see (two queries)."""
    rows = rows.still_open()
    late = Q(answer_by__lt=today, answered_at__isnull=True)
    counted = rows.aggregate(count=Count("pk"), overdue=Count("pk", filter=late))
    oldest = [Row(o, today) for o in rows.with_about().order_by("raised_at", "pk")[:most]]
    return OpenOf(counted["count"], counted["overdue"], oldest)
