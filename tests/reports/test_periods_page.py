"""The page of periods: a year laid down at once, opened, closed and reopened."""

from datetime import date

import pytest
from django.urls import reverse

from ntm_portal.core.audit import AuditEntry
from reports.actions.opening import make_calendar
from reports.models import DueRule, Obligation, ReportingPeriod
from tests.factories.office import HEALTH, open_for, period
from tests.test_query_counts import queries_for

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGE = "/bao-cao/ky/"


def act(client, name: str, record: ReportingPeriod, **given):
    return client.post(reverse(f"reports:{name}", args=[record.pk]), given, follow=True)


def test_year_is_laid_down_by_the_rules_and_only_once(db):
    DueRule.objects.create(kind="QUARTER", data_until_day=15, due_day=31, basis="QĐ 1/QĐ-UBND")
    added = make_calendar(2021)
    assert (len(added), make_calendar(2021)) == (16, [])
    month, quarter = (ReportingPeriod.objects.get(kind=k, year=2021, number=2) for k in ("MONTH", "QUARTER"))
    assert (month.data_until, month.due_on) == (date(2021, 2, 14), date(2021, 2, 20))
    assert (quarter.data_until, quarter.due_on) == (date(2021, 6, 15), date(2021, 6, 30))
    assert quarter.basis == "QĐ 1/QĐ-UBND"


def test_calendar_keeps_the_days_of_periods_that_are_there(db):
    ReportingPeriod.objects.create(kind="MONTH", year=2021, number=1, data_until="2021-01-10", due_on="2021-01-11")
    assert len(make_calendar(2021)) == 15
    assert period(1, year=2021).due_on == date(2021, 1, 11)


def test_form_lays_down_the_next_year_and_shows_it(portal):
    assert b'value="2021"' in portal.get(PAGE).content
    answer = portal.post(f"{PAGE}lap-lich/", {"year": "2021"}, follow=True)
    assert (answer.redirect_chain[-1][0], ReportingPeriod.objects.filter(year=2021).count()) == (f"{PAGE}?nam=2021", 16)
    assert "Đã lập 16 kỳ của năm 2021." in answer.content.decode()
    again = portal.post(f"{PAGE}lap-lich/", {"year": "2021"}, follow=True)
    assert "Năm 2021 đã đủ 16 kỳ." in again.content.decode()


@pytest.mark.parametrize(
    ("year", "said"), [("", "Hãy ghi năm."), ("x", "Năm phải là số"), ("1700", "Phải trong khoảng năm")]
)
def test_bad_year_is_said_at_the_field(year, said, portal):
    answer = portal.post(f"{PAGE}lap-lich/", {"year": year})
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert not ReportingPeriod.objects.exclude(year=2020).exists()


def test_year_in_the_address_that_is_none_is_refused(portal):
    assert [portal.get(f"{PAGE}?nam={year}").status_code for year in ("x", "99999999999999999999")] == [400, 400]
    assert "chưa có kỳ báo cáo nào" in portal.get(f"{PAGE}?nam=2030").content.decode()


def test_opening_says_what_it_made_and_makes_nothing_twice(portal):
    record = period()
    first = act(portal, "period-open", record)
    count = Obligation.objects.filter(period=record).count()
    assert f"Đã mở kỳ tháng 10/2020: thêm {count} báo cáo phải nộp, " in first.content.decode()
    again = act(portal, "period-open", record)
    assert "Bổ sung kỳ tháng 10/2020: không có đơn vị mới." in again.content.decode()
    assert Obligation.objects.filter(period=record).count() == count > 0


def test_closing_needs_a_reason_which_is_asked_for_at_the_field(portal):
    record = open_for(HEALTH)
    answer = act(portal, "period-close", record, reason="  ")
    assert (answer.status_code, "Phải ghi lý do." in answer.content.decode()) == (200, True)
    assert period().is_open


def test_closed_period_is_reopened_and_both_reasons_stay_in_the_trail(portal):
    record = open_for(HEALTH)
    assert "Đã đóng kỳ tháng 10/2020." in act(portal, "period-close", record, reason="Hết hạn").content.decode()
    assert period().closed_on == date(2020, 10, 20)
    refused = act(portal, "period-open", record).content.decode()
    assert "Kỳ tháng 10/2020 đã đóng; muốn thêm báo cáo thì mở lại trước." in refused
    assert "không ở trạng thái làm được việc này" in act(portal, "period-close", record, reason="x").content.decode()
    act(portal, "period-reopen", record, reason="Sở Y tế đính chính")
    assert period().is_open
    told = AuditEntry.objects.filter(model="reports.reportingperiod", record_id=record.pk, kind="CHANGED")
    assert {"Đóng kỳ: Hết hạn", "Mở lại kỳ: Sở Y tế đính chính"} <= set(told.values_list("under", flat=True))


@pytest.mark.parametrize("person", ["officer", "leader"])
def test_others_read_the_periods_and_change_none(person, client, request):
    client.force_login(request.getfixturevalue(person))
    record = period()
    page = client.get(PAGE)
    assert (page.status_code, "Mở kỳ</button>" in page.content.decode()) == (200, False)
    for name in ("period-open", "period-close", "period-reopen"):
        assert act(client, name, record, reason="x").status_code == 403
    assert client.post(f"{PAGE}lap-lich/", {"year": "2021"}).status_code == 403
    assert period().opened_at is None


def test_page_costs_the_same_with_more_periods(portal):
    portal.get(PAGE)
    few = queries_for(portal, PAGE)
    open_for(HEALTH)
    open_for(HEALTH, number=9)
    make_calendar(2021)
    assert queries_for(portal, PAGE) == few <= 12
