"""What is missing, nearest first, and how numbers are said."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.facts import Comparison, Conclusion, Result
from criteria.engine.judge import judge_unit
from criteria.engine.nearest import WHOLE_STEP, nearest_first
from criteria.engine.wording import number, quantity
from tests.factories.engine import make_criterion, make_entry, make_indicator, make_measure, make_set, values

pytestmark = pytest.mark.engine


def unit_of(*shortfalls):
    """A unit with one criterion for each list of values against 70; none means no data, True a yes."""
    criteria, entries = [], {}
    for number_, held in enumerate(shortfalls, start=1):
        indicators = []
        for place, value in enumerate(held):
            key = number_ * 10 + place
            indicators.append(make_indicator(make_measure(key), key=key))
            if value is not None:
                entries[key] = make_entry(Conclusion.MET, {key: value})
        criteria.append(make_criterion(*indicators, number=number_))
    return judge_unit(make_set(*criteria), entries, {}, "")


units = st.lists(st.lists(st.one_of(st.none(), values), min_size=1, max_size=4), max_size=8).map(lambda s: unit_of(*s))


@given(units)
def test_the_steps_are_exactly_the_criteria_not_passed(unit):
    steps = nearest_first(unit)

    missing = {c.criterion.number for c in unit.criteria if c.result not in {Result.MET, Result.EXEMPT}}
    assert sorted(step.finding.criterion.number for step in steps) == sorted(missing)


@given(units)
def test_the_steps_are_sorted_by_missing_indicators_and_then_by_distance(unit):
    order = [
        (len(step.missing), sum((m.distance for m in step.missing), Fraction(0)), step.finding.criterion.number)
        for step in nearest_first(unit)
    ]

    assert order == sorted(order)


@given(units)
def test_a_step_lists_exactly_the_indicators_in_its_way(unit):
    for step in nearest_first(unit):
        expected = [f.indicator.code for f in step.finding.indicators if not f.result.is_passed]
        assert sorted(m.finding.indicator.code for m in step.missing) == sorted(expected)


@given(units)
def test_a_distance_is_never_zero_and_never_more_than_a_whole_step(unit):
    distances = [m.distance for step in nearest_first(unit) for m in step.missing]

    assert [d for d in distances if not 0 < d <= WHOLE_STEP] == []


def test_one_indicator_far_away_comes_before_two_that_are_near():
    steps = nearest_first(unit_of(["69", "69"], ["1"], ["68"], ["80"]))

    assert [step.finding.criterion.number for step in steps] == [3, 2, 1]


def test_two_measures_of_one_indicator_are_one_indicator_in_the_way():
    water = make_criterion(make_indicator(make_measure(1, "95"), make_measure(2, "50"), key=1), number=1)
    roads = make_criterion(make_indicator(key=2), make_indicator(key=3), number=2)
    entries = {1: make_entry(readings={1: "94", 2: "49"}), 2: make_entry(Conclusion.NOT_MET)}

    steps = nearest_first(judge_unit(make_set(roads, water), entries, {}, ""))

    assert [step.finding.criterion.number for step in steps] == [1, 2]
    assert [step.distance[0] for step in steps] == [1, 2]


@pytest.mark.parametrize(
    ("comparison", "asked", "value", "text"),
    [
        (Comparison.AT_LEAST, "70", "69.95", "còn thiếu 0,05% hộ: 69,95% hộ, yêu cầu ≥ 70%"),
        (Comparison.AT_MOST, "7", "8.5", "còn cao hơn 1,5% hộ: 8,5% hộ, yêu cầu ≤ 7%"),
        (Comparison.EQUAL, "0", "3", "còn lệch 3% hộ: 3% hộ, yêu cầu = 0%"),
    ],
)
def test_a_missing_value_says_how_far_it_is(comparison, asked, value, text):
    measure = make_measure(asked=asked, comparison=comparison)
    criterion = make_criterion(make_indicator(measure))

    (step,) = nearest_first(judge_unit(make_set(criterion), {1: make_entry(readings={1: value})}, {}, ""))

    assert [m.text for m in step.missing] == [text]


@given(st.decimals(-(10**12), 10**12, places=6) | st.decimals(0, 10, places=0))
def test_a_number_says_every_digit_it_has(value):
    said = number(value)

    assert Decimal(said.replace(".", "").replace(",", ".")) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("69.95", "69,95"),
        ("69.9999", "69,9999"),
        ("70.0000", "70"),
        ("100", "100"),
        ("1250.5", "1.250,5"),
        ("1000000", "1.000.000"),
        ("1E+3", "1.000"),
        ("0.0001", "0,0001"),
        ("0E-10", "0"),
    ],
)
def test_a_number_is_said_with_vietnamese_marks(value, said):
    assert number(Decimal(value)) == said


@pytest.mark.parametrize(
    ("unit", "said"),
    [("% hộ", "69,95% hộ"), ("%", "69,95%"), ("triệu đồng/người/năm", "69,95 triệu đồng/người/năm"), ("", "69,95")],
)
def test_a_quantity_is_said_with_its_unit(unit, said):
    assert quantity(Decimal("69.95"), unit) == said
