"""Illustration: two months filed, reviewed and closed, and October under way, as an office would find it.

What is approved here confirms the illustration that is there and changes no figure; its source is marked as
illustration. No randomness: the same day gives the same reports on every machine.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from criteria.engine.facts import Conclusion, Reading
from criteria.models import Source
from directives.models import Obstacle
from ntm_portal.accounts.models import Membership, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core.illustration import moment, pick, share
from ntm_portal.core.reference import read_csv
from reports.actions.drafting import LineChange, confirm_unchanged, save_lines, save_section
from reports.actions.opening import close_period, open_period
from reports.actions.transitions import Remark, approve_report, send_back, submit_report
from reports.models import CommuneEntry, Obligation, Report, ReportingPeriod, Section, Visit
from reports.queries.communes import commune_sheet
from reports.queries.sheets import SheetLine, sheet

DATA = Path(__file__).parent / "data"
CLOSED_MONTHS = (8, 9)
OPEN_MONTH = 10
_ONE_DAY = timedelta(days=1)


def read_phrases() -> dict[str, list[str]]:
    """Phrases by use."""
    found: dict[str, list[str]] = {}
    for row in read_csv(DATA / "demo_phrases.csv", ["use", "text"]):
        found.setdefault(row["use"], []).append(row["text"])
    return found


@transaction.atomic
def load_reports(today: date) -> int:
    """File the months up to October 2020 that are not there yet; returns how many reports are new.

    Months that begin after the day are left out.
    """
    before = Report.objects.count()
    reviewer = User.objects.filter(memberships__role=Role.COORDINATOR).order_by("pk")[0]
    phrases = read_phrases()
    for number in (*CLOSED_MONTHS, OPEN_MONTH):
        period = ReportingPeriod.objects.filter(kind="MONTH", year=2020, number=number).first()
        if period is None or period.opened_at is not None or period.data_until.replace(day=1) > today:
            continue
        open_period(period, by=reviewer)
        reports = Report.objects.filter(obligation__period=period).with_about().order_by("pk")
        ReportingPeriod.objects.filter(pk=period.pk).update(opened_at=moment(period.data_until.replace(day=1)))
        if number in CLOSED_MONTHS:
            _past_month(list(reports), reviewer, phrases)
            close_period(period, reason="Đã tổng hợp xong kỳ báo cáo (minh họa)", by=reviewer)
            ReportingPeriod.objects.filter(pk=period.pk).update(closed_on=period.due_on + 12 * _ONE_DAY)
        else:
            _present_month(list(reports), reviewer, phrases)
    return Report.objects.count() - before


def _author(obligation: Obligation, reviewer: User) -> User:
    """An officer of the body, or whoever reviews where the demonstration has no account of it."""
    found = Membership.objects.filter(department=obligation.department, role=Role.OFFICER).order_by("pk").first()
    return found.user if found else reviewer


def _past_month(reports: Iterable[Report], reviewer: User, phrases: dict[str, list[str]]) -> None:
    for report in reports:
        fate = share(report.obligation.department.code, report.obligation.kind, report.obligation.period_id)
        if fate < 0.06:
            continue
        by = _author(report.obligation, reviewer)
        _write(report, by, phrases, changes=0)
        late = 1 + int(fate * 40) if fate < 0.2 else -int(fate * 5)
        _hand_in(report, by, report.obligation.due_on + late * _ONE_DAY)
        approve_report(report, by=reviewer, kind=Source.Kind.ILLUSTRATION)
        _date(report, decided_at=moment(report.obligation.due_on + 10 * _ONE_DAY))


def _present_month(reports: Iterable[Report], reviewer: User, phrases: dict[str, list[str]]) -> None:
    """Some handed in and waiting, one sent back, some under way, some not begun."""
    returned = False
    for report in reports:
        fate = share(report.obligation.department.code, report.obligation.kind, "tháng này")
        if fate < 0.35 or Membership.objects.filter(department=report.obligation.department).exists():
            continue
        by = _author(report.obligation, reviewer)
        _write(report, by, phrases, changes=4)
        if fate < 0.5:
            continue
        _hand_in(report, by, report.obligation.due_on - (1 + int(fate * 3)) * _ONE_DAY)
        changed = next((row for row in sheet(report).lines if row.is_changed), None)
        if changed and not returned:
            returned = True
            send_back(report, [Remark(phrases["remark"][0], line=changed.line.pk)], by=reviewer)


def _write(report: Report, by: User, phrases: dict[str, list[str]], *, changes: int) -> None:
    heading = Section.Heading.RESULTS
    text = pick(phrases["results"], report.obligation.department.code, report.obligation.period.number)
    save_section(report, heading, text, by=by)
    if report.is_criteria_report:
        _write_lines(report, by, changes)
    else:
        _write_entries(report, by, phrases)
    report.refresh_from_db()


def _write_lines(report: Report, by: User, changes: int) -> None:
    rows = sheet(report).lines
    improved = list(_improved(rows, changes))
    if improved:
        save_lines(report, improved, by=by)
    confirm_unchanged(report, by=by)
    left = [row.line.pk for row in sheet(report).lines if row.errors]
    if left:
        save_lines(report, [LineChange(pk, note="Rà soát lại theo số liệu mới nhất (minh họa)") for pk in left], by=by)


def _improved(rows: Sequence[SheetLine], most: int) -> Iterator[LineChange]:
    """A few percentages that crept up, as a month brings them."""
    found = 0
    for row in rows:
        cells = [(m, now) for m, now, _ in row.cells if m.is_percentage and now and now.value and now.value < 98]
        if found == most or not cells or share(row.line.commune.code, row.spec.code) > 0.06:
            continue
        found += 1
        measure, now = cells[0]
        conclusion = Conclusion.NOT_MET if row.answer.conclusion is Conclusion.NOT_MET else None
        yield LineChange(row.line.pk, conclusion=conclusion, readings={measure.id: Reading(now.value + 1)})


def _write_entries(report: Report, by: User, phrases: dict[str, list[str]]) -> None:
    period, department = report.obligation.period, report.obligation.department
    for entry in report.entries.select_related("commune").order_by("pk"):
        about = (entry.commune.code, period.number)
        entry.help_given = pick(phrases["help"], *about)
        entry.answered_at, entry.answered_by = moment(period.data_until), by
        entry.save()
        if share("visit", *about) < 0.4:
            Visit.objects.create(
                entry=entry,
                visited_on=period.data_until - int(share(*about) * 12) * _ONE_DAY,
                people=f"Tổ công tác của {department.short_name}",
                findings=pick(phrases["visit"], *about),
            )
        if share("seen", *about) < 0.04:
            _contradict(entry, phrases)
        if share("obstacle", *about) < 0.05:
            obstacle = Obstacle.objects.create(
                raised_by=department,
                raised_at=moment(period.data_until),
                raised_by_user=by,
                commune=entry.commune,
                description=pick(phrases["obstacle"], *about),
            )
            entry.obstacles.add(obstacle)
    _say_again(report, phrases)


def _say_again(report: Report, phrases: dict[str, list[str]]) -> None:
    """What contradicted the ledger the month before still does: a report has to say what was seen each time."""
    for row in commune_sheet(report).rows:
        for seen in row.contradictions:
            if not seen.observation.note:
                seen.observation.note = pick(phrases["contradiction"], row.entry.commune.code)
                seen.observation.save(update_fields=["note"])


def _contradict(entry: CommuneEntry, phrases: dict[str, list[str]]) -> None:
    """One criterion looks otherwise on the ground than in the ledger."""
    seen = entry.observations.filter(conclusion="MET").order_by("-criterion__number").first()
    if seen is not None:
        seen.conclusion, seen.note = "NOT_MET", pick(phrases["contradiction"], entry.commune.code)
        seen.save()


def _hand_in(report: Report, by: User, day: date) -> None:
    submit_report(report, by=by)
    at = moment(day)
    _date(report, submitted_at=at)
    Obligation.objects.filter(pk=report.obligation_id).update(first_submitted_at=at)


def _date(report: Report, **moments: datetime) -> None:
    Report.objects.filter(pk=report.pk).update(**moments)
    report.refresh_from_db()
