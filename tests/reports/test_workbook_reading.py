"""What offices do to the workbook before they hand it in, and what the portal makes of it."""

import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from criteria.engine.facts import Reading
from ntm_portal.core.importing.errors import SheetError
from reports.actions.drafting import LineChange, save_lines
from reports.workbooks import origin
from tests.factories.desk import COMMUNES, Desk, plan_for, small_report, table_in, told
from tests.factories.office import line_of
from tests.factories.workbooks import saved

FIRST, SECOND, THIRD = COMMUNES
GOOD = Path(__file__).parents[1] / "workbooks" / "good"


@pytest.fixture
def report(db):
    return small_report()


@pytest.fixture
def desk(report):
    return Desk.of(report)


def outcome(plan):
    """Changed lines by commune and indicator, with what is new."""
    return {
        (row.now.line.commune.code, row.now.spec.code): [(label, after) for label, _, after in row.differences]
        for row in plan.changed
    }


def test_untouched_workbook_changes_nothing(report, desk):
    plan = plan_for(report, desk.content)
    assert (plan.changed, plan.errors, plan.conflicts, plan.absent, plan.refusal) == ([], [], [], 0, "")
    assert len(plan.unchanged) == len(plan.to_confirm) == 15


def test_values_conclusions_and_notes_are_taken_over(report, desk):
    desk.put(FIRST, "15.1", "Số đo", 90)
    desk.put(SECOND, "15.1", "Tử số", 171)
    desk.put(SECOND, "15.1", "Mẫu số", 200)
    desk.put(THIRD, "15.2", "Kết luận", "Không đạt")
    desk.put(THIRD, "15.2", "Ghi chú", "Trạm y tế xuống cấp")
    plan = plan_for(report, desk.content)
    assert outcome(plan) == {
        (FIRST, "15.1"): [("Tỷ lệ người tham gia bảo hiểm y tế", "90% dân")],
        (SECOND, "15.1"): [("Tỷ lệ người tham gia bảo hiểm y tế", "85,5% dân (171/200)")],
        (THIRD, "15.2"): [("Kết luận", "Chưa đạt"), ("Ghi chú", "Trạm y tế xuống cấp")],
    }


def test_conclusion_left_alone_follows_the_values_as_in_the_grid(report, desk):
    desk.put(FIRST, "15.1", "Số đo", 60)
    (row,) = plan_for(report, desk.content).changed
    assert (row.then.answer.conclusion, row.then.finding.result) == ("NOT_MET", "NOT_MET")
    assert [problem.code for problem in row.then.errors] == ["fall_without_reason"]


def test_columns_and_rows_in_any_order_are_found(report, desk):
    desk.put(FIRST, "15.1", "Số đo", 90)
    rows = [[cell.value for cell in row] for row in desk.sheet.iter_rows(min_row=desk.header_row)]
    mixed = Workbook()
    for row in [rows[0], *reversed(rows[1:])]:
        mixed.active.append(list(reversed(row)))
    keep_origin(desk, mixed)
    plan = plan_for(report, saved(mixed))
    assert (len(plan.changed), len(plan.unchanged), plan.errors) == (1, 14, [])


def keep_origin(desk, book):
    hidden = book.create_sheet(origin.SHEET)
    for row in desk.book[origin.SHEET].iter_rows(values_only=True):
        hidden.append(row)


def test_deleted_rows_leave_their_lines_alone(report, desk):
    desk.sheet.delete_rows(desk.row(FIRST, "15.1"), 4)
    plan = plan_for(report, desk.content)
    assert (plan.absent, len(plan.unchanged), plan.errors) == (4, 11, [])


def test_hidden_rows_are_read_and_counted(report, desk):
    desk.put(FIRST, "15.1", "Số đo", 90)
    desk.sheet.row_dimensions[desk.row(FIRST, "15.1")].hidden = True
    plan = plan_for(report, desk.content)
    assert (plan.table.hidden_rows, len(plan.changed)) == (1, 1)


def test_titles_merged_above_and_blanks_behind_do_not_matter(report, desk):
    desk.sheet.insert_rows(1, 3)
    desk.sheet["A1"] = "ỦY BAN NHÂN DÂN TỈNH"
    desk.sheet.merge_cells("A1:H2")
    last = desk.sheet.max_row
    desk.sheet.cell(last + 5, 1, "  ")
    desk.sheet.cell(last + 8, 10, "Người lập biểu")
    desk.sheet.cell(last + 1, 40, " ")
    plan = plan_for(report, desk.content)
    assert (plan.table.header_row, len(plan.unchanged), plan.errors) == (7, 15, [])


def test_names_in_other_unicode_and_codes_as_numbers_are_found(report, desk):
    for row in desk.sheet.iter_rows(min_row=desk.header_row):
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = unicodedata.normalize("NFD", cell.value.replace("Đ", "Ð"))
    for commune in COMMUNES:
        for code in ("15.1", "15.2", "15.3", "17.6", "17.8"):
            row = desk.row(commune, code)
            desk.sheet.cell(row, desk.column("Mã xã")).value = float(commune)
            day, month = map(int, code.split("."))
            as_day = datetime(2020, month, day) if commune == FIRST else float(code)
            desk.sheet.cell(row, desk.column("Mã chỉ tiêu")).value = as_day
    plan = plan_for(report, desk.content)
    assert (plan.errors, plan.changed, len(plan.unchanged)) == ([], [], 15)


def test_row_without_codes_is_found_by_its_names(report, desk):
    desk.put(FIRST, "15.1", "Số đo", 90)
    desk.cell(FIRST, "15.1", "Mã xã").value = None
    assert outcome(plan_for(report, desk.content)) == {
        (FIRST, "15.1"): [("Tỷ lệ người tham gia bảo hiểm y tế", "90% dân")]
    }


def test_every_fault_is_told_at_its_cell(report, desk):
    places = {
        desk.put(FIRST, "15.1", "Số đo", 0.85): "“0,85” đọc được hai cách: 0,85% hay 85%. Hãy gõ kèm dấu %.",
        desk.put(FIRST, "15.3", "Số đo", "1.234"): (
            "“1.234” đọc được hai cách: viết 1234, hoặc 1,234 nếu là số thập phân."
        ),
        desk.put(FIRST, "17.6", "Tử số", 5): "",
        desk.put(SECOND, "15.1", "Số đo", 101): "Tỷ lệ người tham gia bảo hiểm y tế: 101% dân vượt quá 100%.",
        desk.put(SECOND, "15.2", "Số đo", 5): "Chỉ tiêu này không có đại lượng đo ở cột này; hãy xóa ô.",
        desk.put(SECOND, "15.3", "Kết luận", "tốt"): ("“tốt” không phải kết luận: viết Đạt, Chưa đạt hoặc Không xét."),
        desk.put(THIRD, "15.1", "Ghi chú", "x" * 501): "Dài quá 500 ký tự (đang có 501).",
        desk.put(THIRD, "15.2", "Mã xã", "99999"): "Báo cáo này không có xã mang mã “99999”.",
        desk.put(THIRD, "17.8", "Mã chỉ tiêu", "19.9"): "Báo cáo này không có chỉ tiêu mang mã “19.9”.",
        desk.put(THIRD, "15.3", "Xã", "Đăk Kroong"): (
            "Mã 23368 là “Đăk Long”; có thể chỉ một phần các cột đã được sắp xếp lại."
        ),
    }
    half = desk.cell(FIRST, "17.6", "Mẫu số").coordinate
    del places[desk.cell(FIRST, "17.6", "Tử số").coordinate]
    places[half] = "Phải ghi cả tử số và mẫu số, hoặc để trống cả hai."
    assert told(plan_for(report, desk.content)) == places


def test_line_named_twice_is_a_fault(report, desk):
    values = [cell.value for cell in desk.sheet[desk.row(FIRST, "15.1")]]
    desk.sheet.append(values)
    place = f"E{desk.sheet.max_row}"
    assert told(plan_for(report, desk.content)) == {place: "Dòng 5 đã nói về xã và chỉ tiêu này."}


def test_value_against_its_own_counts_is_a_fault_unless_only_the_counts_changed(report, officer):
    line = line_of(report, FIRST, "15.1")
    measure = next(iter(line.facts))
    half = Reading(Decimal(50), Decimal(1), Decimal(2))
    save_lines(report, [LineChange(line.pk, readings={measure: half})], by=officer)
    desk = Desk.of(report)
    desk.put(FIRST, "15.1", "Tử số", 2)
    assert outcome(plan_for(report, desk.content))[FIRST, "15.1"][0][1] == "100% dân (2/2)"
    place = desk.put(FIRST, "15.1", "Số đo", 90)
    assert told(plan_for(report, desk.content)) == {
        place: "Không khớp tử số và mẫu số (100% dân); hãy sửa, hoặc xóa hai ô ấy."
    }


def test_formula_is_read_as_its_last_result_and_never_computed(report, desk):
    place = desk.put(FIRST, "15.1", "Số đo", "=40+50")
    content = desk.content
    assert "Công thức chưa có kết quả" in told(plan_for(report, content))[place]
    plan = plan_for(report, with_part(content, rb"<f>40\+50</f><v ?(?:/>|></v>)", b"<f>40+50</f><v>91</v>"))
    assert outcome(plan)[FIRST, "15.1"][0][1] == "91% dân"


def with_part(content, before, after):
    """The workbook with some bytes of its first sheet changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data, count = re.subn(before, after, data)
                assert count > 0
            new.writestr(name, data)
    return file.getvalue()


def test_missing_and_doubled_columns_are_named(report, desk):
    desk.sheet.cell(desk.header_row, desk.column("Kết luận")).value = "Nhận xét"
    desk.sheet.cell(desk.header_row, desk.column("Ghi chú")).value = "SỐ  ĐO"
    plan = plan_for(report, desk.content)
    assert told(plan) == {"dòng 4": "Thiếu cột “Kết luận”.", "O4": "Cột này có hai lần; hãy bỏ bớt một."}
    assert (plan.changed, plan.is_ready) == ([], False)


def test_column_taken_out_leaves_what_it_held(report, officer):
    line = line_of(report, FIRST, "15.1")
    save_lines(report, [LineChange(line.pk, note="Giữ lại")], by=officer)
    desk = Desk.of(report)
    desk.sheet.delete_cols(desk.column("Ghi chú"))
    desk.put(FIRST, "15.1", "Số đo", 90)
    (row,) = plan_for(report, desk.content).changed
    assert row.then.answer.note == "Giữ lại"


def test_sheet_without_the_table_is_refused(report):
    book = Workbook()
    book.active.append(["Họ tên", "Chức vụ"])
    with pytest.raises(SheetError, match="Không tìm thấy dòng tiêu đề"):
        table_in(report, saved(book))


def test_table_on_another_sheet_is_found(report, desk):
    desk.book.move_sheet(desk.book.create_sheet("Bìa"), -2)
    assert len(plan_for(report, desk.content).unchanged) == 15


def test_file_without_its_hidden_sheet_is_shown_but_not_accepted(report, desk):
    desk.put(FIRST, "15.1", "Số đo", 90)
    del desk.book[origin.SHEET]
    plan = plan_for(report, desk.content)
    assert plan.refusal.startswith("Tệp không còn trang ẩn “_ntm”. Không biết tệp được tải về lúc nào")
    assert (len(plan.changed), plan.is_ready) == (1, False)


def test_file_of_another_report_is_refused_by_name(report):
    other = small_report("SXD")
    plan = plan_for(report, Desk.of(other).content)
    assert plan.refusal == (
        "Tệp này là của “Báo cáo tiêu chí Tháng 10/2020 của Sở Xây dựng”, "
        "không phải của “Báo cáo tiêu chí Tháng 10/2020 của Sở Y tế”. Hãy nộp đúng tệp."
    )
    assert (plan.changed, plan.errors, plan.is_ready) == ([], [], False)


def test_line_changed_on_both_sides_is_told_with_who_and_what(report, desk, officer):
    line = line_of(report, FIRST, "15.1")
    measure = next(iter(line.facts))
    desk.put(FIRST, "15.1", "Số đo", 90)
    desk.put(SECOND, "15.1", "Số đo", 91)
    save_lines(report, [LineChange(line.pk, readings={measure: Reading(Decimal(95))})], by=officer)
    plan = plan_for(report, desk.content)
    (conflict,) = plan.conflicts
    assert (conflict.by, conflict.at is not None) == (str(officer), True)
    assert [said[2] for said in conflict.on_portal + conflict.in_file] == ["95% dân", "90% dân"]
    assert list(outcome(plan)) == [(SECOND, "15.1")]


def test_line_changed_on_the_portal_alone_stays(report, desk, officer):
    line = line_of(report, FIRST, "15.1")
    measure = next(iter(line.facts))
    save_lines(report, [LineChange(line.pk, readings={measure: Reading(Decimal(95))})], by=officer)
    plan = plan_for(report, desk.content)
    assert (plan.changed, plan.conflicts) == ([], [])


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_workbook_saved_anew_by_libreoffice_is_the_same(report, desk, tmp_path):
    desk.put(FIRST, "15.1", "Số đo", "=45*2")
    (tmp_path / "bieu.xlsx").write_bytes(desk.content)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "bieu.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    plan = plan_for(report, (tmp_path / "out" / "bieu.xlsx").read_bytes())
    assert (plan.refusal, plan.errors, len(plan.unchanged)) == ("", [], 14)
    assert outcome(plan) == {(FIRST, "15.1"): [("Tỷ lệ người tham gia bảo hiểm y tế", "90% dân")]}


def test_file_kept_from_libreoffice_is_read(report):
    """Saved by LibreOffice 7.4: its seal is of another portal, everything else is as that program writes it."""
    plan = plan_for(report, (GOOD / "resaved-by-libreoffice.xlsx").read_bytes())
    assert plan.refusal.startswith("Trang ẩn “_ntm” đã bị sửa.")
    assert outcome(plan) == {(FIRST, "15.1"): [("Tỷ lệ người tham gia bảo hiểm y tế", "90% dân")]}
    assert (plan.errors, plan.table.hidden_rows, len(plan.unchanged)) == ([], 1, 14)
