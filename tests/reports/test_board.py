"""Who has not filed: what the board shows to whom, its workbook, and the act that reminds."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from ntm_portal.accounts.models import Department, Notice
from ntm_portal.core.audit import AuditEntry
from reports.actions.opening import close_period
from reports.actions.transitions import Remark, send_back
from reports.models import Obligation, Report
from reports.queries.board import board, opened_periods, unsettled, worst
from tests.factories.office import HEALTH, handed_in, open_for, period, person, report_of
from tests.test_query_counts import queries_for

pytestmark = pytest.mark.django_db

PAGE = "/bao-cao/chua-nop/"
LATE = date(2020, 10, 23)


def shown_to(user, today: date = LATE, **asked):
    return board(opened_periods(), scope=user.scope, today=today, **asked)


def words(found) -> dict[str, list[str]]:
    return {row.department.code: [c.standing.words if c else "" for c in row.cells] for row in found.rows}


def test_board_holds_bodies_by_periods_with_how_each_stands(officer, coordinator, clock_at):
    open_for(HEALTH, "STP", number=9)
    open_for(HEALTH, "SGDDT")
    handed_in(report_of(), officer)
    clock_at(date(2020, 10, 22))
    handed_in(report_of("SGDDT"), coordinator)
    found = shown_to(coordinator)
    assert [str(p) for p in found.periods] == ["Tháng 10/2020", "Tháng 9/2020"]
    assert words(found) == {
        "SYT": ["Đúng hạn, chờ duyệt", "Chưa nộp, quá hạn 33 ngày"],
        "SGDDT": ["Muộn 2 ngày, chờ duyệt", ""],
        "STP": ["", "Chưa nộp, quá hạn 33 ngày"],
    }
    assert (found.total.counted, found.total.handed_in, found.total.on_time) == (4, 2, 1)
    assert [(rates.completeness, rates.timeliness) for _, rates in found.by_period] == [(100, 50), (0, 0)]


def test_closed_period_turns_missing_into_never(coordinator):
    record = open_for(HEALTH, number=9)
    close_period(record, reason="Hết hạn", by=coordinator)
    assert words(shown_to(coordinator)) == {"SYT": ["Không nộp"]}
    assert (unsettled(LATE), worst(LATE)) == ([], [])


def test_worst_bodies_come_first_with_their_oldest_report(db):
    open_for(HEALTH, number=9)
    open_for(HEALTH, "SGDDT")
    assert [(body.code, count, days) for body, count, days in worst(LATE)] == [("SYT", 2, 33), ("SGDDT", 1, 3)]


@pytest.mark.parametrize(
    ("person_name", "may_open"), [("officer", {"SYT"}), ("coordinator", {"SYT", "SGDDT"}), ("leader", set())]
)
def test_everybody_sees_who_has_filed_but_opens_only_what_is_theirs(person_name, may_open, request, client):
    open_for(HEALTH, "SGDDT")
    user = request.getfixturevalue(person_name)
    client.force_login(user)
    assert client.get(PAGE).status_code == 200
    found = shown_to(user)
    assert words(found).keys() == {"SYT", "SGDDT"}
    assert {row.department.code for row in found.rows if any(cell.url for cell in row.held)} == may_open


def test_filters_pick_bodies_reports_and_years(portal, officer):
    open_for(HEALTH, "UB617")
    handed_in(report_of(), officer)
    assert words(shown_to(officer, body_kind=Department.Kind.DISTRICT)).keys() == {"UB617"}
    assert words(shown_to(officer, report_kind=Obligation.Kind.CRITERIA)).keys() == {"SYT"}
    assert words(shown_to(officer, only_owing=True)).keys() == {"UB617"}
    page = portal.get(f"{PAGE}?nam=2020&don_vi=DISTRICT&bao_cao=COMMUNES&chi=con-no").content.decode()
    assert ("UBND huyện Tu Mơ Rông" in page, "Sở Y tế</a>" in page) == (True, False)
    assert "Chưa có kỳ báo cáo nào được mở trong năm 2019" in portal.get(f"{PAGE}?nam=2019").content.decode()


@pytest.mark.parametrize("query", ["nam=x", "don_vi=KHAC", "bao_cao=1", "chi=tat-ca", "xuat=pdf", "la=1"])
def test_query_that_cannot_be_read_is_refused(query, portal):
    assert portal.get(f"{PAGE}?{query}").status_code == 400


def test_workbook_holds_the_board_and_its_making_is_recorded(portal, officer):
    open_for(HEALTH, "SGDDT")
    handed_in(report_of(), officer)
    answer = portal.get(f"{PAGE}?xuat=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0] == ("Mã đơn vị", "Đơn vị", "Loại đơn vị", "Báo cáo", "Tháng 10/2020", "Đã nộp", "Đúng hạn")
    line = ("SYT", "Sở Y tế", "Sở, ngành", "Báo cáo tiêu chí", "Đúng hạn, chờ duyệt", "100%", "100%")
    assert (line in rows, rows[-2][1], rows[-1][4]) == (True, "Tỷ lệ đã nộp", "100%")
    assert AuditEntry.objects.filter(kind="EXPORTED", record_name="Ai chưa nộp").count() == 1


def test_reminder_reaches_officers_of_bodies_that_owe_once_a_day(portal, officer, coordinator, clock_at):
    open_for(HEALTH, "SGDDT", "STP", number=9)
    other = person("gddt", "SGDDT")
    Notice.objects.all().delete()
    page = portal.post(f"{PAGE}nhac/", follow=True).content.decode()
    assert "Đã nhắc 2 đơn vị (2 cán bộ)." in page
    assert set(Notice.objects.values_list("recipient", flat=True)) == {officer.pk, other.pk}
    text = Notice.objects.get(recipient=officer).text
    assert "Báo cáo tiêu chí tháng 9/2020 (hạn 20/09/2020): chưa nộp, quá hạn 30 ngày" in text
    assert "Không có thêm ai để nhắc" in portal.post(f"{PAGE}nhac/", follow=True).content.decode()
    clock_at(date(2020, 10, 21))
    assert "Đã nhắc 2 đơn vị" in portal.post(f"{PAGE}nhac/", follow=True).content.decode()
    assert Notice.objects.count() == 4


def test_reminder_leaves_out_who_handed_in_and_asks_for_what_was_sent_back(portal, officer, coordinator):
    open_for(HEALTH)
    report = handed_in(report_of(), officer)
    reminded = Notice.objects.filter(kind="reminder")
    portal.post(f"{PAGE}nhac/")
    assert reminded.count() == 0
    send_back(report, [Remark("Thiếu số liệu")], by=coordinator)
    portal.post(f"{PAGE}nhac/")
    assert "trả lại, đã nộp đúng hạn" in reminded.get(recipient=officer).text


@pytest.mark.parametrize("person_name", ["officer", "leader"])
def test_only_the_office_reminds(person_name, client, request):
    client.force_login(request.getfixturevalue(person_name))
    open_for(HEALTH)
    assert client.post(f"{PAGE}nhac/").status_code == 403
    assert not Notice.objects.filter(kind="reminder").exists()


def test_board_costs_the_same_for_more_bodies_and_periods(portal):
    open_for(HEALTH)
    portal.get(PAGE)
    few = queries_for(portal, PAGE)
    for number in (7, 8, 9):
        open_for(HEALTH, "SGDDT", "UB617", number=number)
    assert queries_for(portal, PAGE) == few <= 14


def test_empty_board_says_where_to_go_on(portal):
    assert (Report.objects.count(), period().opened_at) == (0, None)
    assert "Chưa có kỳ báo cáo nào được mở" in portal.get(PAGE).content.decode()
