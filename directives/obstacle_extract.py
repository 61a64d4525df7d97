"""The list of obstacles for UBND tỉnh as an appendix to a report, in Word and as a workbook."""

import io
import re
from collections.abc import Sequence
from datetime import date

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import _Row

from communes.queries import province_name
from directives.models import Obstacle
from directives.obstacles import Row
from ntm_portal.core import clock
from ntm_portal.core.sheets import write_xlsx

_TITLE = "Kiến nghị UBND tỉnh"
_FONT = "Times New Roman"
_HEADS = ("TT", "Khó khăn, vướng mắc", "Xã, chỉ tiêu, nhiệm vụ", "Đơn vị nêu, ngày nêu", "Kiến nghị với UBND tỉnh")
_WIDTHS = (Cm(1.2), Cm(8.2), Cm(4.6), Cm(4), Cm(7.2))
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _lines(held: Sequence[tuple[Obstacle, str]]) -> list[tuple[str, ...]]:
    """What stands in each row, in the order of the heads."""
    found = []
    for number, (obstacle, said) in enumerate(held, start=1):
        raised = f"{obstacle.raised_by.name}, {clock.local(obstacle.raised_at):%d/%m/%Y}"
        district = f" ({obstacle.commune.district.full_name})" if obstacle.commune else ""
        about = Row(obstacle, clock.today()).about + district
        found.append((str(number), obstacle.description, about, raised, said))
    return found


def obstacle_sheet(held: Sequence[tuple[Obstacle, str]]) -> bytes:
    """The list as a workbook; `held` are obstacles with what is asked of UBND tỉnh."""
    return write_xlsx(_TITLE, _HEADS, _lines(held))


def obstacle_extract(held: Sequence[tuple[Obstacle, str]], *, today: date) -> bytes:
    """The same as an appendix on A4 across, with the head of the table on every page."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    document.core_properties.title, document.core_properties.author = _TITLE, ""
    place = province_name()
    for words, is_bold in (
        ("PHỤ LỤC", True),
        (f"Khó khăn, vướng mắc kiến nghị UBND tỉnh {place} xem xét, giải quyết".replace("  ", " "), True),
        (f"(Số liệu đến ngày {today:%d/%m/%Y}; {len(held)} nội dung)", False),
    ):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(4)
        run = paragraph.add_run(words)
        run.bold, run.italic = is_bold, not is_bold
    table = document.add_table(rows=1, cols=len(_HEADS))
    table.style, table.autofit = "Table Grid", False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _fill(table.rows[0], _HEADS, bold=True)
    for line in _lines(held):
        _fill(table.add_row(), line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _fill(row: _Row, words: Sequence[str], *, bold: bool = False) -> None:
    for index, (cell, said, width) in enumerate(zip(row.cells, words, _WIDTHS, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if bold or not index else WD_ALIGN_PARAGRAPH.LEFT
        run = paragraph.add_run(_NOT_IN_XML.sub("", said))
        run.font.size, run.bold = Pt(13), bold
