"""The part of a status page that is its reader's: reports, visits and obstacles of a commune, never kept for others."""

import re
from datetime import date

import pytest

from directives.models import Obstacle
from reports.actions.communes import EntryChange, VisitChange, confirm_entries, save_entry
from reports.actions.transitions import submit_report
from reports.models import CommuneEntry
from tests.factories.office import COMMUNES, open_for, person, report_of
from tests.test_query_counts import cold_and_warm

DAK_NEN, KON_PLONG = "23452", "UB613"
PAGE = f"/xa/{DAK_NEN}/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(db):
    return person("nguoi-viet", KON_PLONG)


@pytest.fixture
def entry(writer) -> CommuneEntry:
    """Đăk Nên in a draft of the committee of Kon Plông, with a visit and an obstacle."""
    open_for(KON_PLONG)
    held = report_of(KON_PLONG, what=COMMUNES).entries.get(commune__code=DAK_NEN)
    visit = VisitChange(date(2020, 10, 5), "Bà Y Lan", "Thăm trạm y tế")
    return save_entry(held, EntryChange(visits=[visit], raised="Thiếu đất làm nhà văn hóa"), by=writer)


def seen(client, user, page: str = PAGE) -> tuple[bool, bool, bool]:
    """Whether the reader sees the report with a link, the visit, and the obstacle."""
    client.force_login(user)
    served = client.get(page).content.decode()
    return bool(re.search(r"/bao-cao/\d+/", served)), "Thăm trạm y tế" in served, "Thiếu đất" in served


def test_draft_follows_its_reader_though_the_rest_of_the_page_is_shared(
    entry, client, writer, coordinator, leader, officer
):
    readers = [writer, leader, officer, coordinator, writer]
    assert [seen(client, user) for user in readers] == [
        (True, True, True), (False, False, True), (False, False, False), (True, True, True), (True, True, True)
    ]  # fmt: skip


def test_report_handed_in_shows_at_once_to_who_may_read_it(entry, client, writer, leader, officer):
    before = [seen(client, user) for user in (leader, officer)]
    confirm_entries(entry.report, by=writer)
    submit_report(entry.report, by=writer)
    after = [seen(client, user) for user in (leader, officer)]
    assert (before, after) == (
        [(False, False, True), (False, False, False)],
        [(True, True, True), (False, False, False)],
    )


def test_district_reads_what_another_body_handed_in_of_its_commune_without_a_way_into_the_report(
    writer, client, officer
):
    open_for(KON_PLONG)
    report = report_of(KON_PLONG, what=COMMUNES)
    helper = person("nguoi-giup", "UB616")
    report.obligation.department = helper.memberships.get().department
    report.obligation.save()
    entry = report.entries.get(commune__code=DAK_NEN)
    save_entry(entry, EntryChange(visits=[VisitChange(date(2020, 10, 5), "Ông A", "Thăm trạm y tế")]), by=helper)
    draft = seen(client, writer)
    confirm_entries(report, by=helper)
    submit_report(report, by=helper)
    assert (draft, seen(client, writer)) == ((False, False, False), (False, True, False))


@pytest.mark.one_database
def test_day_before_shows_nothing_that_began_later(entry, client, writer):
    assert seen(client, writer, f"{PAGE}?ngay=2020-09-01") == (False, False, False)


@pytest.mark.one_database
def test_obstacle_that_is_solved_is_gone(entry, client, writer):
    Obstacle.objects.update(state=Obstacle.State.RESOLVED)
    assert seen(client, writer) == (True, True, False)


@pytest.mark.one_database
def test_criterion_reports_about_the_commune_are_counted_by_state(client, coordinator):
    open_for("SYT")
    client.force_login(coordinator)
    served = " ".join(client.get(PAGE).content.decode().split())
    assert "Báo cáo tiêu chí tháng 10/2020 có xã này: 1 <span" in served


@pytest.mark.one_database
def test_query_count_does_not_grow_with_reports_visits_and_obstacles(entry, portal, writer):
    open_for("SYT")
    few = cold_and_warm(portal, PAGE)
    for number in range(5):
        visit = VisitChange(date(2020, 10, 6), "A", f"Lần {number}")
        save_entry(entry, EntryChange(visits=[visit], raised=f"Vướng mắc số {number}"), by=writer)
    open_for("UB616", "SXD", "SGDDT")
    assert cold_and_warm(portal, PAGE) == few
