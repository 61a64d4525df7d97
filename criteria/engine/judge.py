"""From one unit's ledger entries to findings: measure, indicator, criterion, unit."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from criteria.engine.facts import (
    Comparison,
    Conclusion,
    CriterionSpec,
    Entry,
    IndicatorSpec,
    MeasureSpec,
    Reading,
    Result,
    SetSpec,
    ThresholdSpec,
)
from criteria.engine.wording import COMPARISON_SIGNS, RESULT_LABELS, number, quantity


class Why(StrEnum):
    """What decided a finding about an indicator."""

    NOTHING_RECORDED = "nothing recorded"
    VALUE_MISSING = "value missing"
    BASIS_MISSING = "exempted without a legal basis"
    EXEMPTED = "exempted"
    VALUES = "values against thresholds"
    CONCLUSION = "conclusion of the body in charge"
    STRICTER = "conclusion stricter than the values"
    BASELINE = "baseline data of the criterion"


@dataclass(frozen=True, slots=True)
class MeasureFinding:
    """One value against one threshold; `result` is none where no threshold is set."""

    measure: MeasureSpec
    threshold: ThresholdSpec | None
    reading: Reading | None
    result: Result | None

    @property
    def value(self) -> Decimal | None:
        return self.reading.value if self.reading else None

    @property
    def gap(self) -> Decimal | None:
        """How much is missing, in the unit of the measure; none when it passes or cannot be told."""
        if self.result is not Result.NOT_MET or self.threshold is None or self.value is None:
            return None
        return abs(self.threshold.value - self.value)

    @property
    def text(self) -> str:
        """The comparison in words, e.g. "69,95% hộ < 70% hộ"."""
        shown = "chưa có số liệu" if self.value is None else quantity(self.value, self.measure.unit)
        if self.reading and self.reading.numerator is not None and self.reading.denominator is not None:
            shown += f" ({number(self.reading.numerator)}/{number(self.reading.denominator)})"
        if self.threshold is None:
            return f"{shown} (tỉnh chưa quy định mức)"
        asked = number(self.threshold.value) + ("%" if self.measure.is_percentage else "")
        if self.result is Result.NOT_MET:
            return f"{shown}, yêu cầu {COMPARISON_SIGNS[self.measure.comparison]} {asked}"
        return f"{shown} (yêu cầu {COMPARISON_SIGNS[self.measure.comparison]} {asked})"


@dataclass(frozen=True, slots=True)
class IndicatorFinding:
    """What holds of one indicator, why, and the ledger entry on which it rests."""

    indicator: IndicatorSpec
    result: Result
    why: Why
    entry: Entry | None
    measures: tuple[MeasureFinding, ...]

    @property
    def reason(self) -> str:
        """The finding explained in one Vietnamese sentence."""
        said = "; ".join(finding.text for finding in self.measures)
        note = f" ({self.entry.note})" if self.entry and self.entry.note else ""
        words = _BASELINE_REASONS[self.result] if self.why is Why.BASELINE else _REASONS[self.why]
        return words.format(
            said=said,
            note=note,
            measured=f"; số đo: {said}" if said else "",
            basis=self.entry.basis if self.entry else "",
            label=RESULT_LABELS[self.result],
        )


_REASONS = {
    Why.NOTHING_RECORDED: "Chưa có số liệu",
    Why.VALUE_MISSING: "Chưa có số liệu: kết luận đạt nhưng thiếu số đo ({said})",
    Why.BASIS_MISSING: "Chưa có số liệu: ghi không xét nhưng thiếu căn cứ",
    Why.EXEMPTED: "Không xét theo {basis}",
    Why.VALUES: "{label}: {said}",
    Why.STRICTER: "Chưa đạt theo kết luận của cơ quan phụ trách{note}{measured}",
    Why.CONCLUSION: "{label} theo kết luận của cơ quan phụ trách{note}{measured}",
}
_BASELINE_REASONS = {
    Result.MET: "Đạt theo số liệu nền{note}",
    Result.NO_DATA: "Chưa có số liệu chỉ tiêu; tiêu chí chưa đạt theo số liệu nền{note}",
}


@dataclass(frozen=True, slots=True)
class CriterionFinding:
    """What holds of one criterion; `baseline` is the entry that decided it where indicators have no data."""

    criterion: CriterionSpec
    result: Result
    indicators: tuple[IndicatorFinding, ...]
    baseline: Entry | None = None

    @property
    def reason(self) -> str:
        """Why it is as it is, naming the indicators that decide it."""
        failed = [f.indicator.code for f in self.indicators if f.result is Result.NOT_MET]
        unknown = [f.indicator.code for f in self.indicators if f.result is Result.NO_DATA]
        if self.result is Result.NOT_MET and failed:
            return f"Chưa đạt chỉ tiêu {', '.join(failed)}"
        if self.result is Result.NOT_MET:
            return "Chưa đạt theo số liệu nền"
        if self.result is Result.NO_DATA:
            return f"Chưa có số liệu chỉ tiêu {', '.join(unknown)}"
        return "Mọi chỉ tiêu bắt buộc đều đạt"


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """What holds of one unit on one day."""

    criteria: tuple[CriterionFinding, ...]
    meets_standard: bool
    criteria_met: int
    results: str

    @property
    def criteria_total(self) -> int:
        return len(self.criteria)


_COMPARES: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.EQUAL: operator.eq,
}


def _passes(measure: MeasureSpec, reading: Reading, asked: Decimal) -> bool | None:
    """None when nothing was measured; a plain value is compared as the decimal it is, which is exact and quick."""
    compare = _COMPARES[measure.comparison]
    if reading.numerator is None:
        return None if reading.value is None else compare(reading.value, asked)
    exact = reading.exact(is_percentage=measure.is_percentage)
    return None if exact is None else compare(exact, Fraction(asked))


def judge_measure(measure: MeasureSpec, reading: Reading | None, group: str) -> MeasureFinding:
    """Hold one value against the threshold of the commune's group, else of its zone (exact, no rounding)."""
    threshold = measure.threshold_for(group)
    if threshold is None:
        return MeasureFinding(measure, None, reading, None)
    passes = _passes(measure, reading, threshold.value) if reading else None
    if passes is None:
        return MeasureFinding(measure, threshold, reading, Result.NO_DATA)
    return MeasureFinding(measure, threshold, reading, Result.MET if passes else Result.NOT_MET)


def judge_indicator(indicator: IndicatorSpec, entry: Entry | None, group: str) -> IndicatorFinding:
    """A conclusion may be stricter than the values, never laxer; a missing value is never a pass."""
    if entry is None:
        return IndicatorFinding(indicator, Result.NO_DATA, Why.NOTHING_RECORDED, None, ())
    if entry.conclusion is Conclusion.EXEMPT:
        if not entry.basis.strip():
            return IndicatorFinding(indicator, Result.NO_DATA, Why.BASIS_MISSING, entry, ())
        return IndicatorFinding(indicator, Result.EXEMPT, Why.EXEMPTED, entry, ())
    measures = tuple(judge_measure(m, entry.readings.get(m.id), group) for m in indicator.measures)
    held = [m.result for m in measures if m.result is not None]
    if Result.NOT_MET in held:
        return IndicatorFinding(indicator, Result.NOT_MET, Why.VALUES, entry, measures)
    if entry.conclusion is Conclusion.NOT_MET:
        why = Why.STRICTER if held and Result.NO_DATA not in held else Why.CONCLUSION
        return IndicatorFinding(indicator, Result.NOT_MET, why, entry, measures)
    if Result.NO_DATA in held:
        return IndicatorFinding(indicator, Result.NO_DATA, Why.VALUE_MISSING, entry, measures)
    return IndicatorFinding(indicator, Result.MET, Why.VALUES if held else Why.CONCLUSION, entry, measures)


def combine(parts: Iterable[tuple[bool, Result]], optional_at_least: int) -> Result:
    """All mandatory parts, and at least so many of the optional ones: (is_mandatory, result) in, one result out."""
    passed = unknown = 0
    mandatory_unknown = False
    for is_mandatory, result in parts:
        if is_mandatory:
            if result is Result.NOT_MET:
                return Result.NOT_MET
            mandatory_unknown = mandatory_unknown or result is Result.NO_DATA
        else:
            passed += result.is_passed
            unknown += result is Result.NO_DATA
    if passed + unknown < optional_at_least:
        return Result.NOT_MET
    if mandatory_unknown or passed < optional_at_least:
        return Result.NO_DATA
    return Result.MET


def _under_baseline(
    indicator: IndicatorSpec, entry: Entry | None, baseline: Entry | None, group: str
) -> IndicatorFinding:
    """A later report speaks for its indicator; until then the baseline of the criterion does."""
    if baseline is None or (entry is not None and entry.order > baseline.order):
        return judge_indicator(indicator, entry, group)
    result = Result.MET if baseline.conclusion is Conclusion.MET else Result.NO_DATA
    return IndicatorFinding(indicator, result, Why.BASELINE, baseline, ())


def judge_criterion(
    criterion: CriterionSpec, entries: Mapping[int, Entry], baseline: Entry | None, group: str
) -> CriterionFinding:
    """MET when all its indicators are MET or EXEMPT; NOT_MET when one is NOT_MET; else NO_DATA.

    Baseline data say of a whole criterion that it is met (so all its indicators are) or not met; then the
    criterion stays NOT_MET until later reports decide it. `entries` is keyed by indicator id.
    """
    findings = tuple(_under_baseline(i, entries.get(i.id), baseline, group) for i in criterion.indicators)
    result = combine(((f.indicator.is_mandatory, f.result) for f in findings), criterion.optional_at_least)
    if not findings:
        result = Result.NO_DATA
    if result is Result.NO_DATA and baseline is not None and baseline.conclusion is Conclusion.NOT_MET:
        return CriterionFinding(criterion, Result.NOT_MET, findings, baseline)
    return CriterionFinding(criterion, result, findings)


def judge_unit(
    criteria_set: SetSpec, entries: Mapping[int, Entry], baselines: Mapping[int, Entry], group: str
) -> UnitFinding:
    """Judge every criterion of a unit. `entries` by indicator id, `baselines` by criterion id."""
    findings = tuple(judge_criterion(c, entries, baselines.get(c.id), group) for c in criteria_set.criteria)
    whole = combine(((f.criterion.is_mandatory, f.result) for f in findings), criteria_set.optional_at_least)
    return UnitFinding(
        criteria=findings,
        meets_standard=bool(findings) and whole is Result.MET,
        criteria_met=sum(f.result.is_passed for f in findings),
        results="".join(f.result.letter for f in findings),
    )
