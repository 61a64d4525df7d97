"""What the engine is given: the catalogue of a criteria set, and the ledger entries of one unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

ZONE = ""
"""Key of the threshold that holds for the whole zone, used where a commune group has none of its own."""


class Conclusion(StrEnum):
    """What the body in charge concluded about one indicator of one unit."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    EXEMPT = "EXEMPT"


class Result(StrEnum):
    """What the engine finds: a conclusion checked against the values, or the lack of data."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    EXEMPT = "EXEMPT"
    NO_DATA = "NO_DATA"

    @property
    def is_passed(self) -> bool:
        return self in _PASSED

    @property
    def letter(self) -> str:
        return _LETTERS[self]


_PASSED = frozenset({Result.MET, Result.EXEMPT})
_LETTERS = {Result.MET: "M", Result.EXEMPT: "M", Result.NOT_MET: "N", Result.NO_DATA: "U"}


class Comparison(StrEnum):
    """How a value is held against its threshold."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="


@dataclass(frozen=True, slots=True)
class ThresholdSpec:
    """The value asked for, and the text that asks for it."""

    value: Decimal
    basis: str


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """A quantity of an indicator. `thresholds` is keyed by commune group, with ZONE for the rest."""

    id: int
    name: str
    unit: str
    comparison: Comparison
    thresholds: Mapping[str, ThresholdSpec] = field(default_factory=dict)

    def threshold_for(self, group: str) -> ThresholdSpec | None:
        """The threshold of the commune's group, else of its zone; none where the province has not set one."""
        return self.thresholds.get(group) or self.thresholds.get(ZONE)

    @property
    def is_percentage(self) -> bool:
        return self.unit.startswith("%")


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """One indicator (chỉ tiêu); without measures it is answered by yes or no."""

    id: int
    code: str
    name: str
    measures: tuple[MeasureSpec, ...] = ()
    is_mandatory: bool = True


@dataclass(frozen=True, slots=True)
class CriterionSpec:
    """One criterion (tiêu chí): all its mandatory indicators, and `optional_at_least` of the others."""

    id: int
    number: int
    name: str
    indicators: tuple[IndicatorSpec, ...]
    is_mandatory: bool = True
    optional_at_least: int = 0


@dataclass(frozen=True, slots=True)
class SetSpec:
    """A criteria set: all its mandatory criteria, and `optional_at_least` of the others."""

    code: str
    title: str
    basis: str
    criteria: tuple[CriterionSpec, ...]
    optional_at_least: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value; with numerator and denominator the comparison uses them, exactly."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def exact(self, *, is_percentage: bool) -> Fraction | None:
        """The value without any rounding, in the unit of its measure; none when nothing was measured."""
        if self.numerator is not None and self.denominator:
            return Fraction(self.numerator) / Fraction(self.denominator) * (100 if is_percentage else 1)
        return None if self.value is None else Fraction(self.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger: about an indicator, or (baseline data) about a whole criterion.

    `as_of` is the day on which it was true, `recorded_at` the moment at which it became known.
    """

    position: int
    as_of: date
    recorded_at: datetime
    conclusion: Conclusion
    readings: Mapping[int, Reading] = field(default_factory=dict)
    note: str = ""
    basis: str = ""
    id: int = 0
    source_id: int = 0

    @property
    def order(self) -> tuple[date, datetime, int]:
        """Later wins: first by the day it was true, then by when it was learned."""
        return (self.as_of, self.recorded_at, self.position)
