"""What a reviewer looks at: the queue, and one report with what changed, what fell and what others saw beside it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from criteria.asking import shown_today
from criteria.engine.facts import Result
from criteria.engine.judge import CriterionFinding, combine
from criteria.models import Assessment
from ntm_portal.core import clock
from reports.checks import Problem
from reports.checks_communes import contradicts
from reports.models import CommuneEntry, Observation, Report, ReviewNote
from reports.queries.discrepancies import findings_of
from reports.queries.observing import Place, Run, Seen, runs_of, seen_last
from reports.queries.sheets import Sheet, SheetLine, sheet, sheets

Findings = Mapping[Place, CriterionFinding]


@dataclass(frozen=True)
class Waiting:
    """A report in the queue: how late it came, and what there is to look at."""

    report: Report
    lines: int
    contradicted: int
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def days_late(self) -> int:
        """Days after the due day on which it first came in; 0 when it came in time."""
        return days_late(self.report)


def days_late(report: Report) -> int:
    """Days after the due day on which a report first came in; 0 when it came in time."""
    obligation = report.obligation
    first = obligation.first_submitted_at
    return max((clock.local(first).date() - obligation.due_on).days, 0) if first else 0


def _findings() -> Findings:
    return {place: finding for place, (_, finding) in findings_of(shown_today()).items()}


def queue() -> list[Waiting]:
    """Reports to review, oldest first (the same dozen queries for any number of them)."""
    waiting = list(Report.objects.waiting().with_about())
    if not waiting:
        return []
    held, said = _findings(), seen_last()
    shown = {found.report.pk: found for found in sheets([r for r in waiting if r.is_criteria_report])}
    entries, contradicted = _entries_of(waiting), _contradicted_in(waiting, held)
    rows = []
    for report in waiting:
        own = shown.get(report.pk)
        if own is None:
            rows.append(Waiting(report, entries[report.pk], contradicted[report.pk]))
        else:
            rows.append(Waiting(report, len(own.lines), len(_against(own, held, said)), _to_look_at(own)))
    return rows


def _to_look_at(shown: Sheet) -> Counter[str]:
    found = Counter({name: shown.counts[name] for name in ("changed", "fell", "error")})
    found["warning"] = sum(bool(warnings_of(row)) for row in shown.lines)
    return found


def _entries_of(reports: Iterable[Report]) -> Counter[int]:
    """Communes of each report (one query)."""
    return Counter(CommuneEntry.objects.filter(report__in=[r.pk for r in reports]).values_list("report_id", flat=True))


def _contradicted_in(reports: Iterable[Report], held: Findings) -> Counter[int]:
    """Observations of each report that contradict the ledger (one query)."""
    rows = Observation.objects.filter(entry__report__in=[r.pk for r in reports]).exclude(conclusion="")
    found: Counter[int] = Counter()
    for report, commune, criterion, conclusion in rows.values_list(
        "entry__report_id", "entry__commune_id", "criterion_id", "conclusion"
    ):
        finding = held.get((commune, criterion))
        found[report] += finding is not None and contradicts(conclusion, finding.result)
    return found


def warnings_of(row: SheetLine) -> list[Problem]:
    """What to look at again; that nobody has ever reported a line is no news."""
    return [problem for problem in row.problems if not problem.is_error and problem.code != "never_reported"]


def _against(shown: Sheet, held: Findings, said: Mapping[Place, list[Seen]]) -> dict[int, list[Seen]]:
    """By line: who saw in the commune what the criterion would not be, were the report approved."""
    by_place: dict[Place, list[SheetLine]] = defaultdict(list)
    for row in shown.lines:
        by_place[row.line.commune_id, row.line.indicator.criterion_id].append(row)
    found: dict[int, list[Seen]] = {}
    for place, rows in by_place.items():
        if place not in said or place not in held:
            continue
        result = _would_be(held[place], rows)
        against = [seen for seen in said[place] if contradicts(seen.conclusion, result)]
        for row in rows if against else ():
            if row.finding.result is not Result.NO_DATA and row.finding.result.is_passed is result.is_passed:
                found[row.line.pk] = against
    return found


def _would_be(finding: CriterionFinding, rows: Iterable[SheetLine]) -> Result:
    """The criterion with the lines of the report in place of what the ledger holds of their indicators."""
    told = {row.spec.id: row.finding.result for row in rows if row.answer.conclusion is not None}
    parts = ((f.indicator.is_mandatory, told.get(f.indicator.id, f.result)) for f in finding.indicators)
    return combine(parts, finding.criterion.optional_at_least)


@dataclass(frozen=True)
class LineReview:
    """A line as a reviewer sees it; `position` is that of the period before in the ledger."""

    row: SheetLine
    against: tuple[tuple[Seen, Run], ...]
    position: int | None

    @property
    def field(self) -> str:
        """Name of the field with a remark on it."""
        return f"dong-{self.row.line.pk}"

    @property
    def warnings(self) -> list[Problem]:
        return warnings_of(self.row)

    @property
    def group(self) -> str:
        """Under which heading it stands: the gravest thing about it."""
        if self.row.errors:
            return "error"
        if self.row.fell:
            return "fell"
        if self.row.is_changed:
            return "changed"
        if self.against:
            return "against"
        return "warning" if self.warnings else "same"


_GROUPS = {
    "error": "Sổ cái sẽ không nhận",
    "fell": "Không còn đạt",
    "changed": "Thay đổi so với kỳ trước",
    "against": "Báo cáo xã nói khác",
    "warning": "Cần xem lại",
    "same": "Giữ nguyên kỳ trước",
}


@dataclass(frozen=True)
class Group:
    """Lines under one heading; the unchanged are folded away."""

    code: str
    title: str
    lines: tuple[LineReview, ...]

    @property
    def is_folded(self) -> bool:
        return self.code == "same"


def groups_of(report: Report) -> list[Group]:
    """Lines of a criterion report by what is to be looked at first (at most twenty queries)."""
    shown = sheet(report)
    against = _against(shown, _findings(), seen_last())
    runs = runs_of(seen for said in against.values() for seen in said) if against else {}
    before = {row.line.previous_id for row in shown.lines if row.line.previous_id}
    positions = dict(Assessment.objects.filter(pk__in=before).values_list("pk", "position"))
    found: dict[str, list[LineReview]] = {code: [] for code in _GROUPS}
    for row in shown.lines:
        said = tuple((seen, runs[seen.key]) for seen in against.get(row.line.pk, ()))
        line = LineReview(row, said, positions.get(row.line.previous_id or 0))
        found[line.group].append(line)
    return [Group(code, _GROUPS[code], tuple(lines)) for code, lines in found.items() if lines]


@dataclass(frozen=True)
class EntryReview:
    """A commune of a commune report: what was seen there, and where that contradicts the ledger."""

    entry: CommuneEntry
    against: tuple[tuple[Observation, CriterionFinding], ...]

    @property
    def field(self) -> str:
        """Name of the field with a remark on it."""
        return f"xa-{self.entry.pk}"

    @property
    def is_notable(self) -> bool:
        """Whether there is anything to read about it."""
        entry = self.entry
        told = bool(entry.help_given or entry.proposals or self.against)
        return told or any(len(rows.all()) for rows in (entry.visits, entry.obstacles, entry.evidence))


def entries_of(report: Report) -> list[EntryReview]:
    """Communes of a report, those with contradictions first (at most fifteen queries)."""
    rows = report.entries.select_related("commune__district", "answered_by").prefetch_related(
        "observations__criterion", "visits", "obstacles", "evidence__file", "notes__written_by"
    )
    held = _findings()
    found = [
        EntryReview(
            entry,
            tuple(
                (seen, held[entry.commune_id, seen.criterion_id])
                for seen in entry.observations.all()
                if (entry.commune_id, seen.criterion_id) in held
                and contradicts(seen.conclusion, held[entry.commune_id, seen.criterion_id].result)
            ),
        )
        for entry in rows
    ]
    return sorted(found, key=lambda shown: (not shown.against, not shown.is_notable))


def told_before(report: Report) -> list[ReviewNote]:
    """What was said when the report, or an earlier version of it, was sent back, the latest first (one query)."""
    notes = ReviewNote.objects.filter(report__obligation=report.obligation_id)
    return list(notes.select_related("report", "line__commune", "line__indicator", "entry__commune", "written_by"))


def versions_of(report: Report) -> list[Report]:
    """Every version of what the body owes, the newest first (one query)."""
    rows = Report.objects.filter(obligation=report.obligation_id).with_about()
    return list(rows.order_by("-version"))
