"""The pages on which a workbook is handed in, looked at and accepted."""

import io

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from ntm_portal.core.audit.entries import AuditEntry
from ntm_portal.core.models import StoredFile
from reports.actions.drafting import LineChange, save_lines
from reports.actions.errors import TransitionError
from reports.actions.transitions import submit_report
from reports.models import Report, ReportLine
from reports.workbooks import origin
from reports.workbooks.accepting import SeenOtherwiseError, accept, plan_of
from tests.factories.desk import COMMUNES, Desk, small_report
from tests.factories.office import finish, line_of, person
from tests.factories.workbooks import upload

FIRST, SECOND, THIRD = COMMUNES


@pytest.fixture
def report(db):
    return small_report()


@pytest.fixture
def office(client, officer):
    """Browser of the officer whose report it is."""
    client.force_login(officer)
    return client


@pytest.fixture
def desk(report):
    return Desk.of(report)


def handed_in(office, report, content):
    """The address of the preview."""
    answer = office.post(reverse("reports:workbook-upload", args=[report.pk]), {"file": upload(content)})
    assert answer.status_code == 302
    return answer["Location"]


def agreed(office, preview, *, confirms="on", **more):
    """What the button of the preview does."""
    seen = office.get(preview).context["plan"].digest
    return office.post(f"{preview}ghi/", {"seen": seen, "confirms": confirms, **more})


def lines_now(report):
    names = ("pk", "conclusion", "readings", "note", "revision", "answered_at")
    return list(ReportLine.objects.filter(report=report).order_by("pk").values_list(*names))


def test_form_says_the_three_steps(office, report):
    page = office.get(reverse("reports:workbook-upload", args=[report.pk])).content.decode()
    assert [step in page for step in ("1. Tải về", "2. Điền", "3. Nộp lại")] == [True] * 3
    assert reverse("reports:workbook", args=[report.pk]) in page


def test_workbook_is_previewed_before_anything_is_written(office, report, desk):
    desk.put(FIRST, "15.1", "Số đo", 60)
    before = lines_now(report)
    page = office.get(handed_in(office, report, desk.content))
    said = page.content.decode()
    assert [len(page.context["plan"].changed), len(page.context["plan"].unchanged)] == [1, 14]
    assert "Kỳ trước đạt, kỳ này chưa đạt: phải ghi lý do vào ghi chú." in said
    assert "Xác nhận 14 dòng trong tệp không đổi" in said
    assert lines_now(report) == before


def test_accepted_workbook_writes_and_confirms_as_typing_does(office, report, desk, officer):
    desk.put(FIRST, "15.1", "Số đo", 60)
    answer = agreed(office, handed_in(office, report, desk.content))
    assert answer["Location"] == report.get_absolute_url()
    line = line_of(report, FIRST, "15.1")
    assert (line.conclusion, line.readings["16"]["value"], line.answered_by) == ("NOT_MET", "60", officer)
    assert not report.lines.filter(answered_at__isnull=True).exists()
    (entry,) = AuditEntry.objects.filter(kind="LOADED", record_id=report.pk)
    assert entry.note.startswith("Nộp tệp dữ liệu.xlsx: 1 dòng đổi, 14 dòng xác nhận giữ nguyên; SHA-256 ")


def test_unchanged_lines_stay_unanswered_when_nobody_confirms_them(office, report, desk):
    desk.put(FIRST, "15.1", "Số đo", 90)
    agreed(office, handed_in(office, report, desk.content), confirms="")
    assert list(report.lines.filter(answered_at__isnull=False)) == [line_of(report, FIRST, "15.1")]


def test_same_file_twice_changes_nothing(office, report, desk):
    desk.put(FIRST, "15.1", "Số đo", 60)
    desk.put(SECOND, "15.1", "Tử số", 9)
    desk.put(SECOND, "15.1", "Mẫu số", 10)
    content = desk.content
    agreed(office, handed_in(office, report, content))
    before = lines_now(report)
    preview = handed_in(office, report, content)
    page = office.get(preview)
    assert "Không có gì để ghi." in page.content.decode()
    agreed(office, preview)
    assert lines_now(report) == before


def test_workbook_with_faults_is_not_accepted_and_comes_back_marked(office, report, desk):
    place = desk.put(FIRST, "15.1", "Số đo", "1.234")
    desk.put(SECOND, "15.1", "Số đo", 90)
    before = lines_now(report)
    preview = handed_in(office, report, desk.content)
    assert agreed(office, preview).status_code == 409
    assert lines_now(report) == before
    copy = load_workbook(io.BytesIO(office.get(f"{preview}danh-dau/").content))
    cell = copy.worksheets[0][place]
    assert cell.fill.start_color.rgb == "00F8C9C4"
    assert cell.comment.text == "“1.234” đọc được hai cách: viết 1234, hoặc 1,234 nếu là số thập phân."
    assert copy[origin.SHEET].sheet_state == "hidden"


def test_marked_copy_once_corrected_is_accepted(office, report, desk):
    place = desk.put(FIRST, "15.1", "Số đo", "1.234")
    preview = handed_in(office, report, desk.content)
    again = Desk(office.get(f"{preview}danh-dau/").content)
    again.sheet[place].value = 90
    assert agreed(office, handed_in(office, report, again.content)).status_code == 302
    assert line_of(report, FIRST, "15.1").readings["16"]["value"] == "90"


def test_line_changed_on_both_sides_waits_for_a_decision(office, report, desk, officer):
    desk.put(FIRST, "15.1", "Ghi chú", "từ tệp")
    desk.put(SECOND, "15.1", "Ghi chú", "từ tệp")
    preview = handed_in(office, report, desk.content)
    save_lines(report, [LineChange(line_of(report, FIRST, "15.1").pk, note="trên cổng")], by=officer)
    refused = agreed(office, preview)
    assert (refused.status_code, "Có dòng bị sửa ở cả hai nơi." in refused.content.decode()) == (409, True)
    assert agreed(office, preview, leaves_conflicts="on").status_code == 302
    assert [line_of(report, code, "15.1").note for code in (FIRST, SECOND)] == ["trên cổng", "từ tệp"]


def test_what_was_seen_must_still_hold(office, report, desk, officer):
    desk.put(FIRST, "15.1", "Số đo", 90)
    preview = handed_in(office, report, desk.content)
    seen = office.get(preview).context["plan"].digest
    save_lines(report, [LineChange(line_of(report, SECOND, "15.1").pk, note="mới")], by=officer)
    answer = office.post(f"{preview}ghi/", {"seen": seen})
    assert (answer.status_code, "bản xem trước mới" in answer.content.decode()) == (409, True)


def test_save_that_fails_at_the_end_leaves_nothing(office, report, desk, officer):
    desk.put(FIRST, "15.1", "Số đo", 90)
    desk.put(THIRD, "17.8", "Ghi chú", "hỏng")
    preview = handed_in(office, report, desk.content)
    file = StoredFile.objects.get(pk=preview.rstrip("/").rpartition("/")[2])
    seen, before = plan_of(report, file).digest, lines_now(report)

    def fail_at_the_end(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "reports_report" in sql and "saved_at" in sql:
            raise DatabaseError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_at_the_end), pytest.raises(DatabaseError):
        accept(report, file, by=officer, seen=seen, confirms=True)
    assert lines_now(report) == before
    assert Report.objects.get(pk=report.pk).revision == 0


def test_submitted_report_takes_no_workbook(office, report, desk, officer):
    desk.put(FIRST, "15.1", "Số đo", 90)
    preview = handed_in(office, report, desk.content)
    submit_report(finish(report, officer), by=officer)
    answer = office.get(reverse("reports:workbook-upload", args=[report.pk]))
    assert answer["Location"] == report.get_absolute_url()
    file = StoredFile.objects.get(pk=preview.rstrip("/").rpartition("/")[2])
    with pytest.raises(TransitionError):
        accept(report, file, by=officer, seen="", confirms=True)


def test_accepting_what_was_not_seen_is_refused(report, desk, office, officer):
    preview = handed_in(office, report, desk.content)
    file = StoredFile.objects.get(pk=preview.rstrip("/").rpartition("/")[2])
    with pytest.raises(SeenOtherwiseError):
        accept(report, file, by=officer, seen="khác", confirms=True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4", "Mã xã;Kết luận".encode()])
def test_what_is_no_workbook_is_refused_at_the_field(office, report, content):
    answer = office.post(reverse("reports:workbook-upload", args=[report.pk]), {"file": upload(content)})
    assert (answer.status_code, bool(answer.context["form"].errors["file"])) == (200, True)
    assert not StoredFile.objects.exists()


def test_workbook_without_the_table_is_refused_at_the_field(office, report, desk):
    desk.sheet.delete_rows(desk.header_row)
    answer = office.post(reverse("reports:workbook-upload", args=[report.pk]), {"file": upload(desk.content)})
    assert "Không tìm thấy dòng tiêu đề" in answer.context["form"].errors["file"][0]


def test_file_of_somebody_else_is_not_found(client, office, report, desk):
    preview = handed_in(office, report, desk.content)
    client.force_login(person("dongnghiep", "SYT"))
    assert [client.get(preview).status_code, client.get(f"{preview}danh-dau/").status_code] == [404, 404]
    assert client.post(f"{preview}ghi/", {"seen": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["workbook", "workbook-upload"])
def test_whoever_does_not_file_the_report_does_not_reach_it(portal, report, name):
    assert portal.get(reverse(f"reports:{name}", args=[report.pk])).status_code in {403, 404}


def test_preview_needs_as_many_queries_however_many_lines(office, report, desk):
    def queries(content):
        preview = handed_in(office, report, content)
        with CaptureQueriesContext(
            connection,
        ) as held:
            office.get(preview)
        return len(held)

    desk.put(FIRST, "15.1", "Số đo", 90)
    few = queries(desk.content)
    for commune in COMMUNES:
        for code in ("15.1", "15.3", "17.6"):
            desk.put(commune, code, "Số đo", 77)
    assert queries(desk.content) == few <= 16
