"""A report's workbook on an officer's desk: taken from the portal, filled in by header and code, handed back."""

import io
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from ntm_portal.core.text import search_key
from reports.models import Report
from reports.queries.sheets import sheet
from reports.workbooks.columns import slots
from reports.workbooks.comparing import Plan, compare
from reports.workbooks.reading import Table, read
from reports.workbooks.writing import HEADER_ROW, workbook_of
from tests.factories.office import open_for, report_of
from tests.factories.workbooks import saved

COMMUNES = ("23356", "23371", "23368")
"""Three communes of one district."""


def small_report(code: str = "SYT") -> Report:
    """The report of a body, cut down to three communes."""
    open_for(code)
    report = report_of(code)
    report.lines.exclude(commune__code__in=COMMUNES).delete()
    return report


class Desk:
    """The workbook, open in an office program."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(io.BytesIO(content))
        self.sheet: Worksheet = self.book.worksheets[0]
        self.header_row = HEADER_ROW

    @classmethod
    def of(cls, report: Report) -> "Desk":
        return cls(workbook_of(sheet(report)))

    def column(self, header: str) -> int:
        wanted = search_key(header)
        return next(cell.column for cell in self.sheet[self.header_row] if search_key(str(cell.value)) == wanted)

    def row(self, commune: str, indicator: str) -> int:
        own, other = self.column("Mã xã"), self.column("Mã chỉ tiêu")
        rows = range(self.header_row + 1, self.sheet.max_row + 1)
        return next(
            n for n in rows if (self.sheet.cell(n, own).value, self.sheet.cell(n, other).value) == (commune, indicator)
        )

    def cell(self, commune: str, indicator: str, header: str) -> Cell:
        return self.sheet.cell(self.row(commune, indicator), self.column(header))

    def put(self, commune: str, indicator: str, header: str, value: Any, number_format: str = "General") -> str:
        """Type into a cell; returns its place."""
        cell = self.cell(commune, indicator, header)
        cell.value, cell.number_format = value, number_format
        return cell.coordinate

    @property
    def content(self) -> bytes:
        return saved(self.book)


def table_in(report: Report, content: bytes) -> Table:
    return read(content, slots(sheet(report).specs))


def plan_for(report: Report, content: bytes) -> Plan:
    """What the portal makes of a workbook."""
    shown = sheet(report)
    return compare(shown, read(content, slots(shown.specs)))


def told(plan: Plan) -> dict[str, str]:
    """Messages by the place of their cell."""
    return {error.place: error.message for error in plan.errors}
