"""What the commune page adds to the status: ages of figures, bars that never lie, tiers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.facts import Comparison, MeasureSpec, Reading, Result, ThresholdSpec
from criteria.engine.judge import judge_measure
from ntm_portal.dashboard.profile import age_of
from ntm_portal.dashboard.templatetags.portal import gap_bar

pytestmark = pytest.mark.engine

amounts = st.decimals(min_value=0, max_value=100, places=4)


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (date(2020, 10, 20), "hôm nay"),
        (date(2020, 9, 30), "20 ngày trước"),
        (date(2020, 8, 20), "2 tháng trước"),
        (date(2019, 10, 20), "12 tháng trước"),
    ],
)
def test_age_is_said_as_a_clerk_says_it(then, said):
    assert age_of(then, date(2020, 10, 20)) == said


@given(value=amounts, asked=amounts, comparison=st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST]))
def test_bar_reaches_its_line_exactly_when_the_value_does(value, asked, comparison):
    measure = MeasureSpec(1, "Tỷ lệ", "% hộ", comparison, {"": ThresholdSpec(asked, "QĐ")})
    finding = judge_measure(measure, Reading(value), "")
    drawn = gap_bar(finding)
    assert drawn["tone"] == finding.result.lower()
    if finding.result is Result.NOT_MET and asked >= 1:
        falls_short = drawn["value"] < drawn["asked"]
        assert falls_short is (comparison is Comparison.AT_LEAST)


def test_nothing_is_drawn_where_nothing_is_known():
    measure = MeasureSpec(1, "Tỷ lệ", "% hộ", Comparison.AT_LEAST, {"": ThresholdSpec(Decimal(70), "QĐ")})
    assert gap_bar(judge_measure(measure, None, "")) == {"scale": None}
    assert gap_bar(judge_measure(MeasureSpec(1, "Số", "", Comparison.EQUAL), Reading(Decimal(3)), "")) == {
        "scale": None
    }
