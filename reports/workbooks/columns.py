"""The columns of the workbook: what each is called, how wide it is, and whether the office fills it in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from criteria.engine.facts import IndicatorSpec
from ntm_portal.core import text


class Part(StrEnum):
    """What a measure has a column for."""

    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


@dataclass(frozen=True, slots=True)
class Column:
    """`is_read` columns mean something when the file comes back; the others are there to be looked at."""

    key: str
    header: str
    width: int
    is_open: bool = False
    is_read: bool = True
    is_needed: bool = False
    also: tuple[str, ...] = ()


COMMUNE, INDICATOR, CONCLUSION, NOTE, BASIS = "commune", "indicator", "conclusion", "note", "basis"
COMMUNE_NAME, INDICATOR_NAME = "commune_name", "indicator_name"
_PART_HEADERS = {Part.VALUE: "Số đo", Part.NUMERATOR: "Tử số", Part.DENOMINATOR: "Mẫu số"}

_BEFORE = (
    Column("number", "TT", 5, is_read=False),
    Column(COMMUNE, "Mã xã", 9, is_needed=True),
    Column(COMMUNE_NAME, "Xã", 18, also=("Tên xã",)),
    Column("district", "Huyện", 15, is_read=False),
    Column(INDICATOR, "Mã chỉ tiêu", 11, is_needed=True),
    Column(INDICATOR_NAME, "Chỉ tiêu", 38, also=("Tên chỉ tiêu",)),
    Column("asked", "Yêu cầu", 26, is_read=False),
    Column("previous_values", "Số đo kỳ trước", 18, is_read=False),
    Column("previous_conclusion", "Kết luận kỳ trước", 16, is_read=False),
)
_AFTER = (
    Column(CONCLUSION, "Kết luận", 13, is_open=True, is_needed=True),
    Column(NOTE, "Ghi chú", 32, is_open=True),
    Column(BASIS, "Căn cứ không xét", 28, is_open=True, also=("Căn cứ",)),
)


def slot(part: Part, place: int) -> str:
    """Key of the column of the measure at that place of its indicator, counted from 0."""
    return f"{part}{place}"


def slots(specs: Iterable[IndicatorSpec]) -> int:
    """How many measures the widest indicator has."""
    return max((len(spec.measures) for spec in specs), default=0)


def columns(width: int) -> tuple[Column, ...]:
    """All columns, with places for so many measures."""
    found = []
    for place in range(width):
        number = f" {place + 1}" if width > 1 else ""
        also = f"Đại lượng {place + 1}"
        found.append(Column(f"measure{place}", f"Đại lượng{number}", 30, is_read=False, also=(also,)))
        for part, header in _PART_HEADERS.items():
            names = (f"{header} {place + 1}", header) if not place else ()
            is_value = part is Part.VALUE
            found.append(
                Column(slot(part, place), f"{header}{number}", 11, is_open=True, is_needed=is_value, also=names)
            )
    return (*_BEFORE, *found, *_AFTER)


def header_key(header: str) -> str:
    """A header as it is compared: without marks, case and punctuation."""
    return text.search_key(header)
