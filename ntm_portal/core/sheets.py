"""Workbooks out: rows in, bytes out, and text stays text."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_WIDEST = 60
_LONGEST_TITLE = 31
_NOT_IN_TITLES = re.compile(r"[\\*?:/\[\]]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a bold, frozen header; a text that starts with "=" stays a text."""
    rows = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", written(title))[:_LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for index, name in enumerate(header, start=1):
        longest = max([len(name), *(len(str(row[index - 1] or "")) for row in rows)])
        sheet.column_dimensions[get_column_letter(index)].width = min(longest + 2, _WIDEST)
    sheet.append([_cell(sheet, name, Font(bold=True)) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plain_text(value: str) -> str:
    """A text for a CSV cell: an apostrophe before what a spreadsheet would take for a formula and run."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def written(value: str) -> str:
    """A text as XML can hold it: no control characters."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)


def _cell(sheet, value: Any, font: Font | None = None) -> WriteOnlyCell:
    if isinstance(value, datetime) and value.tzinfo:
        value = value.replace(tzinfo=None)
    cell = WriteOnlyCell(sheet, value=written(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if font:
        cell.font = font
    return cell
