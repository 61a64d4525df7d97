"""One cell and one field: a value as a workbook shows it, and what people put into cells as the value of the field."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from openpyxl.utils.datetime import from_excel

from ntm_portal.core import clock, text
from ntm_portal.core.importing.reading import Failed, NotComputed, is_blank

_YES = {"có", "co", "x", "1", "true", "đúng", "rồi", "đã"}
_NO = {"không", "khong", "0", "false", "sai", "chưa"}
_WHOLE = re.compile(r"[+-]?\d{1,18}\Z")
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?\Z")
_TWO_WAYS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}\Z")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?\Z")


class CellValueError(ValueError):
    """The cell cannot be read as a value of its field; the message is for people."""


def shown(record: models.Model, field: models.Field) -> Any:
    """The value of a field as a template shows it."""
    value = getattr(record, field.attname)
    if value is None or value == "":
        return None
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "có" if value else "không"
    return value.normalize() if isinstance(value, Decimal) else value


def as_text(value: Any) -> str:
    """What a cell says, in the words of whoever looks at it."""
    if is_blank(value):
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{decimal_of(value):f}"
    return text.clean(str(value))


def decimal_of(value: float) -> Decimal:
    """The digits that Excel shows: fifteen, less the noise behind them."""
    return Decimal(format(value, ".15g"))


def parsed(value: Any, field: models.Field, epoch: datetime) -> Any:
    """The value of the field. Raises CellValueError when the cell cannot be read as one, or could be read two ways."""
    if isinstance(value, NotComputed):
        raise CellValueError("Công thức chưa có kết quả; hãy mở bằng Excel rồi lưu lại, hoặc dán giá trị vào ô.")
    if isinstance(value, Failed):
        raise CellValueError("Ô đang báo lỗi của Excel.")
    if is_blank(value):
        return _empty(field)
    if field.choices:
        return _choice(as_text(value), field)
    for kind, read in _READERS:
        if isinstance(field, kind):
            return read(value, epoch)
    return as_text(value)


def _empty(field: models.Field) -> Any:
    """An empty cell empties the field, where it can be."""
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField):
        return ""
    raise CellValueError("Không được để trống.")


def _choice(said: str, field: models.Field) -> Any:
    """By the words of the choice, or by its code."""
    wanted = said.casefold()
    for code, label in field.flatchoices:
        if wanted in {str(label).casefold(), str(code).casefold()}:
            return code
    known = "; ".join(str(label) for code, label in field.flatchoices if code not in {None, ""})
    raise CellValueError(f"Chỉ nhận: {known}.")


def _flag(value: Any, epoch: datetime) -> bool:
    said = as_text(value).casefold()
    if said in _YES | _NO:
        return said in _YES
    raise CellValueError("Chỉ nhận: có; không.")


def _whole(value: Any, epoch: datetime) -> int:
    said = as_text(value)
    if isinstance(value, bool | datetime | date) or not _WHOLE.match(said):
        raise CellValueError("Phải là số nguyên, không có dấu ngăn cách.")
    return int(said)


def _number(value: Any, epoch: datetime) -> Decimal:
    """A number typed as text takes a comma or a point; where that could also mean thousands it is not guessed."""
    if isinstance(value, bool | datetime | date):
        raise CellValueError("Phải là một số.")
    if isinstance(value, int | float | Decimal):
        return decimal_of(value) if isinstance(value, float) else Decimal(value)
    said = as_text(value)
    if _TWO_WAYS.match(said):
        raise CellValueError("Đọc được hai cách (phần nghìn hay phần lẻ); hãy gõ thành ô số của Excel.")
    if not _NUMBER.match(said):
        raise CellValueError("Phải là một số.")
    try:
        return Decimal(said.replace(",", "."))
    except InvalidOperation as error:
        raise CellValueError("Phải là một số.") from error


def _day(value: Any, epoch: datetime) -> date:
    """A cell of dates, its serial number, or dd/mm/yyyy."""
    found = _as_day(value, epoch)
    if found is None:
        raise CellValueError("Phải là ngày, như 13/10/2020.")
    if found.year not in clock.YEARS:
        raise CellValueError(clock.YEARS_WORDS)
    return found


def _as_day(value: Any, epoch: datetime) -> date | None:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = from_excel(value, epoch)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        said = as_text(value)
        if typed := _DAY.match(said):
            return date(int(typed[3]), int(typed[2]), int(typed[1]))
        if typed := _ISO_DAY.match(said):
            return date(*map(int, typed.groups()))
    except (ValueError, OverflowError):
        return None
    return None


_READERS = (
    (models.BooleanField, _flag),
    (models.IntegerField, _whole),
    (models.DecimalField, _number),
    (models.DateField, _day),
)
"""By the type of the field; whatever is none of these is text."""
