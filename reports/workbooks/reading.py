"""A workbook as it comes back: the table wherever it stands, its columns in any order, and the sealed origin.

Nothing is evaluated: of a formula the result that was last saved is read.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from ntm_portal.core.importing.errors import CellError, SheetError
from ntm_portal.core.importing.reading import BROKEN, UNREADABLE, is_blank, letter, value_of
from reports.workbooks.columns import Column, columns, header_key
from reports.workbooks.origin import SHEET, Origin, OriginError, origin_of

MOST_ROWS = 20_000
MOST_COLUMNS = 80
MOST_CELLS = 400_000
"""Of a sheet, filled or only coloured: a portal's own sheet of the whole province has 100 000."""
_HEADER_WITHIN = 30
_LEAST_HEADERS = 3
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[\s>/]")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_PIECE = 1024 * 1024
_LONGEST_TAG = 4096

_NO_TABLE = (
    "Không tìm thấy dòng tiêu đề của bảng (Mã xã, Mã chỉ tiêu, Kết luận…) trong 30 dòng đầu của trang tính nào; "
    "hãy tải lại tệp từ cổng rồi chép số liệu sang."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds; `is_percent` where it shows a share as a percentage, 0.85 as 85%."""

    value: Any = None
    is_percent: bool = False


BLANK = Cell()
Row = tuple[int, dict[str, Cell]]


@dataclass(slots=True)
class Table:
    """The rows that hold anything, by the number that Excel gives them and the key of the column."""

    sheet: str
    header_row: int
    headers: list[str]
    places: dict[str, int]
    epoch: datetime
    rows: list[Row] = field(default_factory=list)
    faults: list[CellError] = field(default_factory=list)
    hidden_rows: int = 0
    origin: Origin | None = None
    origin_fault: str = ""

    def letter(self, key: str) -> str:
        """The column that this key stands in; nothing where the file lacks it."""
        return letter(self.places[key]) if key in self.places else ""

    def header(self, key: str) -> str:
        return self.headers[self.places[key]] if key in self.places else ""


def read(content: bytes, width: int) -> Table:
    """The table of a workbook that was found sound, with room for so many measures.

    Raises SheetError when no sheet holds such a table.
    """
    try:
        shown = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        layout = columns(width)
        sheet, table = _found(shown, layout)
        table.hidden_rows, has_formulas = _scanned(content, sheet)
        formulas = sheet
        if has_formulas:
            formulas = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)[sheet.title]
        _read_rows(table, sheet, formulas, layout)
        _read_origin(table, shown)
    except UNREADABLE as error:
        raise SheetError(BROKEN) from error
    return table


def _cells(sheet: ReadOnlyWorksheet, first: int = 1, last: int = MOST_ROWS + _HEADER_WITHIN + 1) -> Iterator[tuple]:
    """Rows of cells; what a sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    return sheet.iter_rows(min_row=first, max_row=last, max_col=MOST_COLUMNS)


def _found(book: Workbook, layout: Sequence[Column]) -> tuple[ReadOnlyWorksheet, Table]:
    """The first sheet with a line that has most of the headers; titles above it do not count."""
    names = _names(layout)
    for sheet in book.worksheets:
        if sheet.title == SHEET or not isinstance(sheet, ReadOnlyWorksheet):
            continue
        best: tuple[int, int, list[str]] = (0, 0, [])
        for number, row in enumerate(_cells(sheet, last=_HEADER_WITHIN), start=1):
            headers = ["" if is_blank(cell.value) else str(cell.value) for cell in row]
            known = len({names[key] for header in headers if (key := header_key(header)) in names})
            best = max(best, (known, -number, headers))
        known, number, headers = best
        if known >= _LEAST_HEADERS:
            return sheet, _headed(sheet.title, -number, headers, layout, book.epoch)
    raise SheetError(_NO_TABLE)


def _names(layout: Sequence[Column]) -> dict[str, Column]:
    """Columns by every name that they go by."""
    return {header_key(name): column for column in reversed(layout) for name in (column.header, *column.also)}


def _headed(title: str, number: int, headers: list[str], layout: Sequence[Column], epoch: datetime) -> Table:
    """The table without its rows: which column stands where, which are missing, which are there twice."""
    names, table = _names(layout), Table(title, number, headers, {}, epoch)
    for place, header in enumerate(headers):
        column = names.get(header_key(header))
        if column is None or not column.is_read:
            continue
        if column.key in table.places:
            table.faults.append(CellError(number, letter(place), header, header, "Cột này có hai lần; hãy bỏ bớt một."))
        table.places.setdefault(column.key, place)
    for column in layout:
        if column.is_needed and column.key not in table.places:
            table.faults.append(CellError(number, "", column.header, "", f"Thiếu cột “{column.header}”."))
    return table


def _read_rows(table: Table, sheet: ReadOnlyWorksheet, formulas: ReadOnlyWorksheet, layout: Sequence[Column]) -> None:
    """Every row below the header that has something in a column that counts."""
    places = sorted((place, key) for key, place in table.places.items())
    open_keys = {column.key for column in layout if column.is_open}
    first = table.header_row + 1
    pairs = ((row, row) for row in _cells(sheet, first))
    if formulas is not sheet:
        pairs = zip(_cells(sheet, first), _cells(formulas, first), strict=False)
    for number, (one, other) in enumerate(pairs, start=first):
        cells = {key: _cell(one[place], other[place]) for place, key in places if place < len(one)}
        filled = {key: cell for key, cell in cells.items() if not is_blank(cell.value)}
        if _is_row(filled, open_keys):
            table.rows.append((number, filled))
    if len(table.rows) > MOST_ROWS:
        raise SheetError(f"Trang tính có quá nhiều dòng; được tới {MOST_ROWS}.")


def _is_row(filled: dict[str, Cell], open_keys: set[str]) -> bool:
    """Subtitles, totals and signatures have neither both codes nor anything filled in."""
    return bool(filled) and ("commune" in filled or "indicator" in filled or bool(open_keys & filled.keys()))


def _cell(shown: ReadOnlyCell | EmptyCell, written: ReadOnlyCell | EmptyCell) -> Cell:
    if isinstance(written, EmptyCell):
        return BLANK
    value = value_of(shown, written)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(value, is_number and "%" in (shown.number_format or ""))


def _scanned(content: bytes, sheet: ReadOnlyWorksheet) -> tuple[int, bool]:
    """How many rows of a sheet are hidden, and whether it has formulas. Raises SheetError for one of too many cells."""
    hidden, cells, has_formulas = 0, 0, False
    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open(sheet._worksheet_path) as part:
        rest = b""
        while piece := part.read(_PIECE):
            data = rest + piece
            # The last tag may go on in the next piece.
            end = max(data.rfind(b"<"), len(data) - _LONGEST_TAG)
            data, rest = data[:end], data[end:]
            cells += len(_CELL_TAG.findall(data))
            hidden += sum(bool(_HIDDEN.search(tag)) for tag in _ROW_TAG.findall(data))
            has_formulas = has_formulas or bool(_FORMULA_TAG.search(data))
            if cells > MOST_CELLS:
                raise SheetError(f"Trang tính có hơn {MOST_CELLS} ô; hãy xóa các dòng, cột thừa rồi lưu lại.")
    return hidden, has_formulas


def _read_origin(table: Table, book: Workbook) -> None:
    if SHEET not in book.sheetnames:
        table.origin_fault = f"Tệp không còn trang ẩn “{SHEET}”."
        return
    rows = [[cell.value for cell in row] for row in _cells(book[SHEET])]
    try:
        table.origin = origin_of(rows)
    except OriginError as error:
        table.origin_fault = error.message
