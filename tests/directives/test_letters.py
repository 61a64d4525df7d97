"""The draft công văn đôn đốc: its form by NĐ 30/2020, what each body owes, and who may have it."""

import io
from datetime import date

import pytest
from docx import Document
from docx.shared import Mm, Pt

from directives.actions.tasks import remind_tasks, report_progress
from directives.board import rows_of
from directives.letters import reminder_letter
from ntm_portal.accounts.models import User
from ntm_portal.core.audit import AuditEntry
from ntm_portal.core.uploads.packages import check_package
from tests.factories.tasks import HEALTH, KON_PLONG, part_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LATE = date(2020, 12, 2)
SAID = "Đề nghị báo cáo trước ngày 05/12/2020.\nQuá thời hạn sẽ báo cáo UBND tỉnh."


@pytest.fixture
def letter(coordinator):
    """To Kon Plông and the department of health, two days after the end of November."""
    report_progress(part_of("F1", KON_PLONG), percent=60, text="Làm", by=User.objects.get(username="konplong"))
    parts = [part_of("F1", KON_PLONG).pk, part_of("F4", HEALTH).pk]
    return Document(io.BytesIO(reminder_letter(rows_of(parts, coordinator.scope, today=LATE), SAID, today=LATE)))


def cell_texts(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_page_is_a4_with_margins_and_font_of_the_decree(letter):
    section, style = letter.sections[0], letter.styles["Normal"]
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    rest = (section.left_margin, section.right_margin)
    assert [round(side.mm) for side in (*sides, *rest)] == [210, 297, 20, 20, 30, 15]
    assert (style.font.name, style.font.size, section.page_width > Mm(209)) == ("Times New Roman", Pt(14), True)
    assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in section.header.paragraphs[0]._p.xml


def test_head_leaves_number_and_day_open(letter):
    left, right = letter.tables[0].rows[0].cells
    assert [p.text for p in left.paragraphs if p.text] == [
        "ỦY BAN NHÂN DÂN TỈNH KON TUM",
        "VĂN PHÒNG ĐIỀU PHỐI CHƯƠNG TRÌNH MTQG XÂY DỰNG NÔNG THÔN MỚI TỈNH",
        "Số:          /VPĐP-NTM",
        "V/v đôn đốc thực hiện nhiệm vụ xây dựng nông thôn mới",
    ]
    assert [(p.text, p.runs[0].bold, p.runs[0].italic) for p in right.paragraphs if p.text] == [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, False),
        ("Độc lập - Tự do - Hạnh phúc", True, False),
        ("Kon Tum, ngày       tháng 12 năm 2020", False, True),
    ]


def test_letter_is_addressed_to_the_bodies_and_says_what_the_reminder_said(letter):
    texts = [p.text for p in letter.paragraphs if p.text]
    assert texts[:3] == ["Kính gửi: ", "- Sở Y tế;", "- Ủy ban nhân dân huyện Kon Plông."]
    assert texts[3].startswith(
        "Thực hiện Công văn số 3867/UBND-NNTN ngày 13/10/2020 của Ủy ban nhân dân tỉnh Kon Tum về việc tăng cường"
    )
    assert texts[3].endswith("còn 2 phần việc phải làm, trong đó 1 phần việc đã quá hạn.")
    assert texts[4:6] == SAID.splitlines()
    assert texts[-1].endswith("./.")


def test_table_names_what_each_body_owes_with_days_late(letter):
    rows = cell_texts(letter.tables[1])
    assert rows[0] == ["TT", "Nhiệm vụ", "Hạn", "Tình trạng"]
    assert [
        "1",
        "Hoàn thành các chỉ tiêu xã Măng Cành và trình hồ sơ công nhận (Xã Măng Cành)",
        "30/11/2020",
        "Quá hạn 2 ngày; đã làm 60%",
    ] in rows
    assert ["1", "Kiểm tra, giúp đỡ xã và tiêu chí được phân công", "", "Thường xuyên; chưa báo cáo tiến độ"] in rows
    assert len(rows) == 5


def test_foot_names_recipients_and_leaves_the_signature(letter):
    left, right = letter.tables[2].rows[0].cells
    assert [p.text for p in left.paragraphs] == [
        "Nơi nhận:", "- Như trên;", "- UBND tỉnh (báo cáo);", "- Lưu: VT, VPĐP."
    ]  # fmt: skip
    assert right.text.strip() == "CHÁNH VĂN PHÒNG"


@pytest.mark.parametrize(("day", "written"), [(date(2021, 2, 1), "tháng 02"), (date(2021, 3, 1), "tháng 3 ")])
def test_only_january_and_february_have_a_nought(day, written, coordinator):
    rows = rows_of([part_of("F1", KON_PLONG).pk], coordinator.scope, today=day)
    letter = Document(io.BytesIO(reminder_letter(rows, "", today=day)))
    assert written in letter.tables[0].rows[0].cells[1].text
    assert letter.paragraphs[0].text == "Kính gửi: Ủy ban nhân dân huyện Kon Plông."


def test_office_saves_the_letter_and_it_is_a_sound_word_file(portal, coordinator):
    part = part_of("F1", KON_PLONG)
    remind_tasks([part.pk], text=SAID, by=coordinator)
    answer = portal.get(f"/nhiem-vu/don-doc/cong-van/?phan={part.pk}&phan={part_of('F6', 'VPDP').pk}")
    assert answer["Content-Disposition"] == 'attachment; filename="cong-van-don-doc-2020-10-20.docx"'
    assert check_package(answer.content) == "DOCX"
    letter = Document(io.BytesIO(answer.content))
    assert [p.text for p in letter.paragraphs if p.text][2:4] == SAID.splitlines()
    assert len(letter.tables[1].rows) == 3
    assert AuditEntry.objects.filter(kind="EXPORTED", record_name="Dự thảo công văn đôn đốc").count() == 1


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?phan=x", 400), ("?phan=999999", 400)])
def test_letter_about_nothing_is_refused(query, status, portal):
    assert portal.get(f"/nhiem-vu/don-doc/cong-van/{query}").status_code == status


def test_office_writes_no_letter_to_itself(portal):
    assert portal.get(f"/nhiem-vu/don-doc/cong-van/?phan={part_of('F6', 'VPDP').pk}").status_code == 404
