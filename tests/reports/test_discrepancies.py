"""Where commune reports and the ledger exclude each other: who says what since when, and how it is closed."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune, District
from criteria.engine.facts import Conclusion
from criteria.models import Indicator
from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from reports.actions.errors import TransitionError
from reports.actions.ruling import rule
from reports.actions.transitions import Remark, approve_report, send_back, start_new_version
from reports.models import Observation, Report, Ruling
from reports.queries.discrepancies import Discrepancy, asked_of, discrepancies, seen_by
from tests.factories.ledger import DAK_NA, SET, make_new, record
from tests.factories.office import COMMUNES, communes_handed_in, open_for, person, report_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGE = "/bao-cao/mau-thuan/"
DISTRICT = "UB617"
STANDS, ASKED = Ruling.Outcome.LEDGER_STANDS, Ruling.Outcome.ASKED


@pytest.fixture
def writer(db) -> User:
    """Officer of the district of Đăk Na."""
    return person("tumorong", DISTRICT)


def say(writer: User, conclusion: str, *, number: int = 10, criterion: int = 15, note: str = "") -> Observation:
    """What the district's report of a month says of Đăk Na, handed in; every other criterion as in the ledger."""
    open_for(DISTRICT, number=number)
    report = report_of(DISTRICT, number=number, what=COMMUNES)
    seen = write(report, conclusion, criterion, note)
    communes_handed_in(report, writer)
    return seen


def write(report: Report, conclusion: str, criterion: int = 15, note: str = "") -> Observation:
    seen = Observation.objects.get(entry__report=report, entry__commune__code=DAK_NA, criterion__number=criterion)
    seen.conclusion, seen.note = conclusion, note
    seen.save()
    return seen


def about(criterion: int = 15) -> list[Discrepancy]:
    return [d for d in discrepancies() if (d.commune.code, d.finding.criterion.number) == (DAK_NA, criterion)]


def let_ledger_say(conclusion: Conclusion, as_of: date = date(2020, 10, 15)) -> None:
    """Criterion 15 of Đăk Na as a whole: all its indicators without values are the body's conclusion."""
    news = []
    for indicator in Indicator.objects.filter(criterion__criteria_set__code=SET, criterion__number=15):
        values = ("99",) if indicator.measures.exists() and conclusion is Conclusion.MET else ()
        if indicator.measures.filter(comparison="<=").exists() and values:
            values = ("1",)
        note = "" if conclusion is Conclusion.MET else "Kiểm thử"
        news.append(make_new(indicator.code, conclusion, as_of=as_of, values=values, note=note))
    record(*news)


def test_what_was_seen_against_the_ledger_is_a_discrepancy(writer):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "NOT_MET", note="Trạm xuống cấp")

    [found] = about()

    assert (found.seen.id, found.seen.department_code, found.seen.note) == (seen.pk, DISTRICT, "Trạm xuống cấp")
    assert (found.run.since, found.run.reports, found.is_closed) == (date(2020, 10, 14), 1, False)
    assert [lead.department_code for lead in found.leads] == ["SYT"]


@pytest.mark.parametrize("said", ["MET", ""])
def test_who_agrees_or_says_nothing_contradicts_nobody(writer, said):
    let_ledger_say(Conclusion.MET)
    say(writer, said)
    assert about() == []


def test_where_the_ledger_holds_nothing_nobody_disagrees(writer):
    new = Commune.objects.create(code="90001", name="Xã mới", district=District.objects.get(code="617"))
    open_for(DISTRICT)
    report = report_of(DISTRICT, what=COMMUNES)
    Observation.objects.filter(entry__report=report, entry__commune=new).update(conclusion="MET")
    communes_handed_in(report, writer)
    assert [d for d in discrepancies() if d.commune.code == "90001"] == []


def test_draft_contradicts_nobody_and_neither_does_what_went_back(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    open_for(DISTRICT)
    report = report_of(DISTRICT, what=COMMUNES)
    write(report, "NOT_MET")
    assert about() == []

    communes_handed_in(report, writer)
    assert len(about()) == 1

    send_back(report, [Remark("Xem lại")], by=coordinator)
    assert about() == []


def test_a_body_says_it_since_the_first_of_its_unbroken_reports(writer):
    let_ledger_say(Conclusion.MET, date(2020, 8, 1))
    for number, said in ((7, "NOT_MET"), (8, "MET"), (9, "NOT_MET"), (10, "NOT_MET")):
        say(writer, said, number=number)

    [found] = about()

    assert (found.run.since, found.run.reports) == (date(2020, 9, 14), 2)


def test_correction_of_a_report_takes_its_place(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    say(writer, "NOT_MET")
    report = approve_report(report_of(DISTRICT, what=COMMUNES), by=coordinator)
    new = start_new_version(report, reason="Nhầm", by=writer)
    assert len(about()) == 1
    write(new, "MET")
    communes_handed_in(new, writer)
    assert about() == []


def test_ruling_closes_it_once(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "NOT_MET")

    rule(seen, STANDS, "Trạm đã sửa tháng 9", coordinator)

    [found] = about()
    assert (found.is_closed, found.is_asked, found.ruling.reason) == (True, False, "Trạm đã sửa tháng 9")
    with pytest.raises(TransitionError, match=f"{coordinator} đã quyết định lúc"):
        rule(seen, ASKED, "Khác", coordinator)
    assert Ruling.objects.get().outcome == STANDS


def test_ruling_on_what_is_no_discrepancy_is_refused(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "MET")
    with pytest.raises(TransitionError, match="Không còn mâu thuẫn này"):
        rule(seen, STANDS, "Lý do", coordinator)


def test_ruling_holds_while_the_body_goes_on_saying_the_same(writer, coordinator):
    let_ledger_say(Conclusion.MET, date(2020, 9, 1))
    rule(say(writer, "NOT_MET", number=9), STANDS, "Lý do", coordinator)

    say(writer, "NOT_MET", number=10)

    [found] = about()
    assert (found.is_closed, found.run.reports) == (True, 2)


def test_body_that_changed_its_mind_and_back_is_heard_anew(writer, coordinator):
    let_ledger_say(Conclusion.MET, date(2020, 8, 1))
    rule(say(writer, "NOT_MET", number=8), STANDS, "Lý do", coordinator)
    say(writer, "MET", number=9)
    say(writer, "NOT_MET", number=10)
    assert [d.is_closed for d in about()] == [False]


def test_ledger_that_records_the_same_again_leaves_the_ruling(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    rule(say(writer, "NOT_MET"), STANDS, "Lý do", coordinator)
    let_ledger_say(Conclusion.MET, date(2020, 10, 18))
    assert [d.is_closed for d in about()] == [True]


def test_ledger_that_moved_there_and_back_opens_it_anew_for_another_ruling(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "NOT_MET")
    rule(seen, STANDS, "Lý do", coordinator)

    let_ledger_say(Conclusion.NOT_MET, date(2020, 10, 17))
    assert about() == []
    let_ledger_say(Conclusion.MET, date(2020, 10, 18))
    assert [d.is_closed for d in about()] == [False]

    rule(seen, ASKED, "Lần hai", coordinator)
    assert [(d.is_asked, d.ruling.reason) for d in about()] == [(True, "Lần hai")]


def test_what_was_taken_back_and_handed_in_again_is_open_anew(writer, coordinator):
    let_ledger_say(Conclusion.MET)
    rule(say(writer, "NOT_MET"), STANDS, "Lý do", coordinator)
    report = report_of(DISTRICT, what=COMMUNES)
    send_back(report, [Remark("Xem lại")], by=coordinator)
    communes_handed_in(report, writer)
    assert [d.is_closed for d in about()] == [False]


def test_body_in_charge_is_asked_until_it_has_answered(writer, coordinator, officer):
    let_ledger_say(Conclusion.MET)
    rule(say(writer, "NOT_MET"), ASKED, "Đo lại giúp", coordinator)

    assert [d.commune.code for d in asked_of(officer.scope.department_ids)] == [DAK_NA]
    assert asked_of(writer.scope.department_ids) == []
    assert asked_of(()) == []

    let_ledger_say(Conclusion.NOT_MET, date(2020, 10, 18))
    assert asked_of(officer.scope.department_ids) == []


def test_officers_see_those_of_their_communes_and_of_criteria_that_they_lead(writer, officer, leader, coordinator):
    let_ledger_say(Conclusion.MET)
    say(writer, "NOT_MET")
    stranger = person("soxd", "SXD")
    every = about()
    seen = [len(seen_by(every, user.scope)) for user in (writer, officer, leader, coordinator, stranger)]
    assert seen == [1, 1, 1, 1, 0]


def test_page_tells_who_says_what_and_closes_it(portal, writer):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "NOT_MET", note="Trạm xuống cấp")

    page = portal.get(PAGE).content.decode()
    response = portal.post(
        reverse("reports:discrepancy-rule", args=[seen.pk]), {"outcome": "ASKED", "reason": "Đo lại"}, follow=True
    )
    again = portal.post(
        reverse("reports:discrepancy-rule", args=[seen.pk]), {"outcome": "ASKED", "reason": "Đo lại"}, follow=True
    )

    assert [word in page for word in ("UBND huyện Tu Mơ Rông", "Trạm xuống cấp", "Sở Y tế")] == [True] * 3
    assert [str(m) for m in response.context["messages"]] == ["Đã ghi quyết định."]
    assert "đã quyết định lúc" in str(next(iter(again.context["messages"])))
    assert "Yêu cầu đơn vị phụ trách rà soát" in response.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Hãy chọn một quyết định."),
        ({"outcome": "KHAC", "reason": "x"}, "Không có quyết định này."),
        ({"outcome": "ASKED", "reason": " "}, "Phải ghi lý do."),
    ],
)
def test_decision_that_cannot_be_read_is_said_where_it_stands(portal, writer, given, said):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "NOT_MET")
    response = portal.post(reverse("reports:discrepancy-rule", args=[seen.pk]), given)
    assert (response.status_code, said in response.content.decode(), Ruling.objects.count()) == (400, True, 0)


def test_only_the_office_rules(client, writer, officer):
    let_ledger_say(Conclusion.MET)
    seen = say(writer, "NOT_MET")
    for user in (writer, officer):
        client.force_login(user)
        assert "Quyết định…" not in client.get(PAGE).content.decode()
        answer = client.post(reverse("reports:discrepancy-rule", args=[seen.pk]), {"outcome": "ASKED", "reason": "x"})
        assert answer.status_code == 403


FILTERS = [
    ("huyen=617", 1), ("huyen=610", 0), ("don_vi=SYT", 1), ("don_vi=UB617", 1), ("don_vi=SXD", 0), ("tieu_chi=15", 1),
    ("tieu_chi=16", 0), ("trang_thai=mo", 1), ("trang_thai=dong", 0), ("trang_thai=ra-soat", 0), ("", 1),
]  # fmt: skip


def test_page_is_filtered(portal, writer):
    let_ledger_say(Conclusion.MET)
    say(writer, "NOT_MET")
    ours = {d.seen.id for d in about()}
    found = {}
    for query, _ in FILTERS:
        found[query] = sum(d.seen.id in ours for d in portal.get(f"{PAGE}?{query}").context["found"])
    assert found == dict(FILTERS)


def test_choice_that_there_is_not_is_said(portal, writer):
    let_ledger_say(Conclusion.MET)
    say(writer, "NOT_MET")
    assert "Không có lựa chọn “abc”." in portal.get(f"{PAGE}?tieu_chi=abc").content.decode()


def test_page_costs_the_same_for_every_discrepancy(portal, writer, coordinator):
    let_ledger_say(Conclusion.MET)
    rule(say(writer, "NOT_MET"), STANDS, "Lý do", coordinator)
    few = queries(portal)
    for seen in Observation.objects.filter(entry__report=report_of(DISTRICT, what=COMMUNES), criterion__number__gt=15):
        seen.conclusion = {"MET": "NOT_MET", "NOT_MET": "MET"}.get(seen.conclusion, "")
        seen.save()
    Report.objects.filter(obligation__department__code=DISTRICT).update(saved_at=clock.now())
    assert len(discrepancies()) > 5
    assert queries(portal) == few <= 20


def queries(portal) -> int:
    portal.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        assert portal.get(PAGE).status_code == 200
    return len(captured)
