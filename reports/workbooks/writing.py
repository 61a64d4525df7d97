"""The workbook of a report: prefilled, open only where the office writes, with its origin on a hidden sheet."""

import io
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from criteria.engine.facts import MeasureSpec, Reading, Result
from criteria.engine.wording import COMPARISON_SIGNS, RESULT_LABELS, quantity
from ntm_portal.core.sheets import written
from reports.answers import Answer
from reports.models import Report
from reports.numbers import conclusion_words
from reports.queries.sheets import Sheet, SheetLine
from reports.workbooks import origin
from reports.workbooks.columns import BASIS, CONCLUSION, INDICATOR, NOTE, Column, Part, columns, slot, slots

HEADER_ROW = 4
_TITLE = "Báo cáo"
_HOW = (
    "Chỉ điền các ô nền trắng: số đo (hoặc tử số và mẫu số), kết luận, ghi chú, căn cứ. "
    "Số thập phân dùng dấu phẩy; tỷ lệ ghi 85,5 hoặc 85,5%."
)
_KEEP = "Dòng nào xóa khỏi tệp thì trên cổng vẫn giữ nguyên. Đừng xóa trang ẩn: cổng nhận ra tệp nhờ nó."
_LOCKED_FILL = PatternFill("solid", start_color="F1F3F5")
_HEAD_FILL = PatternFill("solid", start_color="D8E4DC")
_THIN = Side(style="thin", color="C9CFD4")
_EDGE = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CONCLUSIONS = (Result.MET, Result.NOT_MET, Result.EXEMPT)


def file_name(report: Report) -> str:
    """Under which it is saved; ASCII, so that every browser keeps it."""
    body, period = report.obligation.department.code, report.obligation.period.slug
    again = f"-ban-{report.version}" if report.version > 1 else ""
    return f"bao-cao-{body}-{period}{again}.xlsx".lower()


def workbook_of(shown: Sheet) -> bytes:
    """The xlsx of a report, one row a line, in the order of the portal."""
    layout = columns(slots(shown.specs))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_TITLE)
    _lay_out(sheet, layout, len(shown.lines))
    for row in _head(sheet, shown.report, layout):
        sheet.append(row)
    # A cell is written as soon as it is appended, so one of each column does for all rows.
    cells = [_body_cell(sheet, column) for column in layout]
    for number, line in enumerate(shown.lines, start=1):
        values = _values(number, line)
        for cell, column in zip(cells, layout, strict=True):
            _fill(cell, values.get(column.key))
        sheet.append(cells)
    hidden = book.create_sheet(origin.SHEET)
    hidden.sheet_state = "hidden"
    for said in origin.rows_of(shown):
        hidden.append([_text_cell(hidden, value) for value in said])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text_cell(sheet: WriteOnlyWorksheet, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    _fill(cell, value)
    return cell


def _fill(cell: WriteOnlyCell, value: Any) -> None:
    """Text stays text, whatever it starts with."""
    cell.value = written(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"


def _lay_out(sheet: WriteOnlyWorksheet, layout: Iterable[Column], count: int) -> None:
    sheet.freeze_panes = f"G{HEADER_ROW + 1}"
    sheet.protection.sheet = True
    for name in ("sort", "autoFilter", "formatColumns", "formatRows", "formatCells", "deleteRows"):
        setattr(sheet.protection, name, False)
    last = HEADER_ROW + max(count, 1)
    for place, column in enumerate(layout, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        if column.key == CONCLUSION:
            sheet.data_validations.append(_choice(f"{letter}{HEADER_ROW + 1}:{letter}{last}"))
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{letter}{last}"


def _choice(cells: str) -> DataValidation:
    names = ",".join(RESULT_LABELS[result] for result in _CONCLUSIONS)
    rule = DataValidation(type="list", formula1=f'"{names}"', allow_blank=True, sqref=cells)
    rule.errorTitle, rule.error = "Kết luận", f"Chọn một trong: {names.replace(',', ', ')}; hoặc để trống."
    rule.showErrorMessage = True
    return rule


def _head(sheet: WriteOnlyWorksheet, report: Report, layout: Iterable[Column]) -> Iterable[list[WriteOnlyCell]]:
    title = _text_cell(sheet, f"{report}, số liệu đến {report.obligation.data_until:%d/%m/%Y}")
    title.font = Font(bold=True, size=14)
    yield [title]
    yield [_text_cell(sheet, _HOW)]
    yield [_text_cell(sheet, _KEEP)]
    row = []
    for column in layout:
        cell = _text_cell(sheet, column.header)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD_FILL, _EDGE
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        row.append(cell)
    yield row


def _body_cell(sheet: WriteOnlyWorksheet, column: Column) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.border = _EDGE
    cell.alignment = Alignment(wrap_text=column.width > 20, vertical="top")
    if column.is_open:
        cell.protection = Protection(locked=False)
    else:
        cell.fill = _LOCKED_FILL
    if column.key == INDICATOR:
        cell.number_format = "@"
    return cell


def _values(number: int, row: SheetLine) -> dict[str, Any]:
    """What a row shows, by the key of its column."""
    line = row.line
    found: dict[str, Any] = {
        "number": number,
        "commune": line.commune.code,
        "commune_name": line.commune.name,
        "district": line.commune.district.name,
        "indicator": line.indicator.code,
        "indicator_name": row.spec.name,
        "asked": asked(row),
        "previous_values": readings_in_words(row, row.previous),
        "previous_conclusion": conclusion_words(row.previous.conclusion) or None,
        CONCLUSION: conclusion_words(row.answer.conclusion) or None,
        NOTE: row.answer.note or None,
        BASIS: row.answer.basis or None,
    }
    for place, measure in enumerate(row.spec.measures):
        found[f"measure{place}"] = f"{measure.name} ({measure.unit})"
        reading = row.answer.readings.get(measure.id) or Reading(None)
        found |= {slot(part, place): getattr(reading, part) for part in Part}
    return found


def _asked(measure: MeasureSpec, group: str, *, is_one: bool) -> str:
    threshold = measure.threshold_for(group)
    said = "UBND tỉnh chưa quy định"
    if threshold is not None:
        said = f"{COMPARISON_SIGNS[measure.comparison]} {quantity(threshold.value, measure.unit)}"
    return said if is_one else f"{measure.name}: {said}"


def asked(row: SheetLine) -> str:
    """The thresholds of this commune in words."""
    is_one = len(row.spec.measures) == 1
    return "; ".join(_asked(m, row.checked.group, is_one=is_one) for m in row.spec.measures) or "Đạt"


def readings_in_words(row: SheetLine, answer: Answer) -> str | None:
    """The values of an answer to this line, in the order of the measures."""
    said = [(m, answer.readings[m.id]) for m in row.spec.measures if m.id in answer.readings]
    return "; ".join(in_words(measure, reading) for measure, reading in said) or None


def in_words(measure: MeasureSpec, reading: Reading | None) -> str:
    """85,5% dân (171/200)."""
    if reading is None or reading.value is None:
        return ""
    said = quantity(reading.value, measure.unit)
    if reading.numerator is None or reading.denominator is None:
        return said
    return f"{said} ({quantity(reading.numerator, '')}/{quantity(reading.denominator, '')})"
