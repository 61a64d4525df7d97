"""Cells as offices fill them: one reading or a refusal."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900 as EPOCH
from openpyxl.utils.datetime import to_excel

from criteria.engine.facts import Comparison, MeasureSpec
from ntm_portal.core.importing.reading import Failed, NotComputed
from ntm_portal.core.importing.values import CellValueError
from reports.workbooks.reading import Cell
from reports.workbooks.values import Typed, commune_code, conclusion, count, indicator_codes, measured, words

SHARE = MeasureSpec(1, "Tỷ lệ hộ", "% hộ", Comparison.AT_LEAST)
INCOME = MeasureSpec(2, "Thu nhập", "triệu đồng/người/năm", Comparison.AT_LEAST)
CODES = ("2.1", "2.2", "15.1", "15.3", "17.1", "1.2")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (Cell(85), "85"),
        (Cell(85.5), "85.5"),
        (Cell(0.85, is_percent=True), "85"),
        (Cell(1, is_percent=True), "100"),
        (Cell(0.0085, is_percent=True), "0.85"),
        (Cell(0), "0"),
        (Cell("85"), "85"),
        (Cell("85,5"), "85.5"),
        (Cell("85.5"), "85.5"),
        (Cell("85%"), "85"),
        (Cell("0,85%"), "0.85"),
        (Cell(" 85,5 % hộ\xa0"), "85.5"),
        (Cell(0.1 + 0.2 + 69), "69.3"),
    ],
)
def test_percentage_is_read_however_it_is_written(cell, value):
    assert measured(cell, SHARE, None) == Typed(Decimal(value))


@pytest.mark.parametrize("value", [0.85, 1, "0,85", "0.5", 0.001])
def test_share_or_percentage_is_not_guessed(value):
    with pytest.raises(CellValueError, match=r"đọc được hai cách: .*Hãy gõ kèm dấu %"):
        measured(Cell(value), SHARE, None)


def test_small_percentage_that_the_portal_wrote_is_taken():
    assert measured(Cell(0.85), SHARE, Decimal("0.85")) == Typed(Decimal("0.85"))


@pytest.mark.parametrize("value", ["1.234", "85..5", "tám lăm", "85-90", True, datetime(2020, 2, 1)])
def test_what_is_no_number_or_two_is_refused(value):
    with pytest.raises(CellValueError):
        measured(Cell(value), SHARE, None)


def test_ratio_in_the_cell_of_the_value_gives_both_its_numbers():
    assert measured(Cell("171/200"), SHARE, None) == Typed(None, Decimal(171), Decimal(200))


@pytest.mark.parametrize("cell", [Cell(0.41, is_percent=True), Cell("41%")])
def test_percentage_of_what_is_none_is_refused(cell):
    with pytest.raises(CellValueError):
        measured(cell, INCOME, None)


@pytest.mark.parametrize("value", [0.85, "41,2", "41.2 triệu đồng/người/năm", "1.234,5"])
def test_other_quantities_are_taken_as_they_stand(value):
    assert measured(Cell(value), INCOME, None).value is not None


@pytest.mark.parametrize("cell", [Cell(NotComputed()), Cell(Failed("#DIV/0!"))])
@pytest.mark.parametrize("read", [lambda c: measured(c, SHARE, None), count, conclusion, lambda c: words(c, 500)])
def test_formula_without_result_and_error_of_excel_are_refused(cell, read):
    with pytest.raises(CellValueError):
        read(cell)


@pytest.mark.parametrize("value", ["Đạt", "đạt ", "ÐẠT", "\u0110a\u0323t", "x", "X", "1", 1, 1.0, True, "có", "✓"])
def test_yes_is_read_however_it_is_said(value):
    assert conclusion(Cell(value)) == "MET"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("chưa đạt", "NOT_MET"),
        ("Không đạt", "NOT_MET"),
        (0, "NOT_MET"),
        (False, "NOT_MET"),
        ("không", "NOT_MET"),
        ("KHÔNG XÉT", "EXEMPT"),
        ("  ", ""),
        (None, ""),
        ("Chưa có số liệu", ""),
    ],
)
def test_other_conclusions_are_read(value, code):
    assert conclusion(Cell(value)) == code


@pytest.mark.parametrize("value", ["tốt", 2, datetime(2020, 1, 1), "đạt/chưa đạt", "?"])
def test_other_words_are_no_conclusion(value):
    with pytest.raises(CellValueError):
        conclusion(Cell(value))


@pytest.mark.parametrize("value", ["23407", 23407, 23407.0, "23407.0", " 23407 "])
def test_code_of_a_commune_survives_becoming_a_number(value):
    assert commune_code(Cell(value), ["23408", "23407"]) == "23407"


@pytest.mark.parametrize("value", ["23409", 2340.7, "Đăk Ang", None])
def test_code_of_another_commune_is_none(value):
    assert commune_code(Cell(value), ["23407"]) is None


@pytest.mark.parametrize(
    "value",
    ["15.1", "15,1", 15.1, "Chỉ tiêu 15.1", datetime(2020, 1, 15), to_excel(datetime(2020, 1, 15)), " 15.1 "],
)
def test_code_of_an_indicator_survives_becoming_a_number_or_a_day(value):
    assert indicator_codes(Cell(value), CODES, EPOCH) == ["15.1"]


def test_day_that_could_be_two_codes_gives_both():
    assert indicator_codes(Cell(datetime(2020, 1, 2)), CODES, EPOCH) == ["2.1", "1.2"]


def test_number_that_could_be_two_codes_gives_both():
    assert indicator_codes(Cell(2.1), ["2.1", "2.10"], EPOCH) == ["2.1", "2.10"]


def test_note_keeps_its_words_and_has_an_end():
    assert words(Cell("Lý  do​ \n khác"), 500) == "Lý do khác"
    with pytest.raises(CellValueError, match="Dài quá 5 ký tự"):
        words(Cell("sáu chữ"), 5)


NUMBERS = st.decimals(min_value=0, max_value=100, places=4)


@given(NUMBERS)
def test_percentage_is_the_same_as_number_text_and_percent_cell(value):
    said = f"{value:f}".replace(".", ",")
    assert measured(Cell(f"{said}%"), SHARE, None) == Typed(value)
    assert measured(Cell(float(value / 100), is_percent=True), SHARE, None) == Typed(value)
    assert measured(Cell(float(value)), SHARE, value) == Typed(value)


@given(NUMBERS.filter(lambda value: value > 1))
def test_comma_and_point_say_the_same_or_are_refused(value):
    comma = measured(Cell(f"{value:f}".replace(".", ",")), SHARE, None)
    assert comma == measured(Cell(f"{value:f}"), SHARE, None) == Typed(value)


@given(
    st.one_of(
        st.text(max_size=50),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.datetimes(min_value=datetime(1900, 1, 1)),
        st.none(),
    ),
    st.booleans(),
)
def test_no_cell_breaks_the_reading(value, is_percent):
    cell = Cell(value, is_percent)
    for read in (lambda c: measured(c, SHARE, None), count, conclusion, lambda c: words(c, 500)):
        with suppress(CellValueError):
            read(cell)
    assert isinstance(indicator_codes(cell, CODES, EPOCH), list)
    assert commune_code(cell, ["23407"]) in {None, "23407"}
