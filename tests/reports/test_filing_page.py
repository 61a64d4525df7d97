"""My reports and the page of a criterion report: who sees what, why a list is empty, what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from criteria.models import Responsibility
from ntm_portal.accounts.models import Department
from reports.actions.drafting import LineChange, save_lines, save_section
from reports.actions.opening import close_period
from reports.actions.transitions import Remark, send_back
from reports.checks import MESSAGES
from reports.models import Report
from reports.queries.grids import TITLES
from tests.factories.ledger import DAK_NA
from tests.factories.office import approved, finish, handed_in, line_of, open_for, period, person, report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db) -> Report:
    open_for("SYT", "CAT")
    return report_of()


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def main_of(response) -> str:
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL).group()


def words_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(response)).split())


def queries_for(browser, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def test_list_shows_what_my_body_owes_and_how_far_it_is(desk, draft, officer):
    save_lines(draft, [LineChange(line_of(draft, DAK_NA, "15.2").pk, conclusion="MET")], by=officer)
    said = words_of(desk.get("/bao-cao/"))
    assert "Báo cáo tiêu chí Tháng 10/2020" in said
    assert "Đang soạn" in said
    assert "1/425 dòng đã trả lời, 424 dòng còn lỗi hoặc chưa xác nhận" in said
    assert "hạn hôm nay" in said
    assert "Công an" not in said


def test_list_puts_closed_periods_below(desk, draft, coordinator):
    close_period(draft.obligation.period, reason="Hết hạn", by=coordinator)
    open_for("SYT", number=11)
    said = words_of(desk.get("/bao-cao/"))
    assert said.index("Tháng 11/2020") < said.index("Các kỳ đã đóng") < said.index("Tháng 10/2020")
    assert "Không nộp" in said


def test_list_says_that_no_period_is_open_and_which_is_next(desk):
    said = words_of(desk.get("/bao-cao/"))
    assert "Chưa có kỳ báo cáo nào mở. Kỳ tới: tháng 10/2020, chốt số liệu 14/10/2020, hạn nộp 20/10/2020." in said


def test_list_says_that_nothing_is_assigned(client, draft):
    bare = Department.objects.create(code="KHONG", name="Sở không việc", short_name="KV", kind="SO_NGANH")
    client.force_login(person("khongviec", bare.code))
    assert "không chủ trì chỉ tiêu nào và không được phân công giúp đỡ xã nào" in words_of(client.get("/bao-cao/"))


def test_list_says_that_work_came_after_the_period_was_opened(client, draft):
    late = Department.objects.create(code="MUON", name="Sở giao muộn", short_name="GM", kind="SO_NGANH")
    indicator = line_of(draft, DAK_NA, "15.1").indicator
    Responsibility.objects.create(indicator=indicator, department=late, role=Responsibility.Role.LEAD)
    client.force_login(person("giaomuon", late.code))
    assert "đơn vị được giao việc sau khi mở kỳ" in words_of(client.get("/bao-cao/"))


def test_coordinator_finds_all_reports_by_body_period_and_state(portal, draft, officer):
    handed_in(draft, officer)
    links = re.compile(r'<a href="(/bao-cao/\d+/)">')
    police = f"/bao-cao/{report_of('CAT').pk}/"
    mine = f"/bao-cao/{draft.pk}/"
    assert set(links.findall(main_of(portal.get("/bao-cao/")))) == {mine, police}
    for query in ("trang_thai=SUBMITTED", "don_vi=SYT", "don_vi=SYT&ky=2020-t10&loai=CRITERIA&trang=1"):
        assert links.findall(main_of(portal.get(f"/bao-cao/?{query}"))) == [mine]
    assert "hợp với điều kiện đang lọc" in words_of(portal.get("/bao-cao/?don_vi=SYT&trang_thai=APPROVED"))


@pytest.mark.one_database
@pytest.mark.parametrize("query", ["don_vi=KHONG", "ky=x", "loai=x", "trang_thai=x", "trang=abc", "trang=0"])
def test_list_says_what_it_cannot_read(query, portal, draft):
    assert portal.get(f"/bao-cao/?{query}").status_code == 400


def test_leader_reads_what_was_handed_in_and_no_draft(client, leader, draft, officer):
    client.force_login(leader)
    assert client.get(f"/bao-cao/{draft.pk}/").status_code == 404
    handed_in(draft, officer)
    page = main_of(client.get(f"/bao-cao/{draft.pk}/"))
    assert ("Chờ duyệt" in page, "<textarea" in page, "data-writable" in page) == (True, False, False)


def test_grid_shows_value_threshold_period_before_and_judgement(desk, draft, officer):
    line = line_of(draft, DAK_NA, "15.1")
    before = next(iter(line.facts.values())).value
    desk.post(
        f"/bao-cao/{draft.pk}/dong/{line.pk}/", {f"so-{next(iter(line.facts))}": "84,5", "revision": 0, "note": "x"}
    )
    page = main_of(desk.get(f"/bao-cao/{draft.pk}/"))
    cells = re.search(rf'<td id="o-{line.pk}-\d+".*?</td>\s*<td id="o-{line.pk}-kl".*?</td>', page, re.DOTALL).group()
    said = " ".join(re.sub(r"<[^>]+>", " ", cells).split())
    assert said == f"84,5 {f'{before:f}'.rstrip('0').rstrip('.').replace('.', ',')} ≥ 85 ✗ Chưa đạt Đạt ✎"
    assert page.count("data-xa=") == 85


def test_grid_is_filtered_by_the_address(desk, draft, officer):
    save_lines(draft, [LineChange(line_of(draft, DAK_NA, "15.2").pk, conclusion="NOT_MET", note="x")], by=officer)
    for query, count in (("loc=thay-doi", 1), ("tim=Ng%E1%BB%8Dc+linh", 1), ("loc=loi", 0), ("loc=la&tim=", 85)):
        page = main_of(desk.get(f"/bao-cao/{draft.pk}/?{query}"))
        assert (query, len(re.findall(r"<tr data-xa=\"[^\"]*\"\s*>", page))) == (query, count)


def test_checks_name_the_line_with_a_link(desk, draft, officer):
    line = line_of(draft, DAK_NA, "15.2")
    save_lines(draft, [LineChange(line.pk, conclusion="NOT_MET")], by=officer)
    page = desk.get(f"/bao-cao/{draft.pk}/kiem-tra/").content.decode()
    assert f'href="/bao-cao/{draft.pk}/dong/{line.pk}/"' in page
    assert escape("Kỳ trước đạt, kỳ này chưa đạt: phải ghi lý do vào ghi chú.") in page
    assert "424 dòng" in page


def test_every_check_has_a_title():
    assert TITLES.keys() == MESSAGES.keys()


def test_report_that_was_sent_back_says_why_at_the_line_and_at_the_top(desk, draft, officer, coordinator):
    sent = handed_in(draft, officer)
    line = line_of(sent, DAK_NA, "15.1")
    send_back(sent, [Remark("Xem lại cả bảng"), Remark("Số này lạ", line=line.pk)], by=coordinator)
    page = main_of(desk.get(f"/bao-cao/{draft.pk}/"))
    assert ("Xem lại cả bảng" in page, "Ý kiến: Số này lạ" in page, "is-noted" in page) == (True, True, True)
    assert "Số này lạ" in main_of(desk.get(f"/bao-cao/{draft.pk}/dong/{line.pk}/"))
    assert "Gửi lại" in page


def test_approved_report_offers_a_correction_to_its_body_alone(desk, draft, officer, coordinator):
    approved(draft, officer, coordinator)
    assert "Lập bản đính chính" in main_of(desk.get(f"/bao-cao/{draft.pk}/"))
    desk.force_login(coordinator)
    assert "Lập bản đính chính" not in main_of(desk.get(f"/bao-cao/{draft.pk}/"))


def test_reviewer_reads_a_draft_that_he_cannot_write(portal, draft):
    page = main_of(portal.get(f"/bao-cao/{draft.pk}/"))
    assert ("data-writable" in page, "Gửi báo cáo" in page, "<textarea" in page) == (False, False, False)
    line = main_of(portal.get(f"/bao-cao/{draft.pk}/dong/{draft.lines.first().pk}/"))
    assert ("Lưu dòng" in line, "Đính kèm" in line) == (False, False)


@pytest.mark.one_database
def test_quarter_starts_with_what_its_months_said(desk, draft, officer):
    save_section(draft, "RESULTS", "Tháng 10 tốt", by=officer)
    handed_in(draft, officer)
    open_for("SYT", number=4, kind="QUARTER")
    quarter = report_of(number=4, kind="QUARTER")
    assert "Tháng 10 tốt" in main_of(desk.get(f"/bao-cao/{quarter.pk}/"))


def warm_queries(client, path: str) -> int:
    """Queries once what does not depend on the report is remembered."""
    client.get(path)
    return queries_for(client, path)


@pytest.mark.one_database
def test_pages_cost_the_same_however_much_there_is(desk, draft, officer):
    page, listed = f"/bao-cao/{draft.pk}/", "/bao-cao/"
    few = [warm_queries(desk, path) for path in (page, listed)]
    finish(draft, officer)
    open_for("SYT", number=11)
    open_for("SYT", number=9)
    assert [warm_queries(desk, path) for path in (page, listed)] == few
    assert few[0] <= 24
    assert period(9).is_open


@pytest.mark.one_database
def test_largest_report_costs_no_more(client, draft):
    open_for("SYT", "SNNPTNT")
    large, officer = report_of("SNNPTNT"), person("nongnghiep", "SNNPTNT")
    client.force_login(person("yte2", "SYT"))
    small = warm_queries(client, f"/bao-cao/{draft.pk}/")
    client.force_login(officer)
    assert warm_queries(client, f"/bao-cao/{large.pk}/") == small
