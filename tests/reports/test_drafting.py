"""Writing drafts and moving them on: nothing lost, nothing twice, nothing by who has not seen it."""

from datetime import date
from decimal import Decimal

import pytest

from criteria.engine.facts import Reading
from criteria.models import Assessment
from criteria.queries import snapshot
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditEntry
from reports.actions.drafting import LineChange, confirm_unchanged, save_lines, save_section
from reports.actions.errors import LinesRefusedError, StaleRevisionError, TransitionError, UnfinishedReportError
from reports.actions.opening import close_period
from reports.actions.transitions import (
    Remark,
    approve_report,
    send_back,
    start_new_version,
    submit_report,
    withdraw_report,
)
from reports.models import Report, ReportLine
from reports.queries.sheets import sheet
from tests.factories.ledger import SET
from tests.factories.office import approved, finish, handed_in, line_of, open_for, person, report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(db) -> Report:
    """October's draft of the department of health."""
    open_for("SYT")
    return report_of()


def measure_of(line: ReportLine) -> int:
    return line.indicator.measures.get().pk


def typed(line: ReportLine, value: str, **given) -> LineChange:
    return LineChange(line.pk, readings={measure_of(line): Reading(Decimal(value))}, **given)


def test_value_brings_its_conclusion_along(report, officer):
    line = line_of(report, "23407", "15.1")
    (low,) = save_lines(report, [typed(line, "84.95")], by=officer).lines
    assert (low.conclusion, low.readings[str(measure_of(line))]["value"]) == ("NOT_MET", "84.95")
    (high,) = save_lines(report, [typed(line, "85")], by=officer).lines
    assert (high.conclusion, high.revision, high.answered_by) == ("MET", 2, officer)


def test_conclusion_that_is_given_stands(report, officer):
    line = line_of(report, "23407", "15.1")
    (kept,) = save_lines(report, [typed(line, "90", conclusion="NOT_MET", note=" Chưa kiểm chứng ")], by=officer).lines
    assert (kept.conclusion, kept.note) == ("NOT_MET", "Chưa kiểm chứng")


def test_second_of_two_officers_is_told_and_overwrites_nothing(report, officer):
    line = line_of(report, "23407", "15.1")
    save_lines(report, [typed(line, "90", revision=0)], by=officer)
    second = person("hai", "SYT")
    other = line_of(report, "23407", "15.2")
    saved = save_lines(report, [typed(line, "70", revision=0), LineChange(other.pk, 0, note="x")], by=second)
    assert [(c.pk, c.readings[str(measure_of(line))]["value"], c.answered_by) for c in saved.conflicts] == [
        (line.pk, "90", officer)
    ]
    assert [kept.pk for kept in saved.lines] == [other.pk]
    assert line_of(report, "23407", "15.1").readings[str(measure_of(line))]["value"] == "90"


def test_two_who_type_the_same_do_not_disagree(report, officer):
    line = line_of(report, "23407", "15.1")
    save_lines(report, [typed(line, "90", revision=0)], by=officer)
    assert save_lines(report, [typed(line, "90.0", revision=0)], by=person("hai", "SYT")).conflicts == ()


def test_all_or_none_writes_nothing_beside_a_conflict(report, officer):
    line, other = line_of(report, "23407", "15.1"), line_of(report, "23407", "15.2")
    save_lines(report, [typed(line, "90")], by=officer)
    changes = [typed(line, "70", revision=0), LineChange(other.pk, note="x")]
    saved = save_lines(report, changes, by=officer, all_or_none=True)
    assert (len(saved.conflicts), saved.lines, line_of(report, "23407", "15.2").note) == (1, (), "")


def test_every_change_that_cannot_be_stored_is_named_and_none_is(report, officer):
    line = line_of(report, "23407", "15.1")
    changes = [
        typed(line, "90"),
        LineChange(10**9),
        LineChange(line.pk, conclusion="MAYBE"),
        LineChange(line.pk, note="x" * 501),
        LineChange(line.pk, readings={10**6: Reading(Decimal(1))}),
    ]
    with pytest.raises(LinesRefusedError) as refused:
        save_lines(report, changes, by=officer)
    assert [(f.index, f.field) for f in refused.value.faults] == [
        (1, "line"), (2, "conclusion"), (3, "note"), (4, "readings"),
    ]  # fmt: skip
    assert line_of(report, "23407", "15.1").revision == 0


def test_report_read_before_a_change_is_stale(report, officer):
    line = line_of(report, "23407", "15.1")
    save_lines(report, [typed(line, "90")], by=officer, revision=0)
    with pytest.raises(StaleRevisionError):
        save_lines(report, [typed(line, "91")], by=officer, revision=0)


def test_saves_are_told_in_the_trail_line_by_line(report, officer):
    line = line_of(report, "23407", "15.1")
    save_lines(report, [typed(line, "84.95")], by=officer)
    (entry,) = AuditEntry.objects.filter(model="reports.reportline", record_id=line.pk)
    assert (entry.under, {change["name"] for change in entry.changes} >= {"readings"}) == (str(report), True)


def test_confirming_answers_the_rest_and_leaves_what_is_written(report, officer):
    line = line_of(report, "23407", "15.1")
    save_lines(report, [typed(line, "90")], by=officer)
    assert confirm_unchanged(report, by=officer) == report.lines.count() - 1
    assert confirm_unchanged(report, by=officer) == 0
    assert sheet(report).counts["answered"] == report.lines.count()
    assert line_of(report, "23407", "15.1").readings[str(measure_of(line))]["value"] == "90"


def test_section_is_not_overwritten_by_who_has_not_seen_it(report, officer):
    save_section(report, "RESULTS", "Một", by=officer, revision=0)
    with pytest.raises(StaleRevisionError) as stale:
        save_section(report, "RESULTS", "Hai", by=officer, revision=0)
    assert stale.value.details["text"] == "Một"
    assert save_section(report, "RESULTS", "Một", by=officer, revision=0).revision == 1


def test_unfinished_report_is_not_sent_and_says_where(report, officer):
    with pytest.raises(UnfinishedReportError) as unfinished:
        submit_report(report, by=officer)
    assert unfinished.value.details == {"lines": report.lines.count()}
    assert Report.objects.get(pk=report.pk).state == "DRAFT"


def test_first_sending_decides_whether_it_came_in_time(report, officer, coordinator, clock_at):
    handed_in(report, officer)
    report.obligation.refresh_from_db()
    first = report.obligation.first_submitted_at
    send_back(report, [Remark("Xem lại")], by=coordinator)
    clock_at(date(2020, 10, 28))
    submit_report(report_of(), by=officer)
    report.obligation.refresh_from_db()
    assert (report.obligation.first_submitted_at, clock.local(first).date()) == (first, date(2020, 10, 20))


def test_report_taken_back_before_anybody_looked_was_not_handed_in(report, officer):
    handed_in(report, officer)
    taken = withdraw_report(report, by=officer)
    assert (taken.state, taken.obligation.first_submitted_at, taken.submitted_at) == ("DRAFT", None, None)


def test_report_that_was_sent_back_is_taken_back_to_there(report, officer, coordinator):
    handed_in(report, officer)
    line = line_of(report, "23407", "15.1")
    send_back(report, [Remark("Giải thích", line=line.pk)], by=coordinator)
    submit_report(report, by=officer)
    taken = withdraw_report(report, by=officer)
    assert (taken.state, taken.obligation.first_submitted_at is None) == ("SENT_BACK", False)
    assert [note.text for note in sheet(taken).by_id[line.pk].notes] == ["Giải thích"]


def test_sending_back_needs_words_and_lines_of_this_report(report, officer, coordinator):
    handed_in(report, officer)
    for remarks in ([], [Remark("  ")], [Remark("x", line=10**9)], [Remark("x", entry=10**9)]):
        with pytest.raises(TransitionError):
            send_back(report, remarks, by=coordinator)
    assert Report.objects.get(pk=report.pk).state == "SUBMITTED"


def test_approval_writes_every_line_once_with_its_source(report, officer, coordinator):
    finish(report, officer)
    line = line_of(report, "23407", "15.1")
    save_lines(report, [typed(line, "84.95", note="Thẻ hết hạn")], by=officer)
    submit_report(report, by=officer)
    before = Assessment.objects.count()
    done = approve_report(report, by=coordinator)
    assert Assessment.objects.count() - before == report.lines.count()
    written = done.source.assessments.get(commune=line.commune, indicator=line.indicator)
    assert (written.conclusion, written.as_of, written.note) == ("NOT_MET", date(2020, 10, 14), "Thẻ hết hạn")
    assert (done.source.kind, done.source.url, done.source.recorded_by) == (
        "REPORT",
        f"/bao-cao/{report.pk}/",
        coordinator,
    )
    shown = snapshot(SET, date(2020, 10, 14)).by_code["23407"]
    found = next(f for c in shown.finding.criteria for f in c.indicators if f.indicator.code == "15.1")
    assert (found.result, found.entry.id) == ("NOT_MET", written.pk)
    with pytest.raises(TransitionError, match="đã được duyệt"):
        approve_report(report, by=coordinator)


def test_approval_of_what_changed_since_is_refused(report, officer, coordinator):
    sent = handed_in(report, officer)
    withdraw_report(report, by=officer)
    submit_report(report, by=officer)
    with pytest.raises(StaleRevisionError):
        approve_report(report, by=coordinator, revision=sent.revision)


def test_correction_starts_from_what_was_approved(report, officer, coordinator):
    done = approved(report, officer, coordinator)
    new = start_new_version(done, reason="Nhập nhầm xã", by=officer)
    assert (new.version, new.state, sheet(new).counts["changed"]) == (2, "DRAFT", 0)
    assert {line.previous.source_id for line in new.lines.select_related("previous")} == {done.source_id}
    with pytest.raises(TransitionError, match="Đã có bản đính chính"):
        start_new_version(done, reason="Lại", by=officer)
    line = line_of(new, "23407", "15.1")
    save_lines(new, [typed(line, "99")], by=officer)
    submit_report(new, by=officer)
    again = approve_report(new, by=coordinator)
    latest = Assessment.objects.filter(commune=line.commune, indicator=line.indicator).order_by("-position")[0]
    assert (latest.source, report_of().pk) == (again.source, new.pk)


@pytest.mark.parametrize("act", ["save", "confirm", "section", "submit", "correct"])
def test_nothing_is_written_in_a_closed_period(act, report, officer, coordinator):
    if act == "correct":
        report = approved(report, officer, coordinator)
    line = report.lines.all()[0]
    close_period(report.obligation.period, reason="Hết kỳ", by=coordinator)
    acts = {
        "save": lambda: save_lines(report, [LineChange(line.pk, note="x")], by=officer),
        "confirm": lambda: confirm_unchanged(report, by=officer),
        "section": lambda: save_section(report, "RESULTS", "x", by=officer),
        "submit": lambda: submit_report(report, by=officer),
        "correct": lambda: start_new_version(report, reason="x", by=officer),
    }
    with pytest.raises(TransitionError, match="đã đóng"):
        acts[act]()


def test_sheet_is_read_in_few_queries_however_many_lines(report, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert len(sheet(report).lines) == 425
