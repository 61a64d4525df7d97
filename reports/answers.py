"""What a line says, compared with the period before and judged by the engine. Nothing here asks the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from criteria.engine.admission import objections
from criteria.engine.facts import Conclusion, Entry, IndicatorSpec, Reading, Result
from criteria.engine.judge import IndicatorFinding, Why, judge_indicator

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """A conclusion with its measured values, by measure id, in the unit of the measure."""

    conclusion: Conclusion | None = None
    readings: Mapping[int, Reading] = field(default_factory=dict)
    note: str = ""
    basis: str = ""

    @property
    def is_empty(self) -> bool:
        return self.conclusion is None and not self.readings

    def differs_from(self, other: "Answer") -> bool:
        """Whether it says something else: the conclusion, its basis, or a value. A note alone changes nothing."""
        return (
            self.conclusion != other.conclusion
            or _plain(self.readings) != _plain(other.readings)
            or (self.conclusion is Conclusion.EXEMPT and self.basis != other.basis)
        )

    def fell_from(self, other: "Answer") -> bool:
        """Whether what was met or exempt no longer is."""
        return other.conclusion in _PASSED and self.conclusion is Conclusion.NOT_MET


_PASSED = {Conclusion.MET, Conclusion.EXEMPT}


def _plain(readings: Mapping[int, Reading]) -> dict[int, Reading]:
    return {key: reading for key, reading in readings.items() if reading.value is not None}


def _entry(answer: Answer, on: date) -> Entry:
    return Entry(0, on, _NEVER, answer.conclusion or Conclusion.NOT_MET, answer.readings, answer.note, answer.basis)


def judged(spec: IndicatorSpec, answer: Answer, group: str, on: date) -> IndicatorFinding:
    """What the engine finds of an answer, were it in the ledger on that day; no conclusion is no data."""
    if answer.conclusion is None:
        return judge_indicator(spec, None, group)
    return judge_indicator(spec, _entry(answer, on), group)


def refused(spec: IndicatorSpec, answer: Answer, group: str, on: date) -> list[str]:
    """Why the ledger would refuse the answer, in Vietnamese; empty when it may stand."""
    if answer.conclusion is None:
        return []
    return objections(spec, _entry(answer, on), group)


def derived(spec: IndicatorSpec, readings: Mapping[int, Reading], group: str, on: date) -> Conclusion | None:
    """The conclusion that the values leave no choice about; none where a value or a threshold is missing.

    Design rule 5.2: where the province has set no threshold the body concludes by itself.
    """
    if not spec.measures or any(measure.threshold_for(group) is None for measure in spec.measures):
        return None
    finding = judged(spec, Answer(Conclusion.MET, readings), group, on)
    if finding.why is not Why.VALUES:
        return None
    return Conclusion.MET if finding.result is Result.MET else Conclusion.NOT_MET
