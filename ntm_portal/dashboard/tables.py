"""Tables of pages: one definition gives the columns on the screen, their order, and the workbook.

Every column has a plain value, which is sorted by and exported; what a cell shows beside it (a link, a
swatch, a badge) is told by its `cell`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.http import HttpResponse

from criteria.engine.wording import number
from criteria.summaries import SummaryRow
from ntm_portal.core.errors import BadQueryError
from ntm_portal.core.sheets import XLSX, write_xlsx
from ntm_portal.dashboard.asked import Reading


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows: words, perhaps a link, a swatch of a band, a badge, a bar of bands, a note."""

    text: str = ""
    href: str = ""
    swatch: str = ""
    badge: Enum | None = None
    bands: SummaryRow | None = None
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of rows of any kind. `order` sorts where the value itself does not sort as people read it."""

    key: str
    label: str
    value: Callable[[Any], Any]
    cell: Callable[[Any], Cell] | None = None
    order: Callable[[Any], Any] | None = None
    is_number: bool = False
    is_name: bool = False
    """A short name, which stays on one line."""
    is_long: bool = False
    """Sentences, which need room to stand in few lines."""
    is_extra: bool = False
    """Not shown until the reader asks for it."""
    hint: str = ""

    @property
    def fit(self) -> str:
        """The class that tells how much room the cells need."""
        return "num" if self.is_number else "nowrap" if self.is_name else "long" if self.is_long else ""

    def shown(self, row: Any) -> Cell:
        """The cell of a row; a plain value as people write it."""
        return self.cell(row) if self.cell else Cell(plain(self.value(row)))

    def sorted_by(self, row: Any) -> Any:
        return (self.order or self.value)(row)


def plain(value: Any) -> str:
    """A value as people write it: a dash for none, Vietnamese decimals and dates."""
    if value is None or value == "":
        return "–"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return number(Decimal(value))
    return str(value)


def difference(value: Decimal | int | None) -> Cell:
    """A change since the day compared with: +3, −2, 0; a dash where there was nothing to compare."""
    if value is None:
        return Cell("–", tone="zero")
    if not value:
        return Cell("0", tone="zero")
    text = number(abs(Decimal(value)))
    return Cell(f"+{text}", tone="gain") if value > 0 else Cell(f"−{text}", tone="loss")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click on it leads, and how the column is sorted now."""

    column: Column
    href: str
    direction: str = ""


@dataclass(frozen=True)
class Table:
    """Rows in the order asked for, ready to be shown or written."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    heads: Sequence[Head]
    export_href: str
    totals: Sequence[Cell] = ()
    is_tall: bool = False

    @property
    def body(self) -> list[list[tuple[Column, Cell]]]:
        """Cells by row, each with its column."""
        return [[(column, column.shown(row)) for column in self.columns] for row in self.rows]

    @property
    def foot(self) -> list[tuple[Column, Cell]]:
        """The line of totals; empty where there is none."""
        return list(zip(self.columns, self.totals, strict=True)) if self.totals else []


def table(
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    reading: Reading,
    *,
    totals: Sequence[Cell] = (),
    is_tall: bool = False,
) -> Table:
    """Rows sorted by `?sap_xep=` (a column's key, with - for the reverse), else as they come.

    Raises BadQueryError for a key that no column has.
    """
    asked = reading.given.get("sap_xep") or ""
    by_key = {column.key: column for column in columns}
    key = asked.removeprefix("-")
    if asked and key not in by_key:
        accepted = ", ".join(by_key)
        words = f"Không sắp xếp được theo “{asked}”. Nhận: {accepted}; thêm dấu - ở đầu để đảo."
        raise BadQueryError(words, {"sap_xep": [words]})
    ordered = _ordered(list(rows), by_key[key], is_reversed=asked.startswith("-")) if asked else list(rows)
    heads = [_head(column, asked, reading) for column in columns]
    export = reading.href(sap_xep=asked, xuat="xlsx")
    return Table(name, caption, columns, ordered, heads, export, totals, is_tall)


def _ordered(rows: list[Any], column: Column, *, is_reversed: bool) -> list[Any]:
    """Rows without a value come last, whichever way one sorts."""
    known = [row for row in rows if column.sorted_by(row) is not None]
    unknown = [row for row in rows if column.sorted_by(row) is None]
    return sorted(known, key=column.sorted_by, reverse=is_reversed) + unknown


def _head(column: Column, asked: str, reading: Reading) -> Head:
    """A number is first sorted from the largest, everything else from its start."""
    first, second = (f"-{column.key}", column.key) if column.is_number else (column.key, f"-{column.key}")
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(asked, "")
    return Head(column, reading.href(sap_xep=second if asked == first else first), direction)


def table_file(shown: Table, reading: Reading, title: str) -> HttpResponse:
    """The table as a workbook: every column, the rows in the order on the screen, the day in its name."""
    remark = ("Số liệu", "minh họa" if reading.shown.is_illustration else "báo cáo")
    header = [*(column.label for column in shown.columns), "Tính đến ngày", remark[0]]
    as_of = reading.shown.as_of
    rows = [[*(column.value(row) for column in shown.columns), as_of, remark[1]] for row in shown.rows]
    response = HttpResponse(write_xlsx(title[:31], header, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{shown.name}-{as_of:%Y-%m-%d}.xlsx"'
    return response
