"""Commune reports: checked against the ledger, confirmed, told in words, handed in; read by whoever may."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune
from criteria.engine.facts import Conclusion, Result
from ntm_portal.accounts.models import Department
from ntm_portal.core.ledger import Memory
from reports.actions.communes import EntryChange, VisitChange, confirm_entries, save_entry, value_key
from reports.actions.drafting import save_section
from reports.actions.errors import TransitionError, UnfinishedReportError
from reports.actions.transitions import Remark, approve_report, send_back, submit_report
from reports.checks_communes import CheckedEntry, Seen, Trip, problems_of_entry
from reports.models import CommuneEntry, Observation, Report
from reports.queries.communes import commune_sheet
from tests.factories.ledger import make_new, record
from tests.factories.office import COMMUNES, open_for, person, report_of
from tests.form_reader import untouched

KON_PLONG = "UB613"
DAK_NEN = "23452"
FIRST, LAST = date(2020, 7, 1), date(2020, 10, 20)


@pytest.fixture
def writer(db):
    return person("nguoi-viet", KON_PLONG)


@pytest.fixture
def report(writer) -> Report:
    """The October report of the committee of Kon Plông on its eight communes."""
    open_for(KON_PLONG)
    return report_of(KON_PLONG, what=COMMUNES)


@pytest.fixture
def browser(client, writer):
    client.force_login(writer)
    return client


def page_of(report: Report) -> str:
    return reverse("reports:report-detail", args=[report.pk])


def dispute(report: Report, writer, number: int = 1, note: str = "") -> CommuneEntry:
    """Say of a criterion of Đăk Nên the opposite of what the ledger says."""
    entry = report.entries.get(commune__code=DAK_NEN)
    seen = entry.observations.get(criterion__number=number)
    opposite = "NOT_MET" if seen.conclusion == "MET" else "MET"
    values = {value_key("conclusion", seen.criterion_id): opposite, value_key("note", seen.criterion_id): note}
    return save_entry(entry, EntryChange(values=values), by=writer)


MET, NOT_MET = Conclusion.MET, Conclusion.NOT_MET
SOUND = {"seen": (Seen(1, MET, "", Result.MET),), "trips": (), "is_answered": True}
CHECKED = {
    "sound": ({}, []),
    "contradiction": ({"seen": (Seen(1, MET, " ", Result.NOT_MET),)}, ["contradiction_without_note"]),
    "contradiction the other way": ({"seen": (Seen(1, NOT_MET, "", Result.MET),)}, ["contradiction_without_note"]),
    "exempt counts as met": ({"seen": (Seen(1, NOT_MET, "", Result.EXEMPT),)}, ["contradiction_without_note"]),
    "contradiction with a note": ({"seen": (Seen(1, NOT_MET, "hỏng cầu", Result.MET),)}, []),
    "ledger says nothing": ({"seen": (Seen(1, MET, "", Result.NO_DATA),)}, []),
    "nothing seen": ({"seen": (Seen(1, None, "", Result.MET),)}, ["nothing_observed"]),
    "unanswered": ({"is_answered": False}, ["commune_unanswered"]),
    "visit": ({"trips": (Trip(FIRST, "A", "B"), Trip(LAST, "A", "B"))}, []),
    "visit too early": ({"trips": (Trip(date(2020, 6, 30), "A", "B"),)}, ["visit_impossible"]),
    "visit in the future": ({"trips": (Trip(date(2020, 10, 21), "A", "B"),)}, ["visit_impossible"]),
    "visit of nobody": ({"trips": (Trip(FIRST, " ", "B"),)}, ["visit_impossible"]),
    "visit without findings": ({"trips": (Trip(FIRST, "A", ""),)}, ["visit_impossible"]),
    "errors first": (
        {"seen": (Seen(1, None, "", Result.MET),), "is_answered": False},
        ["commune_unanswered", "nothing_observed"],
    ),
}


@pytest.mark.engine
@pytest.mark.parametrize("case", CHECKED)
def test_commune_is_checked(case):
    given, codes = CHECKED[case]
    entry = CheckedEntry(**(SOUND | given), visits_from=FIRST, visits_until=LAST)
    assert [problem.code for problem in problems_of_entry(entry)] == codes


def test_draft_is_filled_in_from_the_ledger_and_contradicts_nothing(report):
    shown = commune_sheet(report)
    assert [(d.code, len(rows)) for d, rows in shown.districts] == [("613", 8)]
    assert shown.counts == {
        "total": 8, "answered": 0, "visits": 0, "obstacles": 0, "contradictions": 0, "error": 8, "warning": 0
    }  # fmt: skip
    assert {problem.code for _, problem in shown.errors} == {"commune_unanswered"}


def test_ledger_that_changes_meanwhile_contradicts_what_was_seen(report, writer):
    confirm_entries(report, by=writer)
    before = commune_sheet(report).rows[0]
    criterion = next(row for row in before.seen if row.ledger is Result.MET)
    code = criterion.finding.indicators[0].indicator.code
    record(make_new(code, commune=DAK_NEN, as_of=date(2020, 10, 14), conclusion=Conclusion.NOT_MET))
    after = commune_sheet(report).rows[0]
    assert [row.observation.criterion_id for row in after.contradictions] == [criterion.observation.criterion_id]
    assert [problem.code for problem in after.problems] == ["contradiction_without_note"]


def test_report_is_sent_only_when_every_commune_is_looked_at_and_contradictions_are_explained(report, writer):
    dispute(report, writer)
    with pytest.raises(UnfinishedReportError) as unfinished:
        submit_report(report, by=writer)
    confirm_entries(report, by=writer)
    with pytest.raises(UnfinishedReportError) as disputed:
        submit_report(report, by=writer)
    dispute(report, writer, number=2, note="đã bê tông hóa")
    seen = report.entries.get(commune__code=DAK_NEN).observations.get(criterion__number=1)
    note = {value_key("note", seen.criterion_id): "quy hoạch chưa công bố"}
    save_entry(seen.entry, EntryChange(values=note), by=writer)
    assert (unfinished.value.details, disputed.value.details) == ({"lines": 8}, {"lines": 1})
    assert submit_report(report, by=writer).state == Report.State.SUBMITTED


def test_rest_is_confirmed_in_one_act_once(report, browser, writer):
    dispute(report, writer, note="thấy khác")
    for _ in range(2):
        answer = browser.post(reverse("reports:entries-confirm", args=[report.pk]))
    assert (answer.status_code, answer["Location"]) == (302, page_of(report))
    assert sorted(report.entries.values_list("revision", flat=True)) == [1] * 8
    assert commune_sheet(report).counts["answered"] == 8
    assert confirm_entries(report, by=writer) == 0


def test_some_communes_are_confirmed(report, writer):
    chosen = report.entries.first()
    assert (confirm_entries(report, by=writer, entries=[chosen.pk]), commune_sheet(report).left) == (1, 7)


def test_page_names_what_is_wrong_with_links_and_goes_through_to_the_leader(report, browser, writer, leader):
    dispute(report, writer)
    page = browser.get(page_of(report)).content.decode()
    browser.post(reverse("reports:report-submit", args=[report.pk]))
    still = report_of(KON_PLONG, what=COMMUNES).state
    dispute(report, writer)  # back to what the ledger says
    browser.post(reverse("reports:entries-confirm", args=[report.pk]))
    browser.post(reverse("reports:report-submit", args=[report.pk]))
    sent = report_of(KON_PLONG, what=COMMUNES)
    assert f"/bao-cao/{report.pk}/xa/{DAK_NEN}/" in page
    assert "Tiêu chí 1: quan sát khác sổ cái (sổ cái ghi đạt)" in page
    assert (still, sent.state) == ("DRAFT", "SUBMITTED")
    browser.force_login(leader)
    read = browser.get(page_of(report)).content.decode()
    assert ("<textarea" in read, "Xác nhận" in read, "Gửi báo cáo" in read, "Chờ duyệt" in read) == (
        False,
        False,
        False,
        True,
    )
    entry = browser.get(reverse("reports:entry", args=[report.pk, DAK_NEN])).content.decode()
    assert ("<textarea" in entry, "Tiêu chí như đã thấy tại xã" in entry) == (False, True)


def test_report_taken_back_is_written_again_and_one_sent_back_shows_the_notes(report, browser, writer, coordinator):
    confirm_entries(report, by=writer)
    submit_report(report, by=writer)
    browser.post(reverse("reports:report-withdraw", args=[report.pk]))
    taken_back = report_of(KON_PLONG, what=COMMUNES).state
    submit_report(report, by=writer)
    entry = report.entries.get(commune__code=DAK_NEN)
    send_back(report, [Remark("Xem lại cả báo cáo"), Remark("Xem lại xã này", entry=entry.pk)], by=coordinator)
    page = browser.get(page_of(report)).content.decode()
    of_commune = browser.get(reverse("reports:entry", args=[report.pk, DAK_NEN])).content.decode()
    assert (taken_back, "Xem lại cả báo cáo" in page, "Có ý kiến" in page) == ("DRAFT", True, True)
    assert ("Xem lại xã này" in of_commune, "<textarea" in of_commune) == (True, True)


def test_what_a_body_saw_last_is_filled_in_next_month_and_asked_about_where_the_ledger_differs(
    report, writer, coordinator, clock_at
):
    dispute(report, writer, note="thấy khác")
    confirm_entries(report, by=writer)
    submit_report(report, by=writer)
    approve_report(report, by=coordinator)
    clock_at(date(2020, 11, 20))
    open_for(KON_PLONG, number=11)
    row = commune_sheet(report_of(KON_PLONG, number=11, what=COMMUNES)).rows[0]
    assert [problem.code for problem in row.problems] == ["contradiction_without_note", "commune_unanswered"]


def test_narrative_is_saved_and_two_who_write_the_same_section_see_both(report, browser, writer):
    sent = untouched(browser.get(page_of(report)))
    address = reverse("reports:entries-narrate", args=[report.pk])
    other = person("nguoi-khac", KON_PLONG)
    save_section(report, "RESULTS", "Của người khác", by=other)
    answer = browser.post(address, sent | {"RESULTS": "Của tôi", "PROPOSALS": "Kiến nghị"})
    page = answer.content.decode()
    assert (answer.status_code, "Của người khác" in page, "Của tôi" in page) == (409, True, True)
    again = browser.post(address, untouched(answer) | {"PROPOSALS": "Kiến nghị thêm"})
    assert again.status_code == 302
    assert dict(report.sections.exclude(text="").values_list("heading", "text")) == {
        "RESULTS": "Của tôi",
        "PROPOSALS": "Kiến nghị thêm",
    }


@pytest.mark.parametrize("bad", [{"RESULTS": "x" * 20_001}, {"RESULTS-lan": "x"}, {"RESULTS-lan": "-1"}], ids=str)
@pytest.mark.one_database
def test_narrative_that_cannot_be_read_is_refused(bad, report, browser):
    sent = untouched(browser.get(page_of(report))) | {"PROPOSALS": "x"} | bad
    assert browser.post(reverse("reports:entries-narrate", args=[report.pk]), sent).status_code == 409
    assert report.sections.exclude(text="").count() == 0


def test_acts_are_the_writers_own(report, client, officer, coordinator):
    acts = ["entries-confirm", "entries-narrate", "report-submit", "report-withdraw"]
    found = {}
    for user in (officer, coordinator):
        client.force_login(user)
        found[user.username] = [client.post(reverse(f"reports:{act}", args=[report.pk])).status_code for act in acts]
    assert found == {"soyte": [404] * 4, "dieuphoi": [403] * 4}


def test_nothing_is_confirmed_in_a_report_that_is_on_its_way(report, writer):
    confirm_entries(report, by=writer)
    submit_report(report, by=writer)
    with pytest.raises(TransitionError):
        confirm_entries(report, by=writer)


def queries_for(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.one_database
def test_query_count_does_not_grow_with_communes_and_what_is_in_them(report, browser, writer):
    addresses = [page_of(report), reverse("reports:entry", args=[report.pk, DAK_NEN])]
    entry = report.entries.get(commune__code=DAK_NEN)
    visit = VisitChange(date(2020, 10, 1), "A", "B")
    save_entry(entry, EntryChange(raised="Vướng mắc thứ nhất về đường", visits=[visit]), by=writer)
    few = [queries_for(browser, address) for address in addresses]
    criteria = list(entry.observations.values_list("criterion_id", flat=True))
    for commune in Commune.objects.filter(district__code="616", kind="XA"):
        more = CommuneEntry.objects.create(report=report, commune=commune)
        Observation.objects.bulk_create(Observation(entry=more, criterion_id=c, conclusion="MET") for c in criteria)
        save_entry(more, EntryChange(raised=f"Vướng mắc của {commune.name}", visits=[visit, visit]), by=writer)
    save_entry(entry, EntryChange(raised="Thiếu giáo viên mầm non", visits=[visit, visit, visit]), by=writer)
    Memory.forget_all()
    assert [queries_for(browser, address) for address in addresses] == few
    assert max(few) <= 22


@pytest.mark.one_database
def test_body_without_communes_sees_why_its_list_is_empty(report, browser):
    report.entries.all().delete()
    page = browser.get(page_of(report)).content.decode()
    assert "chưa được phân công giúp đỡ xã nào" in page
    assert Department.objects.get(code=KON_PLONG).name in page
