"""Opening a period: who owes what, what the drafts hold, and that doing it again changes nothing."""

from datetime import date

import pytest

from communes.models import Commune
from criteria.models import Assessment, Responsibility
from ntm_portal.accounts.models import Department, Sponsorship
from ntm_portal.core.audit import AuditEntry
from reports.actions.drafting import save_section
from reports.actions.errors import TransitionError
from reports.actions.opening import close_period, open_period, reopen_period
from reports.models import DueRule, Obligation, Report, ReportLine
from tests.factories.office import COMMUNES, approved, open_for, period, report_of

pytestmark = pytest.mark.django_db


def test_opening_draws_up_what_every_body_owes():
    opened = open_period(period())
    leading = Responsibility.objects.in_force(date(2020, 10, 14)).filter(
        role="LEAD", indicator__criterion__criteria_set__code="xa-ntm-2016-2020"
    )
    owed = {(o.department_id, o.kind) for o in opened.obligations}
    assert {d for d, kind in owed if kind == "CRITERIA"} == set(leading.values_list("department_id", flat=True))
    helping = set(Sponsorship.objects.in_force(date(2020, 10, 14)).values_list("department_id", flat=True))
    districts = set(Department.objects.filter(kind="DISTRICT").values_list("pk", flat=True))
    assert {d for d, kind in owed if kind == "COMMUNES"} == helping | districts
    assert opened.lines == 85 * 49 == ReportLine.objects.count()
    assert Report.objects.count() == len(opened.obligations)


def test_opening_again_adds_only_who_came_to_owe_a_report():
    open_for("SYT", "BHXH")
    line = report_of().lines.all()[0]
    body, indicator = Department.objects.get(code="BHXH"), line.indicator
    Responsibility.objects.create(indicator=indicator, department=body, role="LEAD")
    again = open_for("SYT", "BHXH")
    assert Obligation.objects.filter(period=again).count() == 2
    assert report_of("BHXH").lines.count() == 85
    assert report_of().lines.get(pk=line.pk).revision == line.revision


def test_drafts_are_filled_in_from_the_ledger_of_the_cut_off_day():
    open_for("SYT")
    line = report_of().lines.select_related("previous__indicator").get(commune__code="23407", indicator__code="15.2")
    latest = Assessment.objects.filter(commune__code="23407", indicator__code="15.2", as_of__lte=date(2020, 10, 14))
    assert line.previous == latest.order_by("-as_of", "-position")[0]
    assert (line.conclusion, line.answered_at) == (line.previous.conclusion, None)
    held = {str(m.measure_id): f"{m.value.normalize():f}" for m in line.previous.measurements.all()}
    assert {key: reading["value"] for key, reading in line.readings.items()} == held


def test_own_rule_moves_the_days_of_one_body_alone():
    DueRule.objects.create(kind="MONTH", department=Department.objects.get(code="SYT"), data_until_day=10, due_day=31)
    open_for("SYT", "SGDDT", number=9)
    days = {o.department.code: (o.data_until, o.due_on) for o in Obligation.objects.select_related("department")}
    assert days["SYT"] == (date(2020, 9, 10), date(2020, 9, 30))
    assert days["SGDDT"] == (date(2020, 9, 14), date(2020, 9, 20))


def test_commune_report_names_every_commune_of_the_district():
    open_for("UB613")
    entries = report_of("UB613", what=COMMUNES).entries
    own = Commune.objects.filter(kind="XA", district__code="613")
    assert set(entries.values_list("commune__code", flat=True)) == set(own.values_list("code", flat=True))
    assert {e.observations.count() for e in entries.all()} == {19}


def test_quarter_starts_with_what_its_months_said(officer, coordinator):
    for number in (7, 8):
        open_for("SYT", number=number)
        report = report_of(number=number)
        save_section(report, "RESULTS", f"Kết quả {number}", by=officer)
        approved(report, officer, coordinator)
    open_for("SYT", number=3, kind="QUARTER")
    sections = report_of(number=3, kind="QUARTER").sections
    assert sections.get(heading="RESULTS").text == "Tháng 7: Kết quả 7\nTháng 8: Kết quả 8"
    assert sections.get(heading="PROPOSALS").text == ""


def test_opening_is_one_entry_of_the_trail_and_not_four_thousand():
    before = AuditEntry.objects.count()
    open_for("SYT")
    assert AuditEntry.objects.count() - before <= 3


def test_period_is_closed_and_reopened_for_a_reason_that_is_kept(coordinator):
    opened = open_for("SYT")
    with pytest.raises(TransitionError, match="lý do"):
        close_period(opened, reason=" ", by=coordinator)
    closed = close_period(opened, reason="Hết kỳ", by=coordinator)
    with pytest.raises(TransitionError):
        close_period(closed, reason="Lại", by=coordinator)
    with pytest.raises(TransitionError, match="đã đóng"):
        open_period(closed)
    assert reopen_period(closed, reason="Đính chính", by=coordinator).closed_on is None
    told = AuditEntry.objects.filter(model="reports.reportingperiod").order_by("pk").values_list("under", flat=True)
    assert list(told)[-2:] == ["Đóng kỳ: Hết kỳ", "Mở lại kỳ: Đính chính"]


def test_period_that_never_opened_cannot_be_closed(coordinator):
    with pytest.raises(TransitionError):
        close_period(period(11), reason="x", by=coordinator)
