"""One commune of a commune report: written as one form, two people at once, obstacles, visits, evidence, the rules."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from directives.models import Obstacle
from ntm_portal.core.uploads.storing import opened
from reports.actions.communes import EntryChange, VisitChange, save_entry, value_key
from reports.actions.errors import LinesRefusedError, StaleRevisionError, TransitionError
from reports.actions.opening import close_period
from reports.models import CommuneEntry, Visit
from reports.queries.communes import commune_sheet
from tests.factories.files import PDF
from tests.factories.office import COMMUNES, open_for, person, report_of
from tests.form_reader import untouched

KON_PLONG = "UB613"
DAK_NEN = "23452"


@pytest.fixture
def writer(db):
    return person("nguoi-viet", KON_PLONG)


@pytest.fixture
def other(db):
    return person("nguoi-khac", KON_PLONG)


@pytest.fixture
def entry(writer) -> CommuneEntry:
    """Đăk Nên in the October report of the committee of Kon Plông."""
    open_for(KON_PLONG)
    return report_of(KON_PLONG, what=COMMUNES).entries.get(commune__code=DAK_NEN)


@pytest.fixture
def browser(client, writer):
    client.force_login(writer)
    return client


def address(entry: CommuneEntry) -> str:
    return reverse("reports:entry", args=[entry.report_id, entry.commune.code])


def row_of(entry: CommuneEntry):
    report = report_of(KON_PLONG, what=COMMUNES)
    return commune_sheet(report, only=[entry.pk]).rows[0]


def key(entry: CommuneEntry, number: int, part: str = "conclusion") -> str:
    return value_key(part, entry.observations.get(criterion__number=number).criterion_id)


def visit(day: str = "2020-10-05", people: str = "Ông A Nhá", findings: str = "Đã kiểm tra đường thôn", **more):
    given = {"visited_on": day, "people": people, "findings": findings} | more
    return {f"chuyen-0-{name}": value for name, value in given.items()}


def test_page_sent_back_untouched_only_says_that_it_was_seen(entry, browser):
    before = row_of(entry)
    answer = browser.post(address(entry), untouched(browser.get(address(entry))))
    after = row_of(entry)
    assert (answer.status_code, answer["Location"]) == (302, address(entry))
    assert [(s.observation.conclusion, s.observation.note) for s in after.seen] == [
        (s.observation.conclusion, s.observation.note) for s in before.seen
    ]
    assert (before.is_answered, after.is_answered, after.visits, after.entry.revision) == (False, True, (), 1)


def test_everything_of_a_form_is_saved_at_once(entry, browser, writer, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    sent = untouched(browser.get(address(entry))) | visit()
    sent |= {
        "help_given": "Tặng 20 con bò giống\nHỗ trợ 2 tấn xi măng",
        "proposals": "Cấp vốn đường thôn",
        key(entry, 2): "MET",
        key(entry, 2, "note"): "Đã bê tông hóa tới thôn cuối",
        "new_obstacle": "Thiếu đất làm nhà văn hóa",
        "file": SimpleUploadedFile("Biên bản.pdf", PDF, "application/pdf"),
        "file_title": "Biên bản làm việc",
        "xa-sau": "1",
        "draft": "1-2-3",
    }
    answer = browser.post(address(entry), sent)
    row = row_of(entry)
    assert answer["Location"] == reverse("reports:entry", args=[entry.report_id, "23455"]) + "?da-luu=1-2-3"
    assert (row.entry.help_given, row.entry.proposals) == (
        "Tặng 20 con bò giống\nHỗ trợ 2 tấn xi măng",
        "Cấp vốn đường thôn",
    )
    assert [(v.visited_on, v.people, v.findings) for v in row.visits] == [
        (date(2020, 10, 5), "Ông A Nhá", "Đã kiểm tra đường thôn")
    ]
    assert [(s.observation.criterion.number, s.observation.note) for s in row.contradictions] == [
        (2, "Đã bê tông hóa tới thôn cuối")
    ]
    assert [(o.description, o.raised_by.code, o.raised_by_user, o.commune) for o in row.obstacles] == [
        ("Thiếu đất làm nhà văn hóa", KON_PLONG, writer, entry.commune)
    ]
    with opened(row.evidence[0].file) as content:
        assert (row.evidence[0].title, content.read()) == ("Biên bản làm việc", PDF)
    assert (row.entry.answered_by, row.errors) == (writer, [])


def test_two_who_change_different_things_both_have_their_way(entry, browser, other):
    sent = untouched(browser.get(address(entry)))
    save_entry(entry, EntryChange(values={"help_given": "của người khác", key(entry, 1): "NOT_MET"}), by=other)
    answer = browser.post(address(entry), sent | {"proposals": "của tôi"} | visit())
    row = row_of(entry)
    assert answer.status_code == 302
    assert (row.entry.help_given, row.entry.proposals, len(row.visits)) == ("của người khác", "của tôi", 1)
    assert [s.observation.criterion.number for s in row.contradictions] == [1]


def test_loser_of_two_sees_both_values_and_nothing_is_lost(entry, browser, other):
    sent = untouched(browser.get(address(entry)))
    save_entry(entry, EntryChange(values={"help_given": "của người khác", "proposals": "thêm"}), by=other)
    save_entry(entry, EntryChange(visits=[VisitChange(date(2020, 9, 1), "Bà Y", "Thăm trường")]), by=other)
    mine = sent | {"help_given": "của tôi", key(entry, 2, "note"): "ghi chú của tôi"} | visit()
    answer = browser.post(address(entry), mine)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert (row_of(entry).entry.help_given, "của tôi" in page, "của người khác" in page) == (
        "của người khác",
        True,
        True,
    )
    again = untouched(answer)
    answer = browser.post(address(entry), again)
    row = row_of(entry)
    assert answer.status_code == 302
    assert (row.entry.help_given, row.entry.proposals) == ("của tôi", "thêm")
    assert [v.people for v in row.visits] == ["Bà Y", "Ông A Nhá"]
    assert row.seen[1].observation.note == "ghi chú của tôi"


def test_visit_that_both_changed_is_in_dispute_and_one_taken_away_is_written_anew(entry, browser, other):
    save_entry(entry, EntryChange(visits=[VisitChange(date(2020, 9, 1), "Bà Y", "Thăm trường")]), by=other)
    held = Visit.objects.get(entry=entry)
    sent = untouched(browser.get(address(entry))) | {"chuyen-0-people": "Bà Y, ông A"}
    save_entry(entry, EntryChange(visits=[VisitChange(date(2020, 9, 1), "Bà Y", "Thăm trạm", visit=held.pk)]), by=other)
    answer = browser.post(address(entry), sent)
    assert (answer.status_code, "Thăm trạm" in answer.content.decode()) == (412, True)
    again = untouched(answer)
    save_entry(
        entry,
        EntryChange(visits=[VisitChange(date(2020, 9, 1), "", "", visit=held.pk, remove=True)]),
        by=other,
    )
    browser.post(address(entry), again)
    assert [(v.people, v.findings) for v in row_of(entry).visits] == [("Bà Y, ông A", "Thăm trường")]


def test_visit_is_changed_and_taken_away(entry, browser, writer):
    save_entry(entry, EntryChange(visits=[VisitChange(date(2020, 9, 1), "Bà Y", "Thăm trường")]), by=writer)
    sent = untouched(browser.get(address(entry)))
    browser.post(address(entry), sent | {"chuyen-0-people": "Bà Y Lan"})
    changed = [v.people for v in row_of(entry).visits]
    browser.post(address(entry), untouched(browser.get(address(entry))) | {"chuyen-0-DELETE": "on"})
    assert (changed, row_of(entry).visits) == (["Bà Y Lan"], ())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": "2020-10-21"}, "ở tương lai"),
        ({"day": "2020-06-30"}, "chỉ nhận từ ngày 01/07/2020"),
        ({"day": "hôm qua"}, "Ngày phải có dạng"),
        ({"people": " "}, "Hãy ghi ai đi."),
        ({"findings": ""}, "Hãy ghi kết quả chuyến đi."),
    ],
)
@pytest.mark.one_database
def test_visit_that_cannot_be_is_refused_at_its_row_and_the_rest_stays_typed(given, said, entry, browser):
    sent = untouched(browser.get(address(entry))) | visit(**given) | {"help_given": "việc đang gõ"}
    answer = browser.post(address(entry), sent)
    page = answer.content.decode()
    assert (answer.status_code, said in page, "việc đang gõ" in page) == (400, True, True)
    assert (row_of(entry).visits, row_of(entry).entry.help_given) == ((), "")


@pytest.mark.parametrize("day", ["2020-07-01", "2020-10-20"])
@pytest.mark.one_database
def test_first_and_last_day_of_visits_are_taken(day, entry, browser):
    browser.post(address(entry), untouched(browser.get(address(entry))) | visit(day))
    assert [f"{v.visited_on}" for v in row_of(entry).visits] == [day]


@pytest.mark.parametrize(
    "bad",
    [
        {"revision": "x"},
        {"revision": "9" * 30},
        {"revision": "-1"},
        {"chuyen-TOTAL_FORMS": "x"},
        {"chuyen-TOTAL_FORMS": "5000"},
        {"chuyen-0-visit": "9" * 40, "chuyen-0-people": "x"},
        {"help_given": "x" * 5_001},
        {"help_given": "a\0b"},
        {"obstacles": "x"},
        {"obstacles": "999999"},
        {"files_removed": "77"},
        {"draft": "x" * 41},
        {"file": SimpleUploadedFile("x.pdf", b"MZ not a pdf", "application/pdf")},
    ],
    ids=str,
)
@pytest.mark.one_database
def test_form_that_cannot_be_read_is_refused_and_nothing_is_saved(bad, entry, browser):
    sent = untouched(browser.get(address(entry))) | {"proposals": "x"} | bad
    assert browser.post(address(entry), sent).status_code == 400
    assert (row_of(entry).entry.proposals, row_of(entry).entry.revision) == ("", 0)


@pytest.mark.one_database
def test_conclusion_that_there_is_not_is_refused(entry, browser, writer):
    sent = untouched(browser.get(address(entry))) | {key(entry, 1): "EXEMPT"}
    assert browser.post(address(entry), sent).status_code == 400
    with pytest.raises(LinesRefusedError) as refused:
        save_entry(
            entry,
            EntryChange(
                values={key(entry, 1): "EXEMPT", "note-999999": "x", "help_given": "x" * 5_001},
                visits=[VisitChange(date(2020, 10, 21), "A", "B"), VisitChange(date(2020, 10, 1), "A", "")],
            ),
            by=writer,
        )
    assert len(refused.value.faults) == 5


def test_obstacle_like_one_that_is_open_is_offered_first(entry, browser, writer, other):
    save_entry(entry, EntryChange(raised="Đường vào thôn Đăk Lai sạt lở"), by=other)
    save_entry(entry, EntryChange(raised="Thiếu giáo viên", unlink=frozenset({Obstacle.objects.get().pk})), by=other)
    road = Obstacle.objects.get(description__startswith="Đường")
    sent = untouched(browser.get(address(entry))) | {"new_obstacle": "duong vao thon dak lai bị SẠT LỞ nặng"}
    answer = browser.post(address(entry), sent)
    page = answer.content.decode()
    assert (answer.status_code, Obstacle.objects.count()) == (400, 2)
    assert ("vướng mắc tương tự" in page, page.index("Đường vào thôn") < page.index("Thiếu giáo viên")) == (True, True)
    marked = untouched(answer)
    marked["obstacles"] = [*marked["obstacles"], str(road.pk)]
    browser.post(address(entry), marked)
    assert (Obstacle.objects.count(), len(row_of(entry).obstacles)) == (2, 2)


def test_obstacle_said_to_be_another_is_raised_and_one_unmarked_is_no_longer_linked(entry, browser, other):
    save_entry(entry, EntryChange(raised="Đường vào thôn sạt lở"), by=other)
    sent = untouched(browser.get(address(entry)))
    sent |= {"new_obstacle": "Đường vào thôn sạt lở nặng", "as_new": "on"}
    del sent["obstacles"]
    browser.post(address(entry), sent)
    assert [o.description for o in row_of(entry).obstacles] == ["Đường vào thôn sạt lở nặng"]
    assert Obstacle.objects.filter(commune=entry.commune).count() == 2


def test_obstacle_of_another_commune_is_not_linked(entry, writer, coordinator):
    far = Obstacle.objects.create(
        raised_by=entry.report.obligation.department,
        commune=entry.report.entries.get(commune__code="23455").commune,
        description="Xa",
        raised_at="2020-10-01T00:00:00+07:00",
    )
    save_entry(entry, EntryChange(link=frozenset({far.pk, 999_999})), by=writer)
    assert row_of(entry).obstacles == ()


def test_evidence_is_taken_away(entry, browser, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    sent = untouched(browser.get(address(entry)))
    browser.post(address(entry), sent | {"file": SimpleUploadedFile("a.pdf", PDF)})
    evidence = row_of(entry).evidence[0]
    browser.post(address(entry), untouched(browser.get(address(entry))) | {"files_removed": str(evidence.pk)})
    assert (str(evidence), row_of(entry).evidence) == ("a.pdf", ())


def test_stale_change_that_says_what_is_there_already_is_no_dispute(entry, writer, other):
    save_entry(entry, EntryChange(revision=0, values={"proposals": "một"}), by=other)
    mine = EntryChange(revision=0, values={"proposals": "một", "help_given": "hai"}, was={"help_given": ""})
    save_entry(entry, mine, by=writer)
    with pytest.raises(StaleRevisionError) as stale:
        save_entry(entry, EntryChange(revision=0, values={"proposals": "ba"}), by=writer)
    assert stale.value.details == {"revision": 2, "theirs": {"proposals": "một"}}


def test_closed_period_keeps_what_was_typed_on_the_page(entry, browser, writer, coordinator):
    sent = untouched(browser.get(address(entry))) | {"help_given": "đang gõ dở"}
    close_period(entry.report.obligation.period, reason="hết hạn", by=coordinator)
    answer = browser.post(address(entry), sent)
    assert (answer.status_code, "đang gõ dở" in answer.content.decode()) == (409, True)
    with pytest.raises(TransitionError):
        save_entry(entry, EntryChange(values={"help_given": "x"}), by=writer)


def test_who_does_not_write_the_report_reads_it_or_finds_nothing(entry, client, coordinator, leader, officer):
    found = {}
    for user in (coordinator, leader, officer):
        client.force_login(user)
        page = client.get(address(entry))
        found[user.username] = (page.status_code, b"<textarea" in page.content, client.post(address(entry)).status_code)
    assert found == {"dieuphoi": (200, False, 403), "lanhdao": (404, False, 403), "soyte": (404, False, 404)}


@pytest.mark.one_database
def test_commune_that_is_not_in_the_report_is_not_found(entry, browser):
    assert browser.get(f"/bao-cao/{entry.report_id}/xa/23407/").status_code == 404


def race(entry: CommuneEntry, user, words: str, together: Barrier) -> str:
    """Save against the entry as it was first; says what came of it."""
    together.wait()
    try:
        save_entry(entry, EntryChange(revision=0, values={"help_given": words}, raised="Đường sạt lở"), by=user)
    except StaleRevisionError as stale:
        return f"{words} sees {stale.details['theirs']['help_given']}"
    finally:
        connection.close()
    return f"{words} saved"


def test_of_many_who_save_at_once_one_is_saved_and_the_others_see_what_it_wrote(committed_db):
    user = person("nguoi-viet", KON_PLONG)
    open_for(KON_PLONG)
    entry = report_of(KON_PLONG, what=COMMUNES).entries.select_related("report__obligation").get(commune__code=DAK_NEN)
    together = Barrier(6)
    with ThreadPoolExecutor(6) as pool:
        said = [pool.submit(race, entry, user, f"bản {number}", together) for number in range(6)]
    kept = CommuneEntry.objects.get(pk=entry.pk)
    assert sorted(f.result() for f in said) == sorted(
        f"bản {n} saved" if kept.help_given == f"bản {n}" else f"bản {n} sees {kept.help_given}" for n in range(6)
    )
    assert (kept.revision, Obstacle.objects.count()) == (1, 1)
