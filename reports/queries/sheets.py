"""A criterion report as it is filled in, checked, reviewed and written into a workbook: one read for all of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from communes.models import Commune
from criteria.engine.facts import Conclusion, IndicatorSpec, MeasureSpec, Reading
from criteria.engine.judge import IndicatorFinding
from criteria.models import Assessment, Indicator, Measurement
from criteria.queries import catalogue
from reports.answers import Answer, judged
from reports.checks import CheckedLine, Problem, problems_of
from reports.models import Evidence, Report, ReportLine, ReviewNote


@dataclass(frozen=True)
class SheetLine:
    """One line with what it is held against: the period before, the threshold, the engine, the checks."""

    line: ReportLine
    spec: IndicatorSpec
    answer: Answer
    previous: Answer
    finding: IndicatorFinding
    evidence: tuple[Evidence, ...]
    notes: tuple[ReviewNote, ...]
    checked: CheckedLine

    @property
    def is_answered(self) -> bool:
        return self.line.answered_at is not None

    @property
    def is_changed(self) -> bool:
        return self.checked.is_changed

    @property
    def fell(self) -> bool:
        return self.answer.fell_from(self.previous)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        return problems_of(self.checked)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]

    @property
    def cells(self) -> list[tuple[MeasureSpec, Reading | None, Reading | None]]:
        """(measure, value now, value of the period before), in the order of the measures."""
        return [(m, self.answer.readings.get(m.id), self.previous.readings.get(m.id)) for m in self.spec.measures]


@dataclass(frozen=True)
class Sheet:
    """All lines of a report, by district, commune and indicator, each in its order."""

    report: Report
    lines: tuple[SheetLine, ...]
    specs: tuple[IndicatorSpec, ...]

    @cached_property
    def by_id(self) -> Mapping[int, SheetLine]:
        return {row.line.pk: row for row in self.lines}

    @cached_property
    def counts(self) -> Counter[str]:
        """Lines by what is left to do: all, answered, changed, fell, error, warning."""
        found: Counter[str] = Counter(total=len(self.lines))
        for row in self.lines:
            found["answered"] += row.is_answered
            found["changed"] += row.is_changed
            found["fell"] += row.fell
            found["error"] += bool(row.errors)
            found["warning"] += any(not problem.is_error for problem in row.problems)
        return found

    @property
    def errors(self) -> list[tuple[SheetLine, Problem]]:
        return [(row, problem) for row in self.lines for problem in row.errors]


def answer_of(line: ReportLine) -> Answer:
    """What a line says now."""
    return Answer(line.concluded, line.facts, line.note, line.basis)


def _previous(lines: Iterable[ReportLine]) -> dict[int, Answer]:
    """Answers of the assessments that lines were filled in from, by assessment id (two queries)."""
    keys = {line.previous_id for line in lines if line.previous_id}
    readings: dict[int, dict[int, Reading]] = defaultdict(dict)
    held = Measurement.objects.filter(assessment__in=keys)
    for assessment, measure, *numbers in held.values_list(
        "assessment_id", "measure_id", "value", "numerator", "denominator"
    ):
        readings[assessment][measure] = Reading(*numbers)
    rows = Assessment.objects.filter(pk__in=keys).values_list("pk", "conclusion", "note", "basis")
    return {pk: Answer(Conclusion(conclusion), readings[pk], note, basis) for pk, conclusion, note, basis in rows}


def specs_of(indicators: Iterable[int], *, set_code: str) -> dict[int, IndicatorSpec]:
    """Indicators of a set with their thresholds, by id, in the order of the set (one query)."""
    wanted = set(indicators)
    spec = catalogue(set_code, known_at=None)
    return {i.id: i for c in spec.criteria for i in c.indicators if i.id in wanted}


def set_code_of(lines: Iterable[ReportLine]) -> str | None:
    """Code of the criteria set that a report is about; all its lines are of one set."""
    first = next(iter(lines), None)
    return None if first is None else first.indicator.criterion.criteria_set.code


def sheet(report: Report, *, only: Iterable[int] | None = None) -> Sheet:
    """The lines of a criterion report, judged and checked (at most eight queries, however many lines).

    `only` are ids of lines, where a few are enough.
    """
    return sheets([report], only=only)[0]


def sheets(reports: Sequence[Report], *, only: Iterable[int] | None = None) -> list[Sheet]:
    """The same of several reports, in their order, at the cost of one (a query more for each further criteria set)."""
    rows = ReportLine.objects.filter(report__in=[report.pk for report in reports]).order_by(
        "commune__district__sort_key", "commune__sort_key", "indicator__criterion__number", "indicator__order"
    )
    lines = list(rows if only is None else rows.filter(pk__in=set(only)))
    indicators = _with_places(lines)
    specs: dict[int, IndicatorSpec] = {}
    for code in sorted({indicator.criterion.criteria_set.code for indicator in indicators.values()}):
        specs |= specs_of(indicators, set_code=code)
    previous = _previous(lines)
    evidence, notes = _beside(lines, Evidence), _beside(lines, ReviewNote)
    needing = {pk for pk, indicator in indicators.items() if indicator.needs_evidence}
    owners = {report.pk: report for report in reports}
    made: dict[int, list[SheetLine]] = defaultdict(list)
    for line in lines:
        before = previous.get(line.previous_id or 0, Answer())
        held, said = evidence.get(line.pk, ()), notes.get(line.pk, ())
        spec, report = specs[line.indicator_id], owners[line.report_id]
        made[report.pk].append(_line(report, line, spec, before, held, said, needing))
    return [_sheet(report, made[report.pk], specs) for report in reports]


def _with_places(lines: Sequence[ReportLine]) -> dict[int, Indicator]:
    """Give each line its commune and its indicator, one record for all of its lines (two queries).

    A join would build all of them anew for each of thousands of lines, most of the time of a queue.
    """
    communes = Commune.objects.select_related("district").in_bulk({line.commune_id for line in lines})
    indicators = Indicator.objects.select_related("criterion__criteria_set").in_bulk(
        {line.indicator_id for line in lines}
    )
    for line in lines:
        line.commune, line.indicator = communes[line.commune_id], indicators[line.indicator_id]
    return indicators


def _sheet(report: Report, lines: Sequence[SheetLine], specs: Mapping[int, IndicatorSpec]) -> Sheet:
    own = {row.spec.id for row in lines}
    return Sheet(report, tuple(lines), tuple(spec for key, spec in specs.items() if key in own))


def _beside(lines: Iterable[ReportLine], model: type[Evidence] | type[ReviewNote]) -> dict[int, tuple]:
    """Evidence or notes by line (one query)."""
    found: dict[int, list] = defaultdict(list)
    related = ("file",) if model is Evidence else ("written_by",)
    records = model.objects.filter(report__in={line.report_id for line in lines}, line__isnull=False)
    for record in records.select_related(*related):
        found[record.line_id].append(record)
    return {key: tuple(records) for key, records in found.items()}


def _line(
    report: Report,
    line: ReportLine,
    spec: IndicatorSpec,
    previous: Answer,
    evidence: tuple[Evidence, ...],
    notes: tuple[ReviewNote, ...],
    needing: set[int],
) -> SheetLine:
    answer = answer_of(line)
    finding = judged(spec, answer, line.commune.group, report.as_of)
    checked = CheckedLine(
        spec=spec,
        group=line.commune.group,
        on=report.as_of,
        answer=answer,
        previous=previous,
        finding=finding,
        is_answered=line.answered_at is not None,
        has_evidence=bool(evidence),
        needs_evidence=line.indicator_id in needing,
    )
    return SheetLine(line, spec, answer, previous, finding, evidence, notes, checked)
