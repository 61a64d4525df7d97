"""Measures and indicators: exact comparison, and conclusions that may be stricter but never laxer."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.facts import Comparison, Conclusion, Reading, Result
from criteria.engine.judge import Why, judge_indicator, judge_measure
from tests.factories.engine import (
    comparisons,
    conclusions,
    make_entry,
    make_indicator,
    make_measure,
    make_ratio,
    values,
)

pytestmark = pytest.mark.engine


def result_of(measure, value, group=""):
    reading = value if isinstance(value, Reading) else Reading(Decimal(value))
    return judge_measure(measure, reading, group).result


@given(values, values, values, conclusions)
def test_raising_a_value_never_turns_met_into_not_met(asked, one, other, conclusion):
    low, high = sorted((one, other))
    indicator = make_indicator(make_measure(asked=asked))

    before = judge_indicator(indicator, make_entry(conclusion, {1: low}, basis="QĐ 1"), "").result
    after = judge_indicator(indicator, make_entry(conclusion, {1: high}, basis="QĐ 1"), "").result

    assert (before.is_passed, after.is_passed) != (True, False)


@given(values, values, values, conclusions)
def test_lowering_a_value_never_turns_met_into_not_met_where_less_is_asked(asked, one, other, conclusion):
    low, high = sorted((one, other))
    indicator = make_indicator(make_measure(asked=asked, comparison=Comparison.AT_MOST))

    before = judge_indicator(indicator, make_entry(conclusion, {1: high}, basis="QĐ 1"), "").result
    after = judge_indicator(indicator, make_entry(conclusion, {1: low}, basis="QĐ 1"), "").result

    assert (before.is_passed, after.is_passed) != (True, False)


@given(values, values, comparisons)
def test_a_value_is_held_exactly_against_its_threshold(asked, value, comparison):
    expected = {
        Comparison.AT_LEAST: value >= asked,
        Comparison.AT_MOST: value <= asked,
        Comparison.EQUAL: value == asked,
    }[comparison]

    found = result_of(make_measure(asked=asked, comparison=comparison), value)

    assert found is (Result.MET if expected else Result.NOT_MET)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("69.95", Result.NOT_MET),
        ("69.9999", Result.NOT_MET),
        ("69.99999999999999999999999999999999999", Result.NOT_MET),
        ("70", Result.MET),
        ("70.0000", Result.MET),
        ("7E+1", Result.MET),
    ],
)
def test_a_value_near_seventy_is_never_rounded(value, expected):
    assert result_of(make_measure(asked="70"), value) is expected


@pytest.mark.parametrize(
    ("asked", "comparison", "numerator", "denominator", "expected"),
    [
        ("70", Comparison.AT_LEAST, 69999, 100000, Result.NOT_MET),
        ("70", Comparison.AT_LEAST, 70000, 100000, Result.MET),
        ("70", Comparison.AT_LEAST, 6999999999, 9999999999, Result.NOT_MET),
        ("66.6666", Comparison.AT_LEAST, 2, 3, Result.MET),
        ("66.6667", Comparison.AT_LEAST, 2, 3, Result.NOT_MET),
        ("66.6666", Comparison.AT_MOST, 2, 3, Result.NOT_MET),
        ("66.6667", Comparison.EQUAL, 2, 3, Result.NOT_MET),
        ("100", Comparison.EQUAL, 3, 3, Result.MET),
    ],
)
def test_a_ratio_is_judged_by_its_parts_and_not_by_the_shown_value(asked, comparison, numerator, denominator, expected):
    measure = make_measure(asked=asked, comparison=comparison)

    assert result_of(measure, make_ratio(numerator, denominator, value=asked)) is expected


@given(st.integers(0, 10**6), st.integers(1, 10**6), values)
def test_a_ratio_of_a_plain_quantity_is_not_a_percentage(numerator, denominator, asked):
    measure = make_measure(asked=asked, unit="triệu đồng/người/năm")

    found = result_of(measure, make_ratio(numerator, denominator))

    assert found is (Result.MET if Fraction(numerator, denominator) >= Fraction(asked) else Result.NOT_MET)


@given(values, values, values)
def test_the_threshold_of_the_group_goes_before_that_of_the_zone(zone, group, value):
    measure = make_measure(asked=zone, III=group)

    found = [result_of(measure, value, name) for name in ("III", "II", "")]

    by_zone = Result.MET if value >= zone else Result.NOT_MET
    assert found == [Result.MET if value >= group else Result.NOT_MET, by_zone, by_zone]


@given(conclusions, values)
def test_the_conclusion_stands_where_no_threshold_is_set(conclusion, value):
    indicator = make_indicator(make_measure(asked=None))

    found = judge_indicator(indicator, make_entry(conclusion, {1: value}, basis="QĐ 1"), "")

    assert found.result.value == conclusion.value


def test_nothing_recorded_is_no_data_and_not_a_pass():
    found = judge_indicator(make_indicator(), None, "")

    assert (found.result, found.why, found.result.is_passed) == (Result.NO_DATA, Why.NOTHING_RECORDED, False)


@given(comparisons)
def test_a_met_without_its_value_is_no_data(comparison):
    indicator = make_indicator(make_measure(comparison=comparison))

    found = judge_indicator(indicator, make_entry(Conclusion.MET), "")

    assert (found.result, found.why, found.result.is_passed) == (Result.NO_DATA, Why.VALUE_MISSING, False)


@pytest.mark.parametrize(
    ("basis", "result", "is_passed"),
    [("", Result.NO_DATA, False), ("  ", Result.NO_DATA, False), ("QĐ 1760/QĐ-TTg", Result.EXEMPT, True)],
)
def test_exempt_counts_as_passed_only_with_its_basis(basis, result, is_passed):
    indicator = make_indicator(make_measure())

    found = judge_indicator(indicator, make_entry(Conclusion.EXEMPT, {1: "10"}, basis=basis), "")

    assert (found.result, found.result.is_passed) == (result, is_passed)


@given(values, values, st.booleans())
def test_both_measures_of_clean_water_must_pass(hygienic, clean, is_listed_first):
    measures = [make_measure(1, "95"), make_measure(2, "50")]
    indicator = make_indicator(*(measures if is_listed_first else reversed(measures)))

    found = judge_indicator(indicator, make_entry(Conclusion.MET, {1: hygienic, 2: clean}), "")

    assert found.result is (Result.MET if hygienic >= 95 and clean >= 50 else Result.NOT_MET)


@pytest.mark.parametrize(
    ("readings", "expected"),
    [({1: "96"}, Result.NO_DATA), ({1: "94"}, Result.NOT_MET), ({2: "49"}, Result.NOT_MET), ({}, Result.NO_DATA)],
)
def test_one_of_two_measures_is_not_enough(readings, expected):
    indicator = make_indicator(make_measure(1, "95"), make_measure(2, "50"))

    assert judge_indicator(indicator, make_entry(Conclusion.MET, readings), "").result is expected


@given(values, values, comparisons)
def test_a_laxer_conclusion_never_stands(asked, value, comparison):
    measure = make_measure(asked=asked, comparison=comparison)

    found = judge_indicator(make_indicator(measure), make_entry(Conclusion.MET, {1: value}), "")

    assert found.result is result_of(measure, value)


@given(values, comparisons)
def test_a_stricter_conclusion_stands_whatever_the_value(value, comparison):
    indicator = make_indicator(make_measure(comparison=comparison))

    found = judge_indicator(indicator, make_entry(Conclusion.NOT_MET, {1: value}, note="đang sửa"), "")

    passes = result_of(indicator.measures[0], value) is Result.MET
    assert (found.result, found.why) == (Result.NOT_MET, Why.STRICTER if passes else Why.VALUES)
