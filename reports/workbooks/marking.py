"""A copy of the workbook as it was handed in, with every faulty cell coloured and told what is wrong with it."""

import io
from collections import defaultdict
from collections.abc import Iterable

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from ntm_portal.core.importing.errors import CellError, SheetError
from ntm_portal.core.importing.reading import BROKEN, UNREADABLE
from reports.workbooks.reading import Table

_FAULT = PatternFill("solid", start_color="F8C9C4")
_AUTHOR = "Cổng nông thôn mới"
_WIDTH, _HEIGHT = 320, 120


def marked(content: bytes, table: Table, errors: Iterable[CellError]) -> bytes:
    """The workbook with fills and comments. Raises SheetError when it cannot be written back.

    `table` was read from the same content, so its size is known to be bearable.
    """
    said: dict[str, list[str]] = defaultdict(list)
    for error in errors:
        said[f"{error.letter or 'A'}{error.row}"].append(error.message)
    try:
        book = load_workbook(io.BytesIO(content), keep_links=False)
        sheet = book[table.sheet]
        for place, messages in said.items():
            cell = sheet[place]
            cell.fill = _FAULT
            cell.comment = Comment("\n".join(messages), _AUTHOR, height=_HEIGHT, width=_WIDTH)
        file = io.BytesIO()
        book.save(file)
    except UNREADABLE as error:
        raise SheetError(BROKEN) from error
    return file.getvalue()
