"""Every check of a line: when it speaks, when it keeps silent, and what it says."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.admission import objections
from criteria.engine.facts import Comparison, Conclusion, Entry, IndicatorSpec, MeasureSpec, Reading, ThresholdSpec
from reports.answers import Answer, derived, judged
from reports.checks import MESSAGES, CheckedLine, problems_of

pytestmark = pytest.mark.engine

ON = date(2020, 10, 14)
SHARE = MeasureSpec(1, "Tỷ lệ", "% dân", Comparison.AT_LEAST, {"": ThresholdSpec(Decimal(85), "QĐ 1980")})
INCOME = MeasureSpec(2, "Thu nhập", "triệu đồng", Comparison.AT_LEAST, {"": ThresholdSpec(Decimal(41), "QĐ 1980")})
FREE = MeasureSpec(3, "Tỷ lệ khác", "%", Comparison.AT_LEAST)
INDICATOR = IndicatorSpec(1, "15.1", "Bảo hiểm y tế", (SHARE,))
MET, NOT_MET, EXEMPT = Conclusion.MET, Conclusion.NOT_MET, Conclusion.EXEMPT


def answer(
    conclusion: Conclusion | None = MET, value: str | Reading | None = "87", note: str = "", basis: str = ""
) -> Answer:
    reading = Reading(Decimal(value)) if isinstance(value, str) else value
    return Answer(conclusion, {} if reading is None else {1: reading}, note, basis)


def codes(now: Answer, before: Answer | None = None, *, spec: IndicatorSpec = INDICATOR, **given) -> list[str]:
    """Codes of what is wrong with a line that was answered."""
    given = {"is_answered": True, "has_evidence": False, "needs_evidence": False} | given
    line = CheckedLine(spec, "III", ON, now, now if before is None else before, judged(spec, now, "III", ON), **given)
    return [problem.code for problem in problems_of(line)]


def test_sound_line_has_no_problem():
    assert codes(answer()) == []


def test_met_below_the_threshold_names_what_is_asked_and_by_whom():
    now = answer(MET, "84.9")
    line = CheckedLine(INDICATOR, "III", ON, now, now, judged(INDICATOR, now, "III", ON), True, False, False)
    (problem,) = problems_of(line)
    assert (problem.code, problem.is_error) == ("below_threshold", True)
    assert problem.message == "Tỷ lệ: 84,9% dân, yêu cầu từ 85% dân (QĐ 1980); không thể kết luận đạt."


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (answer(MET, None), None, ["below_threshold"]),
        (answer(MET, "100.1"), None, ["over_hundred"]),
        (answer(MET, "-1"), None, ["value_impossible"]),
        (answer(MET, "87.12345"), None, ["value_impossible"]),
        (answer(MET, Reading(Decimal("110"), Decimal(110), Decimal(100))), None, ["numerator_above_denominator"]),
        (answer(MET, Reading(Decimal(90), Decimal(87), Decimal(100))), None, ["value_impossible"]),
        (answer(MET, Reading(Decimal(87), Decimal(87), Decimal(0))), None, ["value_impossible"]),
        (answer(NOT_MET, "87"), None, ["stricter_without_reason"]),
        (answer(NOT_MET, "87", note="Số liệu chưa kiểm chứng"), None, []),
        (answer(EXEMPT, None), None, ["exempt_without_basis"]),
        (answer(EXEMPT, None, basis="QĐ 1"), None, []),
        (answer(NOT_MET, "80"), answer(), ["fall_without_reason"]),
        (answer(NOT_MET, "80", note="Thẻ hết hạn"), answer(), []),
        (answer(NOT_MET, "80"), answer(EXEMPT, None, basis="QĐ 1"), ["fall_without_reason"]),
        (answer(NOT_MET, None, note="x"), answer(NOT_MET, "80"), ["value_missing"]),
        (Answer(), answer(), ["line_empty"]),
        (Answer(), Answer(), ["never_reported"]),
        (answer(None, "80"), Answer(), ["value_without_conclusion"]),
        (answer(MET, "99"), answer(NOT_MET, "70"), ["large_jump"]),
        (answer(MET, "90"), answer(NOT_MET, "70"), []),
    ],
)
def test_check_says_exactly_what_is_wrong(now, before, expected):
    assert codes(now, before) == expected


def test_line_that_nobody_answered_is_not_finished():
    assert codes(answer(), is_answered=False) == ["unconfirmed"]
    assert codes(Answer(), is_answered=False) == ["never_reported"]


def test_evidence_is_asked_for_only_where_something_changed():
    asked = {"needs_evidence": True}
    assert codes(answer(MET, "88"), answer(), **asked) == ["evidence_missing"]
    assert codes(answer(MET, "88"), answer(), has_evidence=True, **asked) == []
    assert codes(answer(), answer(), **asked) == []


def test_quantity_that_grew_by_half_is_looked_at_again():
    spec = IndicatorSpec(2, "10", "Thu nhập", (INCOME,))
    before = Answer(MET, {2: Reading(Decimal(42))})
    assert codes(Answer(MET, {2: Reading(Decimal(64))}), before, spec=spec) == ["large_jump"]
    assert codes(Answer(MET, {2: Reading(Decimal(63))}), before, spec=spec) == []


def test_errors_come_before_warnings():
    assert codes(answer(NOT_MET, "20"), answer(MET, "87")) == ["fall_without_reason", "large_jump"]


def test_every_message_belongs_to_a_check_and_is_tried_above():
    tried = {
        "value_impossible", "numerator_above_denominator", "over_hundred", "below_threshold", "exempt_without_basis",
        "stricter_without_reason", "fall_without_reason", "evidence_missing", "line_empty", "value_without_conclusion",
        "unconfirmed", "never_reported", "value_missing", "large_jump",
    }  # fmt: skip
    assert set(MESSAGES) == tried


def test_note_alone_changes_nothing():
    assert not answer(note="khác").differs_from(answer())
    assert answer(MET, "87.0").differs_from(answer(MET, "87")) is False
    assert answer(MET, "87.1").differs_from(answer(MET, "87"))
    assert answer(EXEMPT, None, basis="a").differs_from(answer(EXEMPT, None, basis="b"))


values = st.decimals(min_value=0, max_value=100, places=4, allow_nan=False)


@given(values)
def test_conclusion_that_follows_from_a_value_is_one_the_ledger_takes(value):
    follows = derived(INDICATOR, {1: Reading(value)}, "III", ON)
    assert follows is (MET if value >= 85 else NOT_MET)
    entry = Entry(1, ON, datetime(2020, 10, 14, tzinfo=UTC), follows, {1: Reading(value)})
    assert objections(INDICATOR, entry, "III") == []


@given(values, st.sampled_from([MET, NOT_MET, EXEMPT, None]), st.booleans())
def test_line_without_errors_is_one_the_ledger_takes(value, conclusion, has_words):
    now = answer(conclusion, Reading(value), note="lý do" if has_words else "", basis="QĐ 1" if has_words else "")
    errors = [code for code in codes(now) if MESSAGES[code][0].value == "error"]
    if conclusion is None:
        assert errors == ["value_without_conclusion"]
        return
    entry = Entry(1, ON, datetime(2020, 10, 14, tzinfo=UTC), conclusion, now.readings, now.note, now.basis)
    assert bool(errors) == bool(objections(INDICATOR, entry, "III"))


def test_nothing_follows_where_the_province_has_set_no_threshold():
    assert derived(IndicatorSpec(3, "2.1", "Đường", (FREE,)), {3: Reading(Decimal(50))}, "III", ON) is None
    assert derived(IndicatorSpec(4, "1.1", "Quy hoạch"), {}, "III", ON) is None
    assert derived(INDICATOR, {}, "III", ON) is None
