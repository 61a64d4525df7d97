"""What offices write into a cell: numbers and conclusions, read one way or refused, and written back as they read them.

The grid, workbooks and whoever else takes typed text read it here.
"""

import re
from decimal import Decimal

from criteria.actions import ratio
from criteria.engine.facts import Conclusion, MeasureSpec, Reading
from criteria.engine.wording import RESULT_LABELS, Result
from ntm_portal.core.errors import DomainError
from ntm_portal.core.text import clean, search_key
from reports.models.contents import exact

LONGEST = 40
"""Characters of a number; more is no number that anybody typed."""
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<mark>[., ])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?P<rest>[.,][0-9]+)?")
_TWO_WAYS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_CONCLUSIONS = {
    "d": Conclusion.MET,
    "dat": Conclusion.MET,
    "co": Conclusion.MET,
    "x": Conclusion.MET,
    "1": Conclusion.MET,
    "met": Conclusion.MET,
    "c": Conclusion.NOT_MET,
    "chua": Conclusion.NOT_MET,
    "chua dat": Conclusion.NOT_MET,
    "khong dat": Conclusion.NOT_MET,
    "0": Conclusion.NOT_MET,
    "not met": Conclusion.NOT_MET,
    "k": Conclusion.EXEMPT,
    "khong xet": Conclusion.EXEMPT,
    "exempt": Conclusion.EXEMPT,
}


class UnreadableError(DomainError):
    """A cell that cannot be read, or that could be read two ways."""

    code = "unreadable"
    status = 400


def read_number(text: str) -> Decimal:
    """The number that a text says: decimal comma; points or spaces between thousands where nothing else is meant.

    Raises UnreadableError.
    """
    said = clean(text)
    if len(said) > LONGEST:
        raise UnreadableError(f"Số dài quá {LONGEST} ký tự.")
    if said[:1] in {"-", "−"}:
        raise UnreadableError(f"“{said}”: số không được âm.")
    if _TWO_WAYS.fullmatch(said):
        bare = said.replace(".", "")
        comma = said.replace(".", ",")
        raise UnreadableError(f"“{said}” đọc được hai cách: viết {bare}, hoặc {comma} nếu là số thập phân.")
    if _PLAIN.fullmatch(said):
        return Decimal(said.replace(",", "."))
    grouped = _GROUPED.fullmatch(said)
    if grouped is None or (grouped["rest"] or "")[:1] == grouped["mark"]:
        raise UnreadableError(f"“{said}” không phải là số; viết như 85 hoặc 85,5.")
    whole = said.removesuffix(grouped["rest"] or "").replace(grouped["mark"], "")
    return Decimal(whole + (grouped["rest"] or "").replace(",", "."))


def read_reading(measure: MeasureSpec, text: str) -> Reading | None:
    """The value of a measure as typed: "85,5", "85,5%" or "171/200"; none where nothing is.

    Raises UnreadableError.
    """
    said = _without_unit(measure, clean(text))
    if not said:
        return None
    above, slash, below = said.partition("/")
    if not slash:
        return Reading(read_number(said))
    try:
        return ratio(measure, read_number(above), read_number(below))
    except ZeroDivisionError as error:
        raise UnreadableError("Mẫu số phải lớn hơn 0.") from error


def _without_unit(measure: MeasureSpec, said: str) -> str:
    """Text without the unit of its measure behind it; a percentage is also written with the sign alone."""
    units = [measure.unit, "%"] if measure.is_percentage else [measure.unit]
    for unit in units:
        if unit and said.casefold().endswith(unit.casefold()):
            return said[: -len(unit)].strip()
    return said


def read_conclusion(text: str) -> str:
    """Code of a conclusion by its letter, its words or what offices tick it with; "" where nothing is typed.

    Raises UnreadableError.
    """
    said = clean(text)
    if not said:
        return ""
    found = _CONCLUSIONS.get(search_key(said))
    if found is None:
        raise UnreadableError(f"“{said[:LONGEST]}” không phải kết luận: viết Đạt, Chưa đạt hoặc Không xét.")
    return str(found)


def conclusion_words(conclusion: Conclusion | None) -> str:
    """A conclusion as a cell shows it and reads it back."""
    return "" if conclusion is None else RESULT_LABELS[Result(conclusion)]


def number_text(value: Decimal) -> str:
    """A number as it is typed and read back the same: decimal comma, nothing between thousands."""
    return (exact(value) or "").replace(".", ",")


def reading_text(reading: Reading | None) -> str:
    """A reading as it is typed: the ratio where there is one, else the value."""
    if reading is None or reading.value is None:
        return ""
    if reading.numerator is not None and reading.denominator is not None:
        return f"{number_text(reading.numerator)}/{number_text(reading.denominator)}"
    return number_text(reading.value)
