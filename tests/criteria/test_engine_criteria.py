"""Criteria, whole units, baseline data, bands and averages."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.bands import BAND_LABELS, Band, average, average_of_all, band_of, tally
from criteria.engine.facts import Conclusion, Result
from criteria.engine.judge import Why, combine, judge_criterion, judge_unit
from tests.factories.engine import make_criterion, make_entry, make_indicator, make_set

pytestmark = pytest.mark.engine

results = st.sampled_from(Result)
MET, NOT_MET = Conclusion.MET, Conclusion.NOT_MET
ENTRIES = {
    Result.MET: make_entry(Conclusion.MET),
    Result.NOT_MET: make_entry(Conclusion.NOT_MET),
    Result.EXEMPT: make_entry(Conclusion.EXEMPT, basis="QĐ 1"),
}


def possible_worlds(parts, optional_at_least):
    """What the parts could add up to, whatever the missing data turn out to say."""
    choices = [[r.is_passed] if r is not Result.NO_DATA else [True, False] for _, r in parts]
    outcomes = set()
    for world in product(*choices):
        held = list(zip((mandatory for mandatory, _ in parts), world, strict=True))
        optional = sum(passed for mandatory, passed in held if not mandatory)
        outcomes.add(all(passed for mandatory, passed in held if mandatory) and optional >= optional_at_least)
    if len(outcomes) == 2:
        return Result.NO_DATA
    return Result.MET if outcomes == {True} else Result.NOT_MET


@given(st.lists(st.tuples(st.booleans(), results), max_size=8), st.integers(0, 4))
def test_combine_agrees_with_every_way_the_missing_data_could_turn_out(parts, optional_at_least):
    assert combine(parts, optional_at_least) is possible_worlds(parts, optional_at_least)


@given(st.lists(st.tuples(st.booleans(), results), max_size=8), st.integers(0, 4), st.randoms(use_true_random=False))
def test_combine_does_not_depend_on_order(parts, optional_at_least, random):
    shuffled = random.sample(parts, len(parts))

    assert combine(shuffled, optional_at_least) is combine(parts, optional_at_least)


@given(st.lists(results, min_size=1, max_size=8))
def test_a_criterion_is_met_exactly_when_all_its_indicators_are_passed(wanted):
    criterion = make_criterion(*(make_indicator(key=k) for k in range(len(wanted))))
    entries = {k: ENTRIES[r] for k, r in enumerate(wanted) if r is not Result.NO_DATA}

    found = judge_criterion(criterion, entries, None, "")

    assert [f.result for f in found.indicators] == wanted
    assert (found.result is Result.MET) == all(r in {Result.MET, Result.EXEMPT} for r in wanted)
    assert (found.result is Result.NOT_MET) == (Result.NOT_MET in wanted)


@given(st.lists(results, min_size=1, max_size=5), st.lists(results, max_size=5), st.integers(0, 3))
def test_a_criterion_asks_all_mandatory_and_some_of_the_rest(mandatory, optional, at_least):
    wanted = mandatory + optional
    indicators = [make_indicator(key=k, is_mandatory=k < len(mandatory)) for k in range(len(wanted))]
    entries = {k: ENTRIES[r] for k, r in enumerate(wanted) if r is not Result.NO_DATA}

    found = judge_criterion(make_criterion(*indicators, optional_at_least=at_least), entries, None, "")

    parts = [(indicator.is_mandatory, r) for indicator, r in zip(indicators, wanted, strict=True)]
    assert found.result is possible_worlds(parts, at_least)


def test_a_criterion_without_indicators_is_not_met_by_nothing():
    assert judge_criterion(make_criterion(), {}, None, "").result is Result.NO_DATA


@given(st.lists(results, max_size=19))
def test_a_unit_counts_its_met_criteria_and_meets_the_standard_with_all(wanted):
    criteria = [make_criterion(make_indicator(key=n), number=n) for n in range(len(wanted))]
    entries = {n: ENTRIES[r] for n, r in enumerate(wanted) if r is not Result.NO_DATA}

    found = judge_unit(make_set(*criteria), entries, {}, "")

    passed = [r in {Result.MET, Result.EXEMPT} for r in wanted]
    assert (found.criteria_met, found.criteria_total) == (sum(passed), len(wanted))
    assert found.meets_standard == (bool(wanted) and all(passed))
    assert [letter == "M" for letter in found.results] == passed


@pytest.mark.parametrize(
    ("conclusion", "result", "indicators"),
    [(MET, Result.MET, [Result.MET] * 2), (NOT_MET, Result.NOT_MET, [Result.NO_DATA] * 2)],
)
def test_a_baseline_speaks_for_its_whole_criterion(conclusion, result, indicators):
    criterion = make_criterion(make_indicator(key=1), make_indicator(key=2))

    found = judge_criterion(criterion, {}, make_entry(conclusion), "")

    assert (found.result, [f.result for f in found.indicators]) == (result, indicators)
    assert {f.why for f in found.indicators} == {Why.BASELINE}


@pytest.mark.parametrize(
    ("baseline", "reported", "expected"),
    [
        (MET, [NOT_MET, None], Result.NOT_MET),
        (MET, [MET, None], Result.MET),
        (NOT_MET, [MET, None], Result.NOT_MET),
        (NOT_MET, [NOT_MET, None], Result.NOT_MET),
        (NOT_MET, [MET, MET], Result.MET),
    ],
)
def test_a_later_report_takes_its_indicator_over_from_the_baseline(baseline, reported, expected):
    criterion = make_criterion(make_indicator(key=0), make_indicator(key=1))
    entries = {k: make_entry(c, days=1, position=2) for k, c in enumerate(reported) if c is not None}

    assert judge_criterion(criterion, entries, make_entry(baseline), "").result is expected


@given(st.sampled_from([MET, NOT_MET]), st.sampled_from([MET, NOT_MET]))
def test_an_earlier_report_gives_way_to_the_baseline(reported, baseline):
    criterion = make_criterion(make_indicator())

    found = judge_criterion(criterion, {1: make_entry(reported, days=-1)}, make_entry(baseline, position=2), "")

    assert found.result.value == baseline.value


def test_a_baseline_not_met_says_so_in_its_reason():
    found = judge_criterion(make_criterion(make_indicator()), {}, make_entry(NOT_MET), "")

    assert found.reason == "Chưa đạt theo số liệu nền"


def test_bands_partition_all_counts_of_criteria():
    bands = [band_of(met, 19) for met in range(20)]

    expected = [Band.BELOW_5] * 5 + [Band.FROM_5] * 5 + [Band.FROM_10] * 5 + [Band.FROM_15] * 4 + [Band.FULL]
    assert bands == expected


@given(st.lists(st.integers(0, 19)))
def test_a_tally_names_every_band_and_loses_no_commune(counts):
    tallied = tally([band_of(met, 19) for met in counts])

    assert (list(tallied), sum(tallied.values())) == (list(Band), len(counts))


def test_every_band_has_a_label():
    assert list(BAND_LABELS) == list(Band)


@given(st.lists(st.integers(0, 19), min_size=1, max_size=200))
def test_an_average_rounds_half_up(counts):
    exact = Fraction(sum(counts), len(counts))
    hundredths = int(exact * 100 + Fraction(1, 2))

    assert average(counts) == Decimal(hundredths) / 100


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([1] + [0] * 199, "0.01"), ([1] * 25 + [0] * 175, "0.13"), ([12] * 84 + [32], "12.24"), ([19, 19], "19.00")],
)
def test_an_average_of_a_tie_goes_up_and_keeps_two_decimals(counts, expected):
    shown = average(counts)

    assert str(shown) == expected
    assert shown == shown.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_an_average_of_nothing_is_nothing():
    assert average([]) is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([18, None, None, None], "4.50"), ([0, None], "0.00"), ([18, 19], "18.50"), ([None, None], None), ([], None)],
)
def test_an_average_of_all_never_looks_better_through_missing_data(counts, expected):
    shown = average_of_all(counts)
    assert (shown if shown is None else str(shown)) == expected
