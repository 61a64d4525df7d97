"""Nearest first: what a unit lacks, sorted by how little is missing."""

from dataclasses import dataclass
from fractions import Fraction

from criteria.engine.facts import Comparison, Result
from criteria.engine.judge import CriterionFinding, IndicatorFinding, MeasureFinding, UnitFinding
from criteria.engine.wording import quantity

WHOLE_STEP = Fraction(1)
"""Distance counted for an indicator with no measurable gap: a yes/no not met, or no data."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One indicator in the way; `measure` is the value that falls short, none where there is nothing to measure."""

    finding: IndicatorFinding
    measure: MeasureFinding | None
    distance: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion not yet met, and what it lacks."""

    finding: CriterionFinding
    missing: tuple[Missing, ...]

    @property
    def distance(self) -> tuple[int, Fraction]:
        """First how many indicators are in the way, then how far they are from their thresholds."""
        indicators = {m.finding.indicator.code for m in self.missing}
        return (len(indicators), sum((m.distance for m in self.missing), Fraction(0)))


def _relative(finding: MeasureFinding) -> Fraction:
    """The gap as a share of the threshold; a threshold of 0 counts as a whole step."""
    if finding.gap is None or finding.threshold is None or not finding.threshold.value:
        return WHOLE_STEP
    return min(Fraction(finding.gap) / abs(Fraction(finding.threshold.value)), WHOLE_STEP)


_FALLS = {Comparison.AT_LEAST: "còn thiếu", Comparison.AT_MOST: "còn cao hơn", Comparison.EQUAL: "còn lệch"}


def _missing_of(finding: IndicatorFinding) -> list[Missing]:
    short = [m for m in finding.measures if m.result is Result.NOT_MET]
    if finding.result is Result.NOT_MET and short:
        return [
            Missing(
                finding, m, _relative(m), f"{_FALLS[m.measure.comparison]} {quantity(m.gap, m.measure.unit)}: {m.text}"
            )
            if m.gap
            else Missing(finding, m, WHOLE_STEP, m.text)
            for m in short
        ]
    return [Missing(finding, None, WHOLE_STEP, finding.reason)]


def nearest_first(unit: UnitFinding) -> tuple[Step, ...]:
    """The criteria that a unit does not meet, nearest first, each with the indicators in its way."""
    steps = []
    for criterion in unit.criteria:
        if criterion.result.is_passed:
            continue
        lacking = [f for f in criterion.indicators if not f.result.is_passed]
        missing = tuple(sorted((m for f in lacking for m in _missing_of(f)), key=lambda m: m.distance))
        steps.append(Step(criterion, missing))
    return tuple(sorted(steps, key=lambda step: (step.distance, step.finding.criterion.number)))
