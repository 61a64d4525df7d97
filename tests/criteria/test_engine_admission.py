"""What the ledger refuses, and in which words."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from criteria.actions import ratio
from criteria.engine.admission import objections
from criteria.engine.facts import Comparison, Conclusion, Reading, Result
from criteria.engine.judge import judge_indicator, judge_measure
from tests.factories.engine import (
    BASIS,
    comparisons,
    conclusions,
    make_entry,
    make_indicator,
    make_measure,
    make_ratio,
    values,
)

pytestmark = pytest.mark.engine

HOUSES = make_indicator(make_measure(asked="70"))


def refused(reading, conclusion=Conclusion.MET, indicator=HOUSES, **fields):
    return objections(indicator, make_entry(conclusion, {1: reading}, **fields), "")


@pytest.mark.parametrize(
    ("comparison", "asked", "value", "message"),
    [
        (Comparison.AT_LEAST, "70", "69.95", "69,95% hộ, yêu cầu từ 70% hộ"),
        (Comparison.AT_MOST, "7", "7.0001", "7,0001% hộ, yêu cầu không quá 7% hộ"),
        (Comparison.EQUAL, "0", "1", "1% hộ, yêu cầu bằng 0% hộ"),
    ],
)
def test_met_below_the_threshold_is_refused_with_threshold_and_basis(comparison, asked, value, message):
    indicator = make_indicator(make_measure(asked=asked, comparison=comparison))

    assert refused(value, indicator=indicator) == [f"Tỷ lệ 1: {message} ({BASIS}); không thể kết luận đạt."]


def test_met_without_its_value_is_refused_with_threshold_and_basis():
    found = objections(HOUSES, make_entry(Conclusion.MET), "")

    assert found == [f"Tỷ lệ 1: chưa có số liệu, yêu cầu từ 70% hộ ({BASIS}); không thể kết luận đạt."]


@given(values, values, comparisons, conclusions, st.sampled_from(["", "đang sửa"]), st.sampled_from(["", "QĐ 1"]))
def test_what_is_admitted_is_judged_as_it_was_concluded(asked, value, comparison, conclusion, note, basis):
    indicator = make_indicator(make_measure(asked=asked, comparison=comparison))
    entry = make_entry(conclusion, {1: value}, note=note, basis=basis)

    assume(not objections(indicator, entry, ""))

    assert judge_indicator(indicator, entry, "").result.value == conclusion.value


@given(values, values, comparisons)
def test_an_honest_conclusion_is_never_refused(asked, value, comparison):
    indicator = make_indicator(make_measure(asked=asked, comparison=comparison))
    passes = judge_measure(indicator.measures[0], Reading(value), "").result is Result.MET

    assert refused(value, Conclusion.MET if passes else Conclusion.NOT_MET, indicator) == []


@pytest.mark.parametrize(
    ("note", "count"),
    [("", 1), ("   ", 1), ("nhà xuống cấp sau bão", 0)],
)
def test_not_met_against_passing_values_needs_a_note(note, count):
    found = refused("80", Conclusion.NOT_MET, note=note)

    assert found == ["Số đo đạt mức yêu cầu nhưng kết luận chưa đạt: phải ghi lý do."] * count


@pytest.mark.parametrize(("basis", "count"), [("", 1), ("  ", 1), ("QĐ 1760/QĐ-TTg", 0)])
def test_exempt_without_its_basis_is_refused(basis, count):
    found = refused("10", Conclusion.EXEMPT, basis=basis)

    assert found == ["Không xét thì phải ghi căn cứ pháp lý."] * count


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        ("100.0001", "Tỷ lệ 1: 100,0001% hộ vượt quá 100%."),
        (make_ratio(101, 100, "101"), "Tỷ lệ 1: 101% hộ vượt quá 100%."),
        (Reading(Decimal(70), Decimal(7), None), "Tỷ lệ 1: phải ghi cả tử số và mẫu số."),
        (Reading(Decimal(70), None, Decimal(10)), "Tỷ lệ 1: phải ghi cả tử số và mẫu số."),
        (make_ratio(7, 0, "70"), "Tỷ lệ 1: mẫu số phải lớn hơn 0."),
        ("70.00001", "Tỷ lệ 1: nhiều nhất bốn chữ số thập phân."),
        ("-1", "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        (make_ratio(-7, -10, "70"), "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        ("NaN", "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        ("sNaN", "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        ("Infinity", "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        (make_ratio("Infinity", "Infinity", "70"), "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        ("10000000000", "Tỷ lệ 1: số phải từ 0 và nhỏ hơn 10 tỷ."),
        (make_ratio(7, 10, "71"), "Tỷ lệ 1: giá trị 71% hộ không khớp tử số và mẫu số (70% hộ)."),
        (Reading(None), "Tỷ lệ 1: chưa có giá trị."),
        (Reading(None, Decimal(7), Decimal(10)), "Tỷ lệ 1: chưa có giá trị."),
    ],
)
@pytest.mark.parametrize("conclusion", Conclusion)
def test_an_impossible_value_is_refused_whatever_the_conclusion(reading, message, conclusion):
    assert refused(reading, conclusion, note="ghi chú", basis="QĐ 1") == [message]


@pytest.mark.parametrize("reading", ["0", "100", "100.0000", make_ratio(2, 3, "66.6666"), make_ratio(0, 5, "0")])
def test_a_value_at_the_edge_may_stand(reading):
    assert refused(reading, Conclusion.NOT_MET, note="ghi chú") == []


@pytest.mark.parametrize("parts", [("70.00001", "100"), ("70", "100.00001")])
def test_parts_with_more_than_four_decimals_are_refused(parts):
    """The ledger keeps four decimals of them too: it would judge another ratio than was admitted."""
    found = refused(make_ratio(*parts, "70"), Conclusion.NOT_MET, note="ghi chú")

    assert found == ["Tỷ lệ 1: nhiều nhất bốn chữ số thập phân."]


def test_a_quantity_that_is_no_percentage_may_exceed_one_hundred():
    income = make_indicator(make_measure(asked="41", unit="triệu đồng/người/năm"))

    assert refused("250.5", indicator=income) == []


def test_a_value_of_a_measure_of_another_indicator_is_refused():
    found = objections(make_indicator(), make_entry(Conclusion.MET, {9: "70"}), "")

    assert found == ["Chỉ tiêu 1.1 không có đại lượng số 9."]


def test_a_shown_value_that_passes_where_its_ratio_does_not_is_refused():
    """699999/1000000 is 69,9999%: written as 70% it would be shown as a pass."""
    found = refused(make_ratio(699_999, 1_000_000, "70"), Conclusion.NOT_MET)

    assert found == ["Tỷ lệ 1: giá trị 70% hộ không khớp tử số và mẫu số (69,9999% hộ)."]


@given(st.integers(0, 10**6), st.integers(1, 10**6), values, comparisons)
def test_a_ratio_is_shown_on_the_side_of_the_threshold_where_it_is(numerator, denominator, asked, comparison):
    measure = make_measure(asked=asked, comparison=comparison, unit="người")

    reading = ratio(measure, Decimal(numerator), Decimal(denominator))

    shown = judge_measure(measure, Reading(reading.value), "").result
    assert shown is judge_measure(measure, reading, "").result


@pytest.mark.parametrize(
    ("comparison", "asked", "parts"),
    [
        (Comparison.AT_LEAST, "70", (699_999_999, 1_000_000_000)),
        (Comparison.AT_MOST, "70", (700_000_001, 1_000_000_000)),
        (Comparison.EQUAL, "0", (1, 1_000_000_000)),
        (Comparison.EQUAL, "100", (999_999_999, 1_000_000_000)),
    ],
)
def test_a_ratio_next_to_its_threshold_is_never_shown_as_a_pass(comparison, asked, parts):
    measure = make_measure(asked=asked, comparison=comparison)

    reading = ratio(measure, *map(Decimal, parts))

    assert judge_measure(measure, Reading(reading.value), "").result is Result.NOT_MET


@given(st.integers(0, 10**9), st.integers(1, 10**9), comparisons)
def test_a_ratio_made_by_the_portal_is_never_refused_for_its_value(numerator, denominator, comparison):
    assume(numerator <= denominator)
    indicator = make_indicator(make_measure(asked="50", comparison=comparison))
    reading = ratio(indicator.measures[0], Decimal(numerator), Decimal(denominator))

    assert refused(reading, Conclusion.NOT_MET, indicator, note="ghi chú") == []
