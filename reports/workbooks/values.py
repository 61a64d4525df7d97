"""One cell: what people put into it as a code, a conclusion, a number or a text. Two ways to read it is an error."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.utils.datetime import from_excel

from criteria.engine.facts import MeasureSpec
from criteria.engine.wording import number
from ntm_portal.core import text
from ntm_portal.core.importing.reading import Failed, NotComputed, is_blank
from ntm_portal.core.importing.values import CellValueError, as_text, decimal_of
from reports.numbers import UnreadableError, read_conclusion, read_number, read_reading
from reports.workbooks.reading import Cell

_TICKED = {
    "true": "MET",
    "v": "MET",
    "khong": "NOT_MET",
    "false": "NOT_MET",
    "chua co so lieu": "",
    "khong co so lieu": "",
}
"""What stands in workbooks besides what is typed into the grid."""
_TICKS = {"✓", "✔", "☑"}
_NUMBER = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30})?")
_FIRST_SERIAL = 367
"""Of a day in a workbook: no code of a commune's indicator is as large."""

_NOT_A_PERCENTAGE = "Ô ghi phần trăm, đại lượng này tính bằng {unit}."
_SHARE_OR_PERCENT = "“{said}” đọc được hai cách: {said}% hay {percent}%. Hãy gõ kèm dấu %."


@dataclass(frozen=True, slots=True)
class Typed:
    """A value as it stands in the cell of a measure: the value, or its numerator and denominator."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


def _usable(value: Any) -> Any:
    """Raises CellValueError for a formula without a result and for an error of Excel."""
    if isinstance(value, NotComputed):
        raise CellValueError("Công thức chưa có kết quả; hãy mở bằng Excel rồi lưu lại, hoặc dán giá trị vào ô.")
    if isinstance(value, Failed):
        raise CellValueError(f"Ô đang báo lỗi của Excel ({value}).")
    return value


def words(cell: Cell, longest: int) -> str:
    """A note or a basis."""
    said = as_text(_usable(cell.value))
    if len(said) > longest:
        raise CellValueError(f"Dài quá {longest} ký tự (đang có {len(said)}).")
    return said


def conclusion(cell: Cell) -> str:
    """MET, NOT_MET, EXEMPT, or an empty text. Raises CellValueError for any other word."""
    value = _usable(cell.value)
    if is_blank(value):
        return ""
    raw = as_text(value).removesuffix(".0")
    if raw in _TICKS:
        return "MET"
    ticked = _TICKED.get(text.search_key(raw))
    try:
        return read_conclusion(raw) if ticked is None else ticked
    except UnreadableError as error:
        raise CellValueError(error.message) from error


def measured(cell: Cell, measure: MeasureSpec, known: Decimal | None) -> Typed:
    """What the cell of a value says, in the unit of the measure; `known` is what the portal had written there.

    Raises CellValueError.
    """
    value = _usable(cell.value)
    if is_blank(value):
        return Typed()
    if _is_day(value):
        raise CellValueError("Ô đang là ngày tháng; hãy gõ lại số và định dạng ô là số.")
    if isinstance(value, int | float | Decimal):
        return Typed(_from_number(_as_decimal(value), cell.is_percent, measure, known))
    said = as_text(value)
    try:
        reading = read_reading(measure, said)
    except UnreadableError as error:
        raise CellValueError(error.message) from error
    if reading is None or reading.value is None:
        return Typed()
    if reading.numerator is not None or "%" in said:
        return Typed(None if reading.numerator is not None else reading.value, reading.numerator, reading.denominator)
    return Typed(_from_number(reading.value, False, measure, known))


def count(cell: Cell) -> Decimal | None:
    """A numerator or a denominator. Raises CellValueError."""
    value = _usable(cell.value)
    if is_blank(value):
        return None
    if _is_day(value):
        raise CellValueError("Ô đang là ngày tháng; hãy gõ lại số và định dạng ô là số.")
    if cell.is_percent:
        raise CellValueError("Ô định dạng phần trăm; tử số và mẫu số là số đếm.")
    return _as_decimal(value) if isinstance(value, int | float | Decimal) else _plain(as_text(value))


def _is_day(value: Any) -> bool:
    return isinstance(value, bool) or not isinstance(value, int | float | Decimal | str)


def _as_decimal(value: float | Decimal) -> Decimal:
    return decimal_of(value) if isinstance(value, float) else Decimal(value)


def _from_number(value: Decimal, is_percent: bool, measure: MeasureSpec, known: Decimal | None) -> Decimal:
    """A bare number up to 1 where a percentage is asked may be a share; unless the portal wrote it, it is not taken."""
    if is_percent and not measure.is_percentage:
        raise CellValueError(_NOT_A_PERCENTAGE.format(unit=measure.unit))
    if is_percent:
        return value * 100
    if measure.is_percentage and 0 < value <= 1 and value != known:
        raise CellValueError(_SHARE_OR_PERCENT.format(said=number(value), percent=number(value * 100)))
    return value


def _plain(said: str) -> Decimal:
    """A number typed as text; raises CellValueError when it is none, or could be two."""
    try:
        return read_number(said)
    except UnreadableError as error:
        raise CellValueError(error.message) from error


def commune_code(cell: Cell, known: Iterable[str]) -> str | None:
    """The code of the report that the cell means, also where a program made a number of it; none where none is."""
    said = as_text(_usable(cell.value)).removesuffix(".0").removesuffix(",0")
    digits = said.lstrip("0")
    return next((code for code in known if code == said or (digits.isdigit() and code.lstrip("0") == digits)), None)


def indicator_codes(cell: Cell, known: Iterable[str], epoch: datetime) -> list[str]:
    """Every code of the report that the cell may mean: 15.1 may have become a number, or 15 January, or its serial."""
    value, codes = _usable(cell.value), list(known)
    said = as_text(value)
    if isinstance(value, str):
        typed = text.search_key(said).removeprefix("chi tieu ").replace(" ", ".")
        if typed in codes:
            return [typed]
    wanted = _numbers_of(value, said, epoch)
    return [code for code in codes if _number_of(code) in wanted]


def _numbers_of(value: Any, said: str, epoch: datetime) -> set[Decimal]:
    day = _day_of(value, epoch)
    if day is not None:
        return {Decimal(f"{day.day}.{day.month}"), Decimal(f"{day.month}.{day.day}")}
    found = _number_of(said.replace(",", "."))
    return set() if found is None else {found}


def _day_of(value: Any, epoch: datetime) -> date | None:
    if isinstance(value, date):
        return value
    is_serial = isinstance(value, int | float) and not isinstance(value, bool) and value >= _FIRST_SERIAL
    try:
        return from_excel(value, epoch) if is_serial else None
    except (ValueError, OverflowError):
        return None


def _number_of(said: str) -> Decimal | None:
    return Decimal(said) if _NUMBER.fullmatch(said) else None


def means(said: str, names: Iterable[str]) -> bool:
    """Whether a cell names one of these, whatever the marks, the case and the look-alikes."""
    return text.search_key(said) in {text.search_key(name) for name in names}
