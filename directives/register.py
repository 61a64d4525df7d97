"""Reads of the register: directives with what became of them, one with its marked text, and the chain they form."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from directives.models import Assignment, Directive, Target, Task
from directives.queries import State, TargetResult
from directives.reading import Passage, passages, place_of
from ntm_portal.accounts.scope import Scope
from ntm_portal.core import text


def register(*, words: str = "", kind: str = "", issuer: str = "", year: int | None = None) -> QuerySet[Directive]:
    """Directives that hold all the words in number, abstract or text, marks and case aside; the latest first."""
    rows = Directive.objects.defer("body", "search_key").select_related("file").order_by("-issued_on", "-pk")
    for word in text.search_key(words).split():
        rows = rows.filter(search_key__contains=word)
    asked = {"kind": kind, "issuer": issuer, "year": year}
    return rows.filter(**{name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """Tasks of a directive that the asker may follow: all, those under way, and those of them that are overdue."""

    total: int = 0
    under_way: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A directive of the list, its targets by state, the worst first, and its tasks."""

    directive: Directive
    states: Sequence[tuple[State, int]]
    tasks: TaskCounts


def register_rows(
    directives: Sequence[Directive], results: Iterable[TargetResult], scope: Scope, *, today: date
) -> list[RegisterRow]:
    """The directives with their counts (two queries)."""
    states: dict[int, Counter[State]] = {}
    for result in results:
        states.setdefault(result.target.directive_id, Counter())[result.state] += 1
    tasks = _task_counts([d.pk for d in directives], scope, today)
    return [
        RegisterRow(
            directive,
            sorted(states.get(directive.pk, Counter()).items(), key=lambda held: held[0].trouble),
            tasks.get(directive.pk, TaskCounts()),
        )
        for directive in directives
    ]


def _task_counts(directives: Sequence[int], scope: Scope, today: date) -> dict[int, TaskCounts]:
    totals = dict(
        Task.objects.filter(directive__in=directives).order_by().values_list("directive").annotate(Count("pk"))
    )
    late = Q(due_on__lt=today) & ~Q(state=Assignment.State.PROPOSED)
    parts = Assignment.objects.visible_to(scope).under_way().filter(task__directive__in=directives)
    counted = (
        parts.order_by()
        .values("task__directive")
        .annotate(under_way=Count("task", distinct=True), overdue=Count("task", distinct=True, filter=late))
    )
    found = {row["task__directive"]: (row["under_way"], row["overdue"]) for row in counted}
    return {pk: TaskCounts(total, *found.get(pk, (0, 0))) for pk, total in totals.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """One directive of the chain: what binds it to the one at hand."""

    relation: str
    directive: Directive


@dataclass(frozen=True, slots=True)
class Chain:
    """What a directive builds on, and what was built on it."""

    before: Sequence[Link]
    after: Sequence[Link]


_BEFORE = (("dẫn chiếu", "refers_to"), ("thay thế", "replaces"), ("sửa đổi, bổ sung", "amends"))
_AFTER = (
    ("dẫn chiếu văn bản này", "directive_set"),
    ("thay thế văn bản này", "replaced_by"),
    ("sửa đổi văn bản này", "amended_by"),
)


def chain(directive: Directive) -> Chain:
    """The directives around one (six queries)."""

    def linked(ways: Iterable[tuple[str, str]]) -> list[Link]:
        return [
            Link(relation, other)
            for relation, name in ways
            for other in getattr(directive, name).defer("body", "search_key").order_by("issued_on", "pk")
        ]

    return Chain(linked(_BEFORE), linked(_AFTER))


@dataclass(frozen=True, slots=True)
class Mark:
    """A target or a task whose quote stands in the text."""

    kind: str
    record: Target | Task
    start: int
    end: int

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.record.pk}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text that the same marks cover; the closest mark comes first."""

    text: str
    marks: Sequence[Mark] = ()


def marks_in(body: str, targets: Iterable[Target], tasks: Iterable[Task]) -> list[Mark]:
    """Where quotes stand in the text; a quote that is not there word for word has no mark."""
    held = [("muc-tieu", target) for target in targets] + [("nhiem-vu", task) for task in tasks]
    found = [(kind, record, place_of(record.quote, body)) for kind, record in held]
    return [Mark(kind, record, *place) for kind, record, place in found if place]


def marked_text(body: str, marks: Sequence[Mark]) -> list[Piece]:
    """The whole text in runs, each with the marks that cover it."""
    cuts = sorted({0, len(body), *(m.start for m in marks), *(m.end for m in marks)})
    pieces = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        covering = [m for m in marks if m.start <= start and end <= m.end]
        pieces.append(Piece(body[start:end], sorted(covering, key=lambda m: m.end - m.start)))
    return pieces


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A passage to be marked, and what has been made of it so far."""

    passage: Passage
    key: str
    marks: Sequence[Mark]
    is_information: bool

    @property
    def is_done(self) -> bool:
        return bool(self.marks) or self.is_information


def passage_key(said: str) -> str:
    """What a passage is known by while its words stay the same."""
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def marked_passages(body: str, marks: Sequence[Mark], information: Iterable[str]) -> list[MarkedPassage]:
    """Every passage of the text; it is done once a quote lies in it, or it was called information (keys)."""
    known = set(information)
    found = []
    for passage in passages(body):
        key = passage_key(passage.text)
        own = [m for m in marks if m.start < passage.end and passage.start < m.end]
        found.append(MarkedPassage(passage, key, own, key in known))
    return found


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of a directive and the parts in it that the asker may follow."""

    task: Task
    parts: Sequence[Assignment] = field(default_factory=list)


def tasks_of(directive: Directive, scope: Scope) -> list[TaskRow]:
    """Tasks by due day, each with its visible parts (two queries)."""
    parts = Assignment.objects.visible_to(scope).with_about().order_by("due_on", "department__sort_key")
    tasks = directive.tasks.select_related("target").order_by("due_on", "pk")
    return [TaskRow(task, task.seen) for task in tasks.prefetch_related(Prefetch("assignments", parts, to_attr="seen"))]


def results_of(directive: Directive, results: Iterable[TargetResult]) -> list[TargetResult]:
    return [result for result in results if result.target.directive_id == directive.pk]


def years_and_issuers() -> Mapping[str, list]:
    """What the register can be narrowed to (two queries)."""
    rows = Directive.objects.order_by()
    years = sorted(set(rows.values_list("year", flat=True)), reverse=True)
    return {"years": years, "issuers": sorted(set(rows.values_list("issuer", flat=True)), key=text.sort_key)}
