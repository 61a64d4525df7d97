"""Who has handed in what, beside the status of the province and of a body."""

from datetime import date

import pytest

from reports.actions.opening import close_period
from tests.factories.office import HEALTH, handed_in, open_for, report_of
from tests.test_query_counts import queries_for

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BODY = f"/don-vi/{HEALTH}/"


def test_province_names_who_is_late_and_forgets_it_at_once(portal, officer, coordinator):
    assert "Không đơn vị nào quá hạn nộp báo cáo." in portal.get("/").content.decode()
    record = open_for(HEALTH, "SGDDT", number=9)
    page = portal.get("/").content.decode()
    assert "<strong>2</strong> đơn vị quá hạn:" in page
    assert '<a href="/don-vi/SYT/">Sở Y tế</a> (1 báo cáo, lâu nhất 30 ngày)' in page
    handed_in(report_of(number=9), officer)
    assert "<strong>1</strong> đơn vị quá hạn:" in portal.get("/").content.decode()
    close_period(record, reason="Hết hạn", by=coordinator)
    assert "Không đơn vị nào quá hạn nộp báo cáo." in portal.get("/").content.decode()


def test_body_shows_its_reports_by_period_and_leads_those_who_may_read_them(portal, officer, leader, client, clock_at):
    assert "chưa có báo cáo nào phải nộp" in portal.get(BODY).content.decode()
    open_for(HEALTH, number=9)
    open_for(HEALTH)
    handed_in(report_of(), officer)
    clock_at(date(2020, 10, 22))
    page = portal.get(BODY).content.decode()
    links = [report_of(number=number).get_absolute_url() for number in (9, 10)]
    assert ["Chưa nộp" in page, "Đúng hạn" in page, *(f'"{link}"' in page for link in links)] == [True] * 4
    client.force_login(leader)
    page = client.get(BODY).content.decode()
    assert [f'"{link}"' in page for link in links] == [False, True]


@pytest.mark.parametrize(("page", "most"), [("/", 13), (BODY, 15)])
def test_page_costs_the_same_with_more_reports(page, most, portal):
    open_for(HEALTH)
    portal.get(page)
    few = queries_for(portal, page)
    for number in (7, 8, 9):
        open_for(HEALTH, "SGDDT", "UB617", number=number)
    portal.get(page)
    assert queries_for(portal, page) == few <= most
