"""Workbooks as an officer hands them in: the template of a page, changed cell by cell."""

import io
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def edited(content: bytes, edit: Callable[[Worksheet], None]) -> bytes:
    """The workbook after somebody changed its first sheet."""
    book = load_workbook(io.BytesIO(content))
    edit(book.worksheets[0])
    return saved(book)


def column_of(sheet: Worksheet, header: str) -> int:
    """The number of the column with that header."""
    return next(cell.column for cell in sheet[1] if cell.value == header)


def row_of(sheet: Worksheet, **wanted: Any) -> int:
    """The row that holds these values in its first columns, given by letter."""
    return next(
        row[0].row
        for row in sheet.iter_rows(min_row=2)
        if all(sheet[f"{letter}{row[0].row}"].value == value for letter, value in wanted.items())
    )


def upload(content: bytes, name: str = "dữ liệu.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")
