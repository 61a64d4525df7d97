"""The smallest catalogue and ledger entries that the engine can judge."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from criteria.engine.facts import (
    ZONE,
    Comparison,
    Conclusion,
    CriterionSpec,
    Entry,
    IndicatorSpec,
    MeasureSpec,
    Reading,
    SetSpec,
    ThresholdSpec,
)

DAY = date(2020, 6, 30)
MOMENT = datetime(2020, 7, 1, 9, tzinfo=UTC)
BASIS = "QĐ 1980/QĐ-TTg"

values = st.decimals(0, 100, places=4)
comparisons = st.sampled_from(Comparison)
conclusions = st.sampled_from(Conclusion)


def make_measure(key: int = 1, asked: str | None = "70", *, comparison=Comparison.AT_LEAST, unit="% hộ", **groups):
    """A measure of the zone; keywords give thresholds of commune groups, `asked=None` sets none for the zone."""
    given = ({ZONE: asked} if asked is not None else {}) | groups
    thresholds = {group: ThresholdSpec(Decimal(value), BASIS) for group, value in given.items()}
    return MeasureSpec(key, f"Tỷ lệ {key}", unit, comparison, thresholds)


def make_indicator(*measures: MeasureSpec, key: int = 1, is_mandatory: bool = True) -> IndicatorSpec:
    return IndicatorSpec(key, f"1.{key}", f"Chỉ tiêu {key}", measures, is_mandatory)


def make_criterion(*indicators: IndicatorSpec, number: int = 1, **fields) -> CriterionSpec:
    return CriterionSpec(number, number, f"Tiêu chí {number}", indicators, **fields)


def make_set(*criteria: CriterionSpec, optional_at_least: int = 0) -> SetSpec:
    return SetSpec("thu", "Bộ thử", BASIS, criteria, optional_at_least)


def make_entry(conclusion=Conclusion.MET, readings=None, *, days: int = 0, position: int = 1, note="", basis=""):
    """An entry true on DAY plus so many days and learned as long after MOMENT; readings may be plain values."""
    read = {k: v if isinstance(v, Reading) else Reading(Decimal(v)) for k, v in (readings or {}).items()}
    later = timedelta(days=days)
    return Entry(position, DAY + later, MOMENT + later, conclusion, read, note, basis)


def make_ratio(numerator: object, denominator: object, value: str = "0") -> Reading:
    return Reading(Decimal(value), Decimal(numerator), Decimal(denominator))
