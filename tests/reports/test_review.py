"""The coordination office reviews: the queue, one report, approving it and sending it back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from criteria.actions import set_threshold
from criteria.engine.facts import Reading
from criteria.models import Assessment, Measure
from directives.models import Obstacle
from ntm_portal.core import clock
from reports.actions.drafting import LineChange, save_lines
from reports.actions.opening import close_period
from reports.actions.transitions import start_new_version, submit_report
from reports.models import Report, ReviewNote, Visit
from reports.queries.reviewing import entries_of, groups_of, queue
from tests.factories.ledger import DAK_NA
from tests.factories.office import (
    COMMUNES,
    approved,
    communes_handed_in,
    finish,
    handed_in,
    line_of,
    open_for,
    person,
    report_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

QUEUE = "/bao-cao/duyet/"


@pytest.fixture
def report(officer) -> Report:
    """The report of the department of health: 15.1 of Đăk Na fell, nothing else changed."""
    open_for()
    report = finish(report_of(), officer)
    change(report, officer, DAK_NA, "15.1", "40")
    return submit_report(report, by=officer)


def change(report, by, commune: str, indicator: str, value: str, note: str = "Nhiều hộ chưa mua thẻ") -> None:
    line = line_of(report, commune, indicator)
    measure = Measure.objects.get(indicator=line.indicator)
    save_lines(report, [LineChange(line.pk, readings={measure.pk: Reading(Decimal(value))}, note=note)], by=by)


def url(report: Report, act: str = "review") -> str:
    return reverse(f"reports:{act}", args=[report.pk])


def toasts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def approve(portal, report: Report, revision: int | None = None):
    given = {"revision": report.revision if revision is None else revision}
    return portal.post(url(report, "report-approve"), given, follow=True)


def return_it(portal, report: Report, **fields):
    return portal.post(url(report, "report-send-back"), {"revision": report.revision, **fields}, follow=True)


def test_queue_shows_the_oldest_first_with_what_changed_and_fell(portal, officer, clock_at):
    open_for("SYT", "SXD")
    report = finish(report_of(), officer)
    change(report, officer, DAK_NA, "15.1", "40")
    clock_at(date(2020, 10, 23))
    submit_report(report, by=officer)
    handed_in(report_of("SXD"), person("soxd", "SXD"))

    shown = queue()

    assert [(w.report.obligation.department.code, w.days_late) for w in shown] == [("SYT", 3), ("SXD", 3)]
    assert {name: shown[0].counts[name] for name in ("changed", "fell", "error")} == {
        "changed": 1, "fell": 1, "error": 0,
    }  # fmt: skip
    assert (shown[1].counts["changed"], shown[1].lines) == (0, report_of("SXD").lines.count())
    assert "muộn 3 ngày" in portal.get(QUEUE).content.decode()


def test_queue_costs_the_same_for_every_report(portal, officer):
    open_for("SYT", "SXD", "UB617")
    handed_in(report_of(), officer)
    few = queries(portal, QUEUE)

    handed_in(report_of("SXD"), person("soxd", "SXD"))
    communes_handed_in(report_of("UB617", what=COMMUNES), person("tumorong", "UB617"))

    assert len(queue()) == 3
    assert queries(portal, QUEUE) <= few + 2  # communes and what was seen in them


def queries(portal, page: str) -> int:
    portal.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert portal.get(page).status_code == 200
    return len(captured)


def test_queue_says_when_it_is_empty(portal):
    assert "Không còn báo cáo nào chờ" in portal.get(QUEUE).content.decode()


def test_what_fell_stands_above_what_changed_and_the_unchanged_are_folded(portal, report, officer):
    shown = groups_of(report)

    assert [(g.code, len(g.lines)) for g in shown if g.code in {"fell", "changed"}] == [("fell", 1)]
    assert (shown[0].code, shown[-1].code, shown[-1].is_folded) == ("fell", "same", True)
    assert str(shown[0].lines[0].row.line) == "15.1, Xã Đăk Na"
    page = portal.get(url(report)).content.decode()
    assert page.index("Không còn đạt") < page.index("review-folded")
    assert "Nhiều hộ chưa mua thẻ" in page


def test_page_of_a_report_costs_the_same_for_more_lines(portal, officer, report):
    few = queries(portal, url(report))
    other = handed_in_other(officer)
    assert other.lines.count() > report.lines.count() / 2
    assert queries(portal, url(other)) <= few <= 40


def handed_in_other(officer) -> Report:
    open_for("SGDDT")
    return handed_in(report_of("SGDDT"), officer)


def test_approving_writes_the_ledger_once_and_says_how_much(portal, report):
    before = Assessment.objects.count()

    first = approve(portal, report)
    second = approve(portal, report)
    again = approve(portal, report, report.revision + 1)

    report.refresh_from_db()
    written = report.source.assessments.count()
    said = report.lines.exclude(conclusion="").count()
    assert (report.state, written, Assessment.objects.count()) == ("APPROVED", said, before + said)
    assert toasts(first) == [f"Đã duyệt {report}: sổ cái thêm {written} dòng."]
    assert toasts(second) == ["Báo cáo đã có người sửa sau khi bạn mở; hãy tải lại."]
    assert toasts(again) == ["Báo cáo này đã được duyệt."]


def test_report_that_changed_since_it_was_read_is_not_approved(portal, report):
    response = approve(portal, report, report.revision - 1)

    assert toasts(response) == ["Báo cáo đã có người sửa sau khi bạn mở; hãy tải lại."]
    assert Report.objects.get(pk=report.pk).state == "SUBMITTED"


@pytest.mark.parametrize("revision", ["", "abc", "-1", str(10**30), "\x00"])
def test_revision_that_cannot_be_read_approves_nothing(portal, report, revision):
    response = portal.post(url(report, "report-approve"), {"revision": revision}, follow=True)

    assert toasts(response) == ["Trang này đã cũ; hãy tải lại."]
    assert Report.objects.get(pk=report.pk).state == "SUBMITTED"


def test_line_that_the_ledger_refuses_stands_on_top_and_is_named(portal, report):
    measure = Measure.objects.get(indicator__code="15.3")
    zone = measure.thresholds.first().zone
    set_threshold(measure, zone=zone, commune_group="", value=Decimal(1), basis="Kiểm thử")
    before = Assessment.objects.count()

    response = approve(portal, report)

    assert groups_of(report)[0].code == "error"
    assert toasts(response)[0].startswith("Sổ cái không nhận: ")
    assert "chỉ tiêu 15.3: " in toasts(response)[0]
    assert (Report.objects.get(pk=report.pk).state, Assessment.objects.count()) == ("SUBMITTED", before)


def test_report_goes_back_with_its_remarks_and_the_officer_sees_exactly_those(portal, report):
    fell, others = line_of(report, DAK_NA, "15.1"), [line_of(report, DAK_NA, code) for code in ("15.2", "15.3")]

    response = return_it(
        portal,
        report,
        chung="Xem lại cả huyện",
        chon_y_kien="Thiếu minh chứng",
        chon=[fell.pk, *(line.pk for line in others)],
        **{f"dong-{fell.pk}": "Sai số người có thẻ"},
    )

    report.refresh_from_db()
    assert (report.state, toasts(response)) == ("SENT_BACK", [f"Đã trả lại {report} với 4 ý kiến."])
    assert set(report.notes.values_list("line", "text")) == {
        (None, "Xem lại cả huyện"),
        (fell.pk, "Sai số người có thẻ"),
        *((line.pk, "Thiếu minh chứng") for line in others),
    }


def test_second_reviewer_is_told_and_keeps_what_was_typed(portal, report):
    return_it(portal, report, chung="Lần một")

    response = return_it(portal, report, chung="Lần hai")

    assert (response.status_code, ReviewNote.objects.count()) == (412, 1)
    page = response.content.decode()
    assert "Báo cáo đã có người sửa sau khi bạn mở" in page
    assert "“trả lại”" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "ít nhất một ý kiến"),
        ({"chung": "   "}, "ít nhất một ý kiến"),
        ({"chung": "x" * 1001}, "1000"),
        ({"chon": "0", "chon_y_kien": "x"}, "không thuộc báo cáo này"),
        ({"chung": "a\x00b"}, "field-error"),
        ({"dong-0": "dòng lạ"}, "ít nhất một ý kiến"),
        ({f"dong-{'9' * 18}": "dòng lạ"}, "ít nhất một ý kiến"),
    ],
)
def test_remarks_that_cannot_be_sent_are_said_and_nothing_is_saved(portal, report, fields, said):
    response = return_it(portal, report, **fields)

    assert response.status_code == 400
    assert said in response.content.decode()
    assert (Report.objects.get(pk=report.pk).state, ReviewNote.objects.count()) == ("SUBMITTED", 0)


def test_ticked_lines_without_words_are_asked_about(portal, report):
    line = line_of(report, DAK_NA, "15.1")

    response = return_it(portal, report, chon=[line.pk], chung="Giữ lại chữ này")

    page = response.content.decode()
    assert "Đã chọn 1 dòng: hãy ghi ý kiến" in page
    assert "Giữ lại chữ này" in page
    assert f'value="{line.pk}" checked' in " ".join(page.split())


def test_report_that_does_not_wait_shows_no_buttons(portal, officer, coordinator):
    open_for()
    report = approved(report_of(), officer, coordinator)
    page = portal.get(url(report)).content.decode()
    assert ("Duyệt toàn bộ" in page, "không chờ duyệt" in page) == (False, True)


def test_report_of_a_closed_period_cannot_be_reviewed(portal, report, coordinator):
    close_period(report.obligation.period, reason="Hết kỳ", by=coordinator)
    page = portal.get(url(report)).content.decode()
    assert ("Duyệt toàn bộ" in page, "Kỳ này đã đóng" in page) == (False, True)
    assert "đã đóng" in toasts(approve(portal, report))[0]


def test_commune_report_is_reviewed_by_what_was_seen(portal, coordinator):
    open_for("UB617")
    writer = person("tumorong", "UB617")
    report = report_of("UB617", what=COMMUNES)
    entry = report.entries.get(commune__code=DAK_NA)
    seen = entry.observations.get(criterion__number=15)
    seen.conclusion = "NOT_MET" if seen.conclusion == "MET" else "MET"
    seen.note = "Trạm chưa có bác sĩ"
    seen.save()
    Visit.objects.create(entry=entry, visited_on=date(2020, 10, 8), people="Phó Chủ tịch", findings="Đã đến trạm")
    obstacle = Obstacle.objects.create(
        raised_by=report.obligation.department, raised_at=clock.now(), commune=entry.commune, description="Thiếu bác sĩ"
    )
    entry.obstacles.add(obstacle)
    report = communes_handed_in(report, writer)

    first = entries_of(report)[0]
    page = portal.get(url(report)).content.decode()
    response = return_it(portal, report, **{f"xa-{entry.pk}": "Ghi rõ ngày"})

    assert (first.entry.pk, [(o.criterion.number, f.result.value) for o, f in first.against]) == (
        entry.pk,
        [(15, "NOT_MET" if seen.conclusion == "MET" else "MET")],
    )
    words = ("Trạm chưa có bác sĩ", "Đã đến trạm", "Thiếu bác sĩ", "1 mâu thuẫn")
    assert [word in page for word in words] == [True] * 4
    assert (response.status_code, report.notes.get().entry_id) == (200, entry.pk)


def test_contradiction_of_a_commune_report_stands_beside_the_line(portal, officer, report):
    """The district sees criterion 15 of Đăk Na met, the line that fell makes it not met."""
    open_for("UB617")
    other = report_of("UB617", what=COMMUNES)
    seen = other.entries.get(commune__code=DAK_NA).observations.get(criterion__number=15)
    seen.conclusion = "MET"
    seen.save()
    communes_handed_in(other, person("tumorong", "UB617"))

    line = groups_of(report)[0].lines[0]

    assert [(s.department_code, s.conclusion, run.reports) for s, run in line.against] == [("UB617", "MET", 1)]
    assert next(w for w in queue() if w.report == report).contradicted >= 1
    assert "UBND huyện Tu Mơ Rông</a>: <strong>đạt" in " ".join(portal.get(url(report)).content.decode().split())


def test_versions_and_remarks_of_before_are_told(portal, officer, coordinator):
    open_for()
    report = handed_in(report_of(), officer)
    return_it(portal, report, chung="Xem lại 15.1")
    report.refresh_from_db()
    report = approved(report, officer, coordinator)
    new = start_new_version(report, reason="Nhầm số thẻ", by=officer)

    page = portal.get(url(handed_in(new, officer))).content.decode()

    assert [word in page for word in ("Nhầm số thẻ", "Xem lại 15.1", "2 phiên bản, 1 ý kiến")] == [True] * 3


@pytest.mark.parametrize("act", ["review", "report-approve", "report-send-back"])
def test_only_the_office_reviews(client, officer, leader, report, act):
    for user in (officer, leader):
        client.force_login(user)
        ask = client.get if act == "review" else client.post
        assert ask(url(report, act)).status_code == 403
        assert client.get(QUEUE).status_code == 403


def test_report_that_there_is_not_is_not_found(portal):
    assert [portal.get(f"/bao-cao/{pk}/duyet/").status_code for pk in (0, 10**30)] == [404, 404]
