"""Draft letters in the form of NĐ 30/2020/NĐ-CP, Phụ lục I: number, day and signature are left to the office.

Sizes and places follow the appendix: A4, margins of 20, 20, 30 and 15 mm, Times New Roman, page numbers from the
second page in the middle of the top margin.
"""

import io
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from docx import Document
from docx.document import Document as Letter
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from communes.queries import province_name
from directives.board import Row
from directives.models import Assignment, Directive
from ntm_portal.accounts.models import Department

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONT = "Times New Roman"
_CENTER, _LEFT, _BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
_HEADS = ("TT", "Nhiệm vụ", "Hạn", "Tình trạng")
_WIDTHS = (Cm(1.1), Cm(8.2), Cm(2.5), Cm(4.7))


def reminder_letter(rows: Sequence[Row], said: str, *, today: date) -> bytes:
    """A công văn đôn đốc to the bodies of these rows, with a table of what each owes."""
    order = Department.Kind.values
    rows = sorted(
        rows, key=lambda row: (order.index(row.part.department.kind), row.part.department.sort_key, row.order)
    )
    office = Department.objects.filter(kind=Department.Kind.COORDINATION).order_by("pk").first()
    letter = _page()
    _head(letter, office, today)
    _addressees(letter, _bodies(rows))
    _body(letter, rows, said, today)
    _owed(letter, rows)
    _closing(letter, office)
    _foot(letter, office)
    file = io.BytesIO()
    letter.save(file)
    return file.getvalue()


def _order(row: Row) -> tuple:
    body = row.part.department
    return Department.Kind.values.index(body.kind), body.sort_key, row.order


def _bodies(rows: Sequence[Row]) -> list[Department]:
    return list({row.part.department.pk: row.part.department for row in rows}.values())


def _page() -> Letter:
    letter = Document()
    section = letter.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    style = letter.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    number = section.header.paragraphs[0]
    number.alignment = _CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)
    letter.core_properties.title = "Dự thảo công văn đôn đốc"
    letter.core_properties.author = ""
    return letter


def _write(
    place: Letter | _Cell | Paragraph,
    words: str,
    size: float = 14,
    *,
    align: WD_ALIGN_PARAGRAPH = _LEFT,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
) -> Paragraph:
    """A paragraph of one kind of letters; the empty one that a cell begins with is used up first."""
    if isinstance(place, Paragraph):
        paragraph = place
    else:
        empty = isinstance(place, _Cell) and len(place.paragraphs) == 1 and not place.paragraphs[0].runs
        paragraph = place.paragraphs[0] if empty else place.add_paragraph()
        paragraph.alignment = align
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.italic, run.underline = Pt(size), bold, italic, underline
    return paragraph


def _rule(cell: _Cell, width_share: float, width: int) -> None:
    """A line under what stands above, as wide as that share of the cell."""
    paragraph = cell.add_paragraph()
    indent = int(width * (1 - width_share) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = indent
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)
    paragraph.paragraph_format.line_spacing = Pt(6)


def _columns(letter: Letter, *widths: int) -> list[_Cell]:
    """One row of a table without lines: what stands side by side in a letter."""
    table = letter.add_table(rows=1, cols=len(widths))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = width
    return list(table.rows[0].cells)


def _head(letter: Letter, office: Department | None, today: date) -> None:
    place = province_name()
    widths = (Cm(6.7), Cm(9.8))
    left, right = _columns(letter, *widths)
    _write(left, f"ỦY BAN NHÂN DÂN TỈNH {place.upper()}".strip(), 12, align=_CENTER)
    _write(left, office.name.upper() if office else "", 12, align=_CENTER, bold=True)
    _rule(left, 0.4, widths[0])
    _write(left, f"Số:          /{_sign(office)}", 13, align=_CENTER)
    _write(left, "V/v đôn đốc thực hiện nhiệm vụ xây dựng nông thôn mới", 12, align=_CENTER)
    _write(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, align=_CENTER, bold=True)
    _write(right, "Độc lập - Tự do - Hạnh phúc", 13, align=_CENTER, bold=True)
    _rule(right, 0.62, widths[1])
    day = f"{place}, ngày       tháng {_month(today)} năm {today.year}"
    _write(right, day, 13, align=_CENTER, italic=True)


def _month(day: date) -> str:
    """January and February alone are written with a nought (NĐ 30/2020, Phụ lục I)."""
    return f"{day.month:02}" if day.month <= 2 else str(day.month)


def _sign(office: Department | None) -> str:
    """The signs of a công văn: the issuer's capitals, then the field of the programme."""
    initials = "".join(word[0] for word in office.short_name.split()).upper() if office else ""
    return f"{initials}-NTM".removeprefix("-")


def _addressees(letter: Letter, bodies: Sequence[Department]) -> None:
    first = _write(letter, "Kính gửi: " + (f"{bodies[0].name}." if len(bodies) == 1 else ""), align=_CENTER)
    first.paragraph_format.space_before, first.paragraph_format.space_after = Pt(14), Pt(6)
    for body in bodies if len(bodies) > 1 else ():
        end = "." if body is bodies[-1] else ";"
        line = _write(letter, f"- {body.name}{end}")
        line.paragraph_format.left_indent = Cm(4)
    letter.paragraphs[-1].paragraph_format.space_after = Pt(10)


def _paragraph(letter: Letter, words: str) -> Paragraph:
    made = _write(letter, words, align=_BOTH)
    made.paragraph_format.first_line_indent = Cm(1.27)
    made.paragraph_format.space_after, made.paragraph_format.line_spacing = Pt(6), 1.15
    return made


def _body(letter: Letter, rows: Sequence[Row], said: str, today: date) -> None:
    directives = {row.task.directive.pk: row.task.directive for row in rows if row.task.directive}
    named = "; ".join(_named(directive) for directive in directives.values())
    begins = f"Thực hiện {named}, v" if named else "V"
    late = sum(row.is_overdue for row in rows)
    counted = f"{len(rows)} phần việc phải làm" + (f", trong đó {late} phần việc đã quá hạn" if late else "")
    _paragraph(
        letter,
        f"{begins}iệc theo dõi trên Cổng điều hành chương trình nông thôn mới đến ngày {today:%d/%m/%Y} cho thấy các "
        f"đơn vị còn {counted}.",
    )
    for line in said.splitlines():
        if line.strip():
            _paragraph(letter, line.strip())
    _paragraph(letter, "Nhiệm vụ của từng đơn vị như sau:")


def _named(directive: Directive) -> str:
    about, kind = directive.abstract, directive.get_kind_display()
    if about:
        begins = "" if about.casefold().startswith(("về", "v/v")) else "về việc "
        about = f" {begins}{about[:1].lower()}{about[1:]}"
    return f"{kind} số {directive.number} ngày {directive.issued_on:%d/%m/%Y} của {directive.issuer}{about}"


def _owed(letter: Letter, rows: Sequence[Row]) -> None:
    table = letter.add_table(rows=1, cols=len(_HEADS))
    table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    _cells(table.rows[0].cells, _HEADS, bold=True)
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    for _, held in groupby(rows, key=lambda row: row.part.department_id):
        _owed_by(table, list(held))


def _owed_by(table: Table, rows: Sequence[Row]) -> None:
    cells = table.add_row().cells
    name = cells[0].merge(cells[-1])
    _write(name, rows[0].part.department.name, 13, bold=True)
    for number, row in enumerate(rows, start=1):
        due = f"{row.part.due_on:%d/%m/%Y}" if row.part.due_on else ""
        communes = ", ".join(commune.full_name for commune in row.communes)
        what = row.task.title + (f" ({communes})" if communes and len(row.communes) <= 5 else "")
        _cells(table.add_row().cells, (str(number), what, due, _standing(row)))


def _standing(row: Row) -> str:
    words = row.due_words[:1].upper() + row.due_words[1:]
    if row.part.state == Assignment.State.PROPOSED:
        return f"{words}; chờ xác nhận"
    return f"{words}; đã làm {row.part.percent}%" if row.part.percent else f"{words}; chưa báo cáo tiến độ"


def _cells(cells: Sequence[_Cell], words: Sequence[str], *, bold: bool = False) -> None:
    for index, (cell, said, width) in enumerate(zip(cells, words, _WIDTHS, strict=True)):
        cell.width = width
        align = _LEFT if index in {1, 3} and not bold else _CENTER
        _write(cell, said, 13, align=align, bold=bold)


def _closing(letter: Letter, office: Department | None) -> None:
    to = office.name if office else "Văn phòng điều phối"
    asked = _paragraph(
        letter,
        f"Đề nghị các đơn vị khẩn trương thực hiện, cập nhật kết quả trên Cổng và báo cáo {to}; có khó khăn, vướng mắc "
        "thì nêu rõ để kịp thời tháo gỡ hoặc báo cáo Ủy ban nhân dân tỉnh./.",
    )
    asked.paragraph_format.space_before = Pt(8)


def _foot(letter: Letter, office: Department | None) -> None:
    left, right = _columns(letter, Cm(8), Cm(8.5))
    _write(left, "Nơi nhận:", 12, bold=True, italic=True)
    for line in ("- Như trên;", "- UBND tỉnh (báo cáo);", f"- Lưu: VT, {_sign(office).partition('-')[0]}."):
        _write(left, line, 11)
    _write(right, "CHÁNH VĂN PHÒNG", 13, align=_CENTER, bold=True)
    for _ in range(4):
        _write(right, "", 13)
