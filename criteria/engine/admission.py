"""What the ledger refuses: a conclusion laxer than its values, or one that cannot be justified."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from criteria.engine.facts import Comparison, Conclusion, Entry, IndicatorSpec, MeasureSpec, Reading, Result
from criteria.engine.judge import MeasureFinding, Why, judge_indicator, judge_measure
from criteria.engine.wording import COMPARISON_WORDS, quantity

SCALE = Decimal("0.0001")
"""Values are kept with four decimals."""
_TOO_LARGE = Decimal(10) ** 10


def shown_value(measure: MeasureSpec, exact: Fraction) -> Decimal:
    """A ratio as it is stored and shown: four decimals, rounded away from the pass."""
    scaled = exact / Fraction(SCALE)
    below, above = SCALE * floor(scaled), SCALE * ceil(scaled)
    if measure.comparison is Comparison.EQUAL:
        return below if any(t.value == above for t in measure.thresholds.values()) else above
    return below if measure.comparison is Comparison.AT_LEAST else above


def reading_objections(measure: MeasureSpec, reading: Reading) -> list[str]:
    """What is wrong with a value itself, in Vietnamese; empty when nothing is."""
    numbers = (reading.value, reading.numerator, reading.denominator)
    if any(n is not None and (not n.is_finite() or n < 0 or n >= _TOO_LARGE) for n in numbers):
        return [f"{measure.name}: số phải từ 0 và nhỏ hơn 10 tỷ."]
    if (reading.numerator is None) != (reading.denominator is None):
        return [f"{measure.name}: phải ghi cả tử số và mẫu số."]
    if reading.denominator is not None and not reading.denominator:
        return [f"{measure.name}: mẫu số phải lớn hơn 0."]
    exact = reading.exact(is_percentage=measure.is_percentage)
    if exact is None or reading.value is None:
        return [f"{measure.name}: chưa có giá trị."]
    if any(n is not None and n != n.quantize(SCALE) for n in numbers):
        return [f"{measure.name}: nhiều nhất bốn chữ số thập phân."]
    expected = shown_value(measure, exact)
    if reading.value != expected:
        said = quantity(expected, measure.unit)
        return [f"{measure.name}: giá trị {quantity(reading.value, measure.unit)} không khớp tử số và mẫu số ({said})."]
    if measure.is_percentage and exact > 100:
        return [f"{measure.name}: {quantity(reading.value, measure.unit)} vượt quá 100%."]
    return []


def _laxer(finding: MeasureFinding) -> str:
    assert finding.threshold is not None  # noqa: S101  # nosec B101  # a measure fails only against a threshold
    asked = quantity(finding.threshold.value, finding.measure.unit)
    words = COMPARISON_WORDS[finding.measure.comparison]
    shown = "chưa có số liệu" if finding.value is None else quantity(finding.value, finding.measure.unit)
    return (
        f"{finding.measure.name}: {shown}, yêu cầu {words} {asked} ({finding.threshold.basis}); không thể kết luận đạt."
    )


def objections(indicator: IndicatorSpec, entry: Entry, group: str) -> list[str]:
    """Why the ledger must refuse this entry, in Vietnamese; empty when it may stand.

    MET below a threshold or without its value names the threshold and its basis; EXEMPT needs a legal
    basis; NOT_MET against passing values needs a note.
    """
    known: Mapping[int, MeasureSpec] = {m.id: m for m in indicator.measures}
    found = [f"Chỉ tiêu {indicator.code} không có đại lượng số {key}." for key in entry.readings if key not in known]
    for key, reading in entry.readings.items():
        if key in known:
            found += reading_objections(known[key], reading)
    if found:
        return found
    finding = judge_indicator(indicator, entry, group)
    if entry.conclusion is Conclusion.EXEMPT:
        return ["Không xét thì phải ghi căn cứ pháp lý."] if finding.why is Why.BASIS_MISSING else []
    if entry.conclusion is Conclusion.NOT_MET:
        stricter = finding.why is Why.STRICTER and not entry.note.strip()
        return ["Số đo đạt mức yêu cầu nhưng kết luận chưa đạt: phải ghi lý do."] if stricter else []
    measured = (judge_measure(m, entry.readings.get(m.id), group) for m in indicator.measures)
    return [_laxer(m) for m in measured if m.result in {Result.NOT_MET, Result.NO_DATA}]
