"""Typed numbers and conclusions: read one way or refused, and written back as they read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.facts import Comparison, MeasureSpec, Reading, ThresholdSpec
from reports.numbers import UnreadableError, number_text, read_conclusion, read_number, read_reading, reading_text

SHARE = MeasureSpec(1, "Tỷ lệ hộ", "% hộ", Comparison.AT_LEAST, {"": ThresholdSpec(Decimal(70), "QĐ")})
INCOME = MeasureSpec(2, "Thu nhập", "triệu đồng/người/năm", Comparison.AT_LEAST, {})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("85", "85"),
        ("85,5", "85.5"),
        ("85.5", "85.5"),
        ("0.234", "0.234"),
        ("1,234", "1.234"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("12 345,6", "12345.6"),
        ("12\u00a0345", "12345"),
        ("  7 ", "7"),
        ("\u200b69,95", "69.95"),
    ],
)
def test_number_is_read(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.234", "“1.234” đọc được hai cách: viết 1234, hoặc 1,234 nếu là số thập phân."),
        ("12.345", "“12.345” đọc được hai cách: viết 12345, hoặc 12,345 nếu là số thập phân."),
        ("-5", "“-5”: số không được âm."),
        ("tám", "“tám” không phải là số; viết như 85 hoặc 85,5."),
        ("1e5", "“1e5” không phải là số; viết như 85 hoặc 85,5."),
        ("1.23.456", "“1.23.456” không phải là số; viết như 85 hoặc 85,5."),
        ("1,234,56", "“1,234,56” không phải là số; viết như 85 hoặc 85,5."),
        ("NaN", "“NaN” không phải là số; viết như 85 hoặc 85,5."),
        ("٣", "“٣” không phải là số; viết như 85 hoặc 85,5."),
        ("9" * 41, "Số dài quá 40 ký tự."),
    ],
)
def test_number_that_cannot_be_read_one_way_is_refused(text, said):
    with pytest.raises(UnreadableError) as refused:
        read_number(text)
    assert refused.value.message == said


@pytest.mark.parametrize("text", ["85,5", "85,5%", "85,5 %", "85,5 % hộ", "171/200", "171 / 200", "171/200 %"])
def test_share_is_read_with_its_sign_or_as_a_ratio(text):
    assert read_reading(SHARE, text).value == Decimal("85.5")


def test_ratio_keeps_both_numbers_and_rounds_away_from_the_pass():
    assert read_reading(SHARE, "2/3") == Reading(Decimal("66.6666"), Decimal(2), Decimal(3))
    assert read_reading(INCOME, "82/2") == Reading(Decimal(41), Decimal(82), Decimal(2))


@pytest.mark.parametrize(("text", "said"), [("5/0", "Mẫu số phải lớn hơn 0."), ("5/", "“” không phải là số; viết như")])
def test_ratio_without_a_denominator_is_refused(text, said):
    with pytest.raises(UnreadableError) as refused:
        read_reading(SHARE, text)
    assert refused.value.message.startswith(said)


def test_percent_of_what_is_no_percentage_is_refused():
    with pytest.raises(UnreadableError):
        read_reading(INCOME, "41%")
    assert read_reading(INCOME, "41 triệu đồng/người/năm") == Reading(Decimal(41))


def test_nothing_typed_is_no_reading():
    assert (read_reading(SHARE, "  "), read_conclusion(" ")) == (None, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("d", "MET"),
        ("Đạt", "MET"),
        ("Ðạt ", "MET"),
        ("x", "MET"),
        ("1", "MET"),
        ("chưa đạt", "NOT_MET"),
        ("Không đạt", "NOT_MET"),
        ("c", "NOT_MET"),
        ("0", "NOT_MET"),
        ("Không xét", "EXEMPT"),
        ("k", "EXEMPT"),
    ],
)
def test_conclusion_is_read_from_letters_and_words(text, code):
    assert read_conclusion(text) == code


@pytest.mark.parametrize("text", ["không", "85", "đạt?!a", "y" * 100])
def test_conclusion_that_says_nothing_certain_is_refused(text):
    with pytest.raises(UnreadableError):
        read_conclusion(text)


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_what_is_written_back_is_read_the_same(value):
    assert read_number(number_text(value)) == value


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_ratio_that_is_written_back_is_read_the_same(above, below):
    reading = read_reading(SHARE, f"{above}/{below}")
    assert read_reading(SHARE, reading_text(reading)) == reading
