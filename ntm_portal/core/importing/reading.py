"""A workbook or CSV file as a table: plain values with Excel's own row numbers, formulas as what they last showed."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from ntm_portal.core import text
from ntm_portal.core.importing.errors import SheetError
from ntm_portal.core.sheets import write_xlsx

MOST_ROWS = 2000
MOST_COLUMNS = 60
BROKEN = "Không đọc được trang tính đầu tiên; hãy mở tệp bằng Excel rồi lưu lại dạng .xlsx."
_NOT_TEXT = "Tệp không phải .xlsx, cũng không phải CSV ghi theo UTF-8; tệp .xls đời cũ thì lưu lại dạng .xlsx."
# What openpyxl raises for parts that are no sheet; broken XML is a SyntaxError.
UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ";,\t"


class NotComputed:
    """Stands for a formula without a result: nothing here computes."""

    def __str__(self) -> str:
        return "công thức"


class Failed(str):
    """An error of Excel in a cell, such as #N/A."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet holds. `names` are the headers as they are compared, by place; rows are (number, values)."""

    headers: list[str]
    rows: list[tuple[int, list[Any]]]
    epoch: datetime

    @property
    def names(self) -> list[str]:
        return [header_key(header) for header in self.headers]


def header_key(header: str) -> str:
    """A header as it is compared: composed, without case."""
    return text.clean(header).casefold()


def is_blank(value: Any) -> bool:
    return value is None or isinstance(value, str) and not value.strip()


def _cells(sheet: ReadOnlyWorksheet) -> Iterator[tuple]:
    """Rows of cells, no more than are read: what a sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    return sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1)


def value_of(shown: Any, written: Any) -> Any:
    """What the cell shows; `written` is the same cell with its formula."""
    if shown.data_type == "e":
        return Failed(shown.value)
    # A formula whose result is an empty text is one that was computed.
    if shown.value is None and shown.data_type == "n" and written.data_type == "f":
        return NotComputed()
    return shown.value


def read_table(content: bytes) -> Table:
    """The first sheet of a workbook that was found sound. Raises SheetError when it is no table of this kind."""
    try:
        shown = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        written = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        first, formulas = shown.worksheets[0], written.worksheets[0]
        rows = [
            [value_of(one, other) for one, other in zip(*pair, strict=False)]
            for pair in zip(_cells(first), _cells(formulas), strict=False)
        ]
        epoch = shown.epoch
    except UNREADABLE as error:
        raise SheetError(BROKEN) from error
    return _table(rows, epoch)


def _table(rows: list[list[Any]], epoch: datetime) -> Table:
    """The header is the first row; blank columns at its end and blank rows anywhere do not count."""
    header = [_header(value) for value in rows[0]] if rows else []
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if not all(map(is_blank, row))]
    width = max([i for i, name in enumerate(header, 1) if name] + [_width(row) for _, row in filled], default=0)
    if not any(header):
        raise SheetError("Dòng 1 của trang tính đầu tiên phải là tiêu đề cột, như trong tệp mẫu.")
    if width > MOST_COLUMNS:
        raise SheetError(f"Trang tính có quá nhiều cột; được tới {MOST_COLUMNS}.")
    if filled and filled[-1][0] > MOST_ROWS + 1:
        raise SheetError(f"Trang tính có quá nhiều dòng; mỗi lần nhập được tới {MOST_ROWS} dòng, hãy chia tệp ra.")
    header += [""] * (width - len(header))
    return Table(header[:width], [(n, [*row, *[None] * (width - len(row))][:width]) for n, row in filled], epoch)


def _header(value: Any) -> str:
    return "" if is_blank(value) else text.clean(str(value))


def _width(row: list[Any]) -> int:
    """Up to the last cell that holds something."""
    return max((place for place, value in enumerate(row, 1) if not is_blank(value)), default=0)


def letter(place: int) -> str:
    """The letters of a column, counted from 0."""
    return get_column_letter(place + 1)


def workbook_of_csv(content: bytes) -> bytes:
    """The lines of a CSV file as a workbook of texts, in the rows where Excel would show them.

    Raises SheetError when the content is no text.
    """
    try:
        said = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
        if "\0" in said:
            raise SheetError(_NOT_TEXT)
        first = said.lstrip("\r\n").partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        lines = csv.reader(io.StringIO(said, newline=""), delimiter=delimiter, strict=True)
        rows = [line for line, _ in zip(lines, range(MOST_ROWS + 2), strict=False)]
    except UnicodeDecodeError as error:
        raise SheetError(_NOT_TEXT) from error
    except csv.Error as error:
        raise SheetError("Tệp CSV có dấu ngoặc kép hoặc dấu phân cách đặt sai; hãy lưu lại dạng .xlsx.") from error
    wide = max(map(len, rows), default=0)
    if wide > MOST_COLUMNS:
        raise SheetError(f"Tệp có quá nhiều cột; được tới {MOST_COLUMNS}.")
    filled = [[*row, *[""] * (wide - len(row))] for row in rows] or [[""]]
    return write_xlsx("CSV", filled[0], filled[1:])
