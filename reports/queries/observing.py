"""What bodies say that they saw in communes, and since when without a break."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from reports.models import Observation, Report

_HANDED_IN = (Report.State.SUBMITTED, Report.State.APPROVED)
_LATEST_FIRST = ("-entry__report__as_of", "-entry__report__submitted_at", "-pk")
_LABELS = dict(Observation.CONCLUSIONS)

Place = tuple[int, int]
"""(commune id, criterion id)"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One body's observation of one criterion of one commune, in a report that was handed in."""

    id: int
    department_id: int
    department_code: str
    department: str
    commune_id: int
    commune_code: str
    criterion_id: int
    conclusion: str
    note: str
    report_id: int
    obligation_id: int
    as_of: date
    submitted_at: datetime

    @property
    def conclusion_label(self) -> str:
        return _LABELS[self.conclusion].lower()

    @property
    def place(self) -> Place:
        return (self.commune_id, self.criterion_id)

    @property
    def key(self) -> tuple[int, int, int]:
        """Who says of what."""
        return (self.department_id, *self.place)

    @property
    def label(self) -> str:
        return _LABELS[self.conclusion]

    @property
    def report_url(self) -> str:
        """The commune in the report."""
        return reverse("reports:entry", args=[self.report_id, self.commune_code])


_FIELDS = (
    "pk", "entry__report__obligation__department_id", "entry__report__obligation__department__code",
    "entry__report__obligation__department__short_name", "entry__commune_id", "entry__commune__code", "criterion_id",
    "conclusion", "note", "entry__report_id", "entry__report__obligation_id", "entry__report__as_of",
    "entry__report__submitted_at",
)  # fmt: skip


def _handed_in() -> QuerySet[Observation]:
    return Observation.objects.filter(entry__report__state__in=_HANDED_IN)


def seen_last() -> dict[Place, list[Seen]]:
    """What each body says of a criterion of a commune in its last report on it; silence is left out (one query)."""
    who_of_what = ("entry__report__obligation__department", "entry__commune", "criterion")
    ranked = _handed_in().annotate(
        rank=Window(
            RowNumber(),
            partition_by=[F(name) for name in who_of_what],
            order_by=[F(name.removeprefix("-")).desc() for name in _LATEST_FIRST],
        )
    )
    found: dict[Place, list[Seen]] = defaultdict(list)
    for values in ranked.filter(rank=1).order_by(who_of_what[0] + "__sort_key").values_list(*_FIELDS):
        seen = Seen(*values)
        if seen.conclusion:
            found[seen.place].append(seen)
    return found


@dataclass(frozen=True, slots=True)
class Run:
    """The unbroken row of a body's reports that say the same, back from the last one."""

    since: date
    reports: int
    observations: Mapping[int, datetime]
    """Ids of what says so, each with the moment at which it was handed in."""


def runs_of(last: Iterable[Seen]) -> dict[tuple[int, int, int], Run]:
    """How long each body has been saying what it says (one query)."""
    wanted = {seen.key for seen in last}
    rows = _handed_in().filter(
        entry__report__obligation__department__in={department for department, _, _ in wanted},
        entry__commune__in={commune for _, commune, _ in wanted},
        criterion__in={criterion for _, _, criterion in wanted},
    )
    told: dict[tuple[int, int, int], list[Seen]] = defaultdict(list)
    for values in rows.order_by(*_LATEST_FIRST).values_list(*_FIELDS):
        seen = Seen(*values)
        if seen.key in wanted:
            told[seen.key].append(seen)
    return {key: _run(rows) for key, rows in told.items()}


def _run(told: list[Seen]) -> Run:
    """Of a report that was corrected its last version speaks; an older one that said the same belongs to it."""
    said, heard, held = told[0].conclusion, set(), []
    for seen in told:
        if seen.conclusion != said and seen.obligation_id not in heard:
            break
        heard.add(seen.obligation_id)
        if seen.conclusion == said:
            held.append(seen)
    return Run(min(s.as_of for s in held), len(heard), {s.id: s.submitted_at for s in held})
