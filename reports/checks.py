"""What is checked of every line before a report goes out: one function a check, one table of what is said.

An error keeps the report from being sent; a warning is shown to whoever sends and to whoever reviews.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from criteria.engine.admission import objections, reading_objections
from criteria.engine.facts import Conclusion, Entry, IndicatorSpec, MeasureSpec, Reading
from criteria.engine.judge import IndicatorFinding
from criteria.engine.wording import quantity
from reports.answers import Answer, refused


class Severity(Enum):
    """How much a problem weighs. `tone` is the class that a page shows it in."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        return "Lỗi" if self is Severity.ERROR else "Lưu ý"


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line with what it is checked against."""

    spec: IndicatorSpec
    group: str
    on: date
    answer: Answer
    previous: Answer
    finding: IndicatorFinding
    is_answered: bool
    has_evidence: bool
    needs_evidence: bool

    @property
    def is_changed(self) -> bool:
        return self.answer.differs_from(self.previous)

    @property
    def measured(self) -> list[tuple[MeasureSpec, Reading]]:
        """Measures that have a value, in their order."""
        return [(m, self.answer.readings[m.id]) for m in self.spec.measures if m.id in self.answer.readings]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, by the code of its check."""

    code: str
    severity: Severity
    message: str

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


Found = Iterable[dict[str, str]]
_CHECKS: dict[str, Callable[[CheckedLine], Found]] = {}
MESSAGES: dict[str, tuple[Severity, str]] = {
    "value_impossible": (Severity.ERROR, "{said}"),
    "numerator_above_denominator": (Severity.ERROR, "{measure}: tử số {numerator} lớn hơn mẫu số {denominator}."),
    "over_hundred": (Severity.ERROR, "{measure}: {value} vượt quá 100%."),
    "below_threshold": (Severity.ERROR, "{said}"),
    "exempt_without_basis": (Severity.ERROR, "Không xét thì phải ghi căn cứ pháp lý."),
    "stricter_without_reason": (
        Severity.ERROR,
        "Số đo đạt mức yêu cầu nhưng kết luận chưa đạt: phải ghi lý do vào ghi chú.",
    ),
    "fall_without_reason": (Severity.ERROR, "Kỳ trước đạt, kỳ này chưa đạt: phải ghi lý do vào ghi chú."),
    "evidence_missing": (Severity.ERROR, "Chỉ tiêu này phải có minh chứng khi thay đổi: hãy đính kèm tệp."),
    "line_empty": (Severity.ERROR, "Kỳ trước có số liệu, kỳ này để trống."),
    "value_without_conclusion": (Severity.ERROR, "Có số đo nhưng chưa kết luận đạt hay chưa đạt."),
    "unconfirmed": (Severity.ERROR, "Chưa sửa và chưa xác nhận giữ nguyên kỳ trước."),
    "never_reported": (Severity.WARNING, "Chưa có số liệu kỳ nào; để trống thì xã vẫn là chưa có số liệu."),
    "value_missing": (Severity.WARNING, "{measure}: kết luận chưa đạt nhưng không có số đo."),
    "large_jump": (Severity.WARNING, "{measure}: từ {before} thành {after} so với kỳ trước, hãy xem lại."),
}
JUMP_POINTS = Decimal(20)
"""A percentage that moves by so many points within a period is looked at again."""
JUMP_SHARE = Decimal("0.5")
"""Any other quantity that moves by more than this share of what it was."""


def _check(code: str) -> Callable[[Callable[[CheckedLine], Found]], Callable[[CheckedLine], Found]]:
    def register(check: Callable[[CheckedLine], Found]) -> Callable[[CheckedLine], Found]:
        _CHECKS[code] = check
        return check

    return register


def problems_of(line: CheckedLine) -> tuple[Problem, ...]:
    """Everything wrong with a line, errors first."""
    found = []
    for code, check in _CHECKS.items():
        severity, words = MESSAGES[code]
        found += [Problem(code, severity, words.format(**said)) for said in check(line)]
    return tuple(sorted(found, key=lambda problem: not problem.is_error))


def _is_share_above_one(measure: MeasureSpec, reading: Reading) -> bool:
    both = reading.numerator is not None and reading.denominator
    return bool(both) and measure.is_percentage and reading.numerator > reading.denominator


@_check("value_impossible")
def _value_impossible(line: CheckedLine) -> Found:
    for measure, reading in line.measured:
        if _is_share_above_one(measure, reading) or _is_over_hundred(measure, reading):
            continue
        yield from ({"said": said} for said in reading_objections(measure, reading))


@_check("numerator_above_denominator")
def _numerator_above_denominator(line: CheckedLine) -> Found:
    for measure, reading in line.measured:
        if _is_share_above_one(measure, reading):
            yield {
                "measure": measure.name,
                "numerator": quantity(reading.numerator, ""),
                "denominator": quantity(reading.denominator, ""),
            }


def _is_over_hundred(measure: MeasureSpec, reading: Reading) -> bool:
    return measure.is_percentage and reading.numerator is None and reading.value is not None and reading.value > 100


@_check("over_hundred")
def _over_hundred(line: CheckedLine) -> Found:
    for measure, reading in line.measured:
        if _is_over_hundred(measure, reading):
            yield {"measure": measure.name, "value": quantity(reading.value, measure.unit)}


def _has_impossible_value(line: CheckedLine) -> bool:
    return any(reading_objections(measure, reading) for measure, reading in line.measured)


@_check("below_threshold")
def _below_threshold(line: CheckedLine) -> Found:
    """Design rule 5.3; the message is the ledger's own and names threshold and basis."""
    if line.answer.conclusion is Conclusion.MET and not _has_impossible_value(line):
        yield from ({"said": said} for said in refused(line.spec, line.answer, line.group, line.on))


@_check("exempt_without_basis")
def _exempt_without_basis(line: CheckedLine) -> Found:
    if line.answer.conclusion is Conclusion.EXEMPT and not line.answer.basis.strip():
        yield {}


@_check("stricter_without_reason")
def _stricter_without_reason(line: CheckedLine) -> Found:
    if line.answer.conclusion is not Conclusion.NOT_MET or _has_impossible_value(line):
        return
    entry = Entry(
        0, line.on, line.finding.entry.recorded_at, Conclusion.NOT_MET, line.answer.readings, line.answer.note
    )
    if objections(line.spec, entry, line.group):
        yield {}


@_check("fall_without_reason")
def _fall_without_reason(line: CheckedLine) -> Found:
    if line.answer.fell_from(line.previous) and not line.answer.note.strip():
        yield {}


@_check("evidence_missing")
def _evidence_missing(line: CheckedLine) -> Found:
    if line.needs_evidence and line.is_changed and not line.answer.is_empty and not line.has_evidence:
        yield {}


@_check("line_empty")
def _line_empty(line: CheckedLine) -> Found:
    if line.answer.is_empty and not line.previous.is_empty:
        yield {}


@_check("value_without_conclusion")
def _value_without_conclusion(line: CheckedLine) -> Found:
    if line.answer.conclusion is None and line.answer.readings:
        yield {}


@_check("unconfirmed")
def _unconfirmed(line: CheckedLine) -> Found:
    if not line.is_answered and not line.answer.is_empty:
        yield {}


@_check("never_reported")
def _never_reported(line: CheckedLine) -> Found:
    if line.answer.is_empty and line.previous.is_empty:
        yield {}


@_check("value_missing")
def _value_missing(line: CheckedLine) -> Found:
    if line.answer.conclusion is Conclusion.NOT_MET:
        yield from ({"measure": m.name} for m in line.spec.measures if m.id not in line.answer.readings)


@_check("large_jump")
def _large_jump(line: CheckedLine) -> Found:
    for measure, reading in line.measured:
        before = line.previous.readings.get(measure.id)
        if before is None or before.value is None or reading.value is None:
            continue
        moved = abs(reading.value - before.value)
        most = JUMP_POINTS if measure.is_percentage else before.value * JUMP_SHARE
        if moved > most:
            yield {
                "measure": measure.name,
                "before": quantity(before.value, measure.unit),
                "after": quantity(reading.value, measure.unit),
            }
