"""The workbook that an officer takes away."""

import io
import zipfile

import pytest
from django.urls import reverse

from ntm_portal.core.audit.entries import AuditEntry
from reports.queries.sheets import sheet
from reports.workbooks import origin
from reports.workbooks.origin import OriginError, origin_of
from tests.factories.desk import COMMUNES, Desk, plan_for, small_report
from tests.factories.office import line_of

FIRST = COMMUNES[0]


@pytest.fixture
def report(db):
    return small_report()


def test_workbook_has_a_row_for_each_line_in_the_order_of_the_portal(report):
    desk = Desk.of(report)
    codes = [
        (desk.sheet.cell(n, desk.column("Mã xã")).value, desk.sheet.cell(n, desk.column("Mã chỉ tiêu")).value)
        for n in range(desk.header_row + 1, desk.sheet.max_row + 1)
    ]
    assert codes == [(row.line.commune.code, row.spec.code) for row in sheet(report).lines]


def test_row_shows_threshold_last_period_and_what_is_filled_in(report):
    desk = Desk.of(report)
    shown = {cell.value: desk.cell(FIRST, "15.1", cell.value).value for cell in desk.sheet[desk.header_row]}
    assert shown == {
        "TT": 1,
        "Mã xã": "23356",
        "Xã": "Đăk Choong",
        "Huyện": "Đăk Glei",
        "Mã chỉ tiêu": "15.1",
        "Chỉ tiêu": "Tỷ lệ người dân tham gia bảo hiểm y tế",
        "Yêu cầu": "≥ 85% dân",
        "Số đo kỳ trước": "87,9% dân",
        "Kết luận kỳ trước": "Đạt",
        "Đại lượng": "Tỷ lệ người tham gia bảo hiểm y tế (% dân)",
        "Số đo": 87.9,
        "Tử số": None,
        "Mẫu số": None,
        "Kết luận": "Đạt",
        "Ghi chú": None,
        "Căn cứ không xét": None,
    }


def test_only_what_the_office_fills_in_is_open(report):
    desk = Desk.of(report)
    open_headers = {
        cell.value for cell in desk.sheet[desk.header_row] if not desk.cell(FIRST, "15.1", cell.value).protection.locked
    }
    assert desk.sheet.protection.sheet
    assert open_headers == {"Số đo", "Tử số", "Mẫu số", "Kết luận", "Ghi chú", "Căn cứ không xét"}
    (rule,) = desk.sheet.data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ('"Đạt,Chưa đạt,Không xét"', f"N5:N{desk.sheet.max_row}")


def test_note_that_looks_like_a_formula_stays_a_text(report):
    line = line_of(report, FIRST, "15.1")
    line.note = "=1+1"
    line.save(update_fields=["note"])
    cell = Desk.of(report).cell(FIRST, "15.1", "Ghi chú")
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_widest_indicator_decides_how_many_measures_have_columns(db):
    report = small_report("SNNPTNT")
    desk = Desk.of(report)
    headers = [cell.value for cell in desk.sheet[desk.header_row]]
    assert [h for h in headers if h.startswith("Số đo")] == ["Số đo kỳ trước", "Số đo 1", "Số đo 2"]
    assert desk.cell(FIRST, "17.1", "Yêu cầu").value.count("≥") == 2
    assert plan_for(report, desk.content).errors == []


def test_hidden_sheet_tells_the_report_and_every_line_as_it_was(report):
    desk = Desk.of(report)
    assert desk.book[origin.SHEET].sheet_state == "hidden"
    rows = [[cell.value for cell in row] for row in desk.book[origin.SHEET].iter_rows()]
    known = origin_of(rows)
    assert (known.report, known.label) == (report.pk, str(report))
    assert known.lines == {row.line.pk: (row.line.revision, row.answer) for row in sheet(report).lines}


@pytest.mark.parametrize("change", [("B1", "99"), ("D2", "7"), ("E2", "{}"), ("E1", "x:y"), ("A1", "khác")])
def test_hidden_sheet_that_was_changed_is_not_believed(report, change):
    desk = Desk.of(report)
    place, value = change
    desk.book[origin.SHEET][place].value = value
    rows = [[cell.value for cell in row] for row in desk.book[origin.SHEET].iter_rows()]
    with pytest.raises(OriginError):
        origin_of(rows)


def test_workbook_is_downloaded_by_its_office_and_leaves_a_trace(client, officer, report):
    client.force_login(officer)
    answer = client.get(reverse("reports:workbook", args=[report.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="bao-cao-syt-2020-t10.xlsx"'
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    entry = AuditEntry.objects.filter(kind="EXPORTED", record_id=report.pk).get()
    assert (entry.user_name, entry.note) == ("Cán bộ Sở Y tế (soyte)", "15 dòng, biểu để điền ngoài cổng")


def test_workbook_of_another_body_is_not_found(client, officer, report):
    other = small_report("SXD")
    client.force_login(officer)
    assert client.get(reverse("reports:workbook", args=[other.pk])).status_code == 404
