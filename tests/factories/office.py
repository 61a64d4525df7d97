"""Periods and reports as the office has them, small enough for a test: opened for the bodies it is about."""

from collections.abc import Iterable
from datetime import date

from directives.actions.targets import follow_targets
from directives.actions.tasks import accept_task, report_progress
from directives.models import Assignment, CalendarKey, Obstacle, ObstacleStep
from ntm_portal.accounts.models import Department, Membership, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.storing import Checked, store
from reports.actions.communes import confirm_entries
from reports.actions.drafting import LineChange, confirm_unchanged, save_lines
from reports.actions.opening import open_period
from reports.actions.transitions import approve_report, submit_report
from reports.models import (
    DueRule,
    Evidence,
    Obligation,
    Observation,
    Report,
    ReportingPeriod,
    ReportLine,
    ReviewNote,
    Ruling,
    Visit,
)
from reports.queries.sheets import sheet
from tests.factories.files import PDF

HEALTH = "SYT"
CRITERIA, COMMUNES = Obligation.Kind.CRITERIA, Obligation.Kind.COMMUNES


def period(number: int = 10, *, kind: str = "MONTH", year: int = 2020) -> ReportingPeriod:
    return ReportingPeriod.objects.get(kind=kind, year=year, number=number)


def open_for(*codes: str, number: int = 10, kind: str = "MONTH") -> ReportingPeriod:
    """A period opened for some bodies only (by default the department of health): the whole takes a second."""
    bodies = set(Department.objects.filter(code__in=codes or (HEALTH,)).values_list("pk", flat=True))
    return open_period(period(number, kind=kind), bodies=bodies).period


def report_of(code: str = HEALTH, *, number: int = 10, kind: str = "MONTH", what: str = CRITERIA) -> Report:
    """The newest version of what a body owes in a period that is open."""
    found = Report.objects.latest().with_about()
    return found.get(
        obligation__department__code=code,
        obligation__kind=what,
        obligation__period__number=number,
        obligation__period__kind=kind,
    )


def line_of(report: Report, commune: str, indicator: str) -> ReportLine:
    return report.lines.select_related("commune", "indicator").get(commune__code=commune, indicator__code=indicator)


def finish(report: Report, by: User) -> Report:
    """Confirm everything, and give a reason where one is asked for, so that it can be handed in."""
    confirm_unchanged(report, by=by)
    left = [row.line.pk for row in sheet(report).lines if row.errors]
    if left:
        save_lines(report, [LineChange(pk, note="Lý do của kiểm thử") for pk in left], by=by)
    report.refresh_from_db()
    return report


def handed_in(report: Report, by: User) -> Report:
    return submit_report(finish(report, by), by=by)


def communes_handed_in(report: Report, by: User) -> Report:
    """A commune report as it stands, every commune confirmed and every observation with a note."""
    Observation.objects.filter(entry__report=report, note="").update(note="Ghi chú của kiểm thử")
    confirm_entries(report, by=by)
    return submit_report(report, by=by)


def approved(report: Report, by: User, reviewer: User) -> Report:
    return approve_report(handed_in(report, by), by=reviewer)


def person(username: str, department: str, roles: Iterable[Role] = (Role.OFFICER,)) -> User:
    """Somebody of a body, who has no password."""
    user = User.objects.create_user(username, f"{username}@example.org")
    body = Department.objects.get(code=department)
    for role in roles:
        Membership.objects.create(user=user, department=body, role=role)
    return user


def one_of_each() -> None:
    """A row of every record of work, for the department of health and for the district of Kon Plông.

    Both are officers' own in the demonstration, and foreign to each other.
    """
    now, by = clock.now(), User.objects.get(username="soyte")
    open_for(HEALTH, "UB613")
    DueRule.objects.create(kind="MONTH", due_day=25)
    line = report_of().lines.order_by("pk")[0]
    entry = report_of("UB613", what=COMMUNES).entries.order_by("pk")[0]
    file = store(Checked("minh-chung.pdf", StoredFile.Kind.PDF, PDF), by=None)
    for about in ({"report": line.report, "line": line}, {"report": entry.report, "entry": entry}):
        Evidence.objects.create(**about, file=file, added_at=now, added_by=by)
        ReviewNote.objects.create(**about, text="Xem lại số liệu.", written_at=now, written_by=by)
    Visit.objects.create(entry=entry, visited_on=date(2020, 10, 5), people="Tổ công tác", findings="Đường đã xong.")
    observation = entry.observations.order_by("pk")[0]
    Ruling.objects.create(
        observation=observation, outcome="LEDGER_STANDS", reason="Đã rà soát.", ruled_at=now, ruled_by=by
    )
    for code, commune in ((HEALTH, None), ("UB613", entry.commune)):
        body = Department.objects.get(code=code)
        obstacle = Obstacle.objects.create(
            raised_by=body, raised_at=now, commune=commune, description="Thiếu vốn làm đường."
        )
        ObstacleStep.objects.create(obstacle=obstacle, kind="RAISED", text=obstacle.description, taken_at=now)
        entry.obstacles.add(obstacle)
        _work_on_a_task(body, file)
    CalendarKey.objects.create(user=by, digest="0" * 64, made_at=now)
    follow_targets(clock.today())


def _work_on_a_task(body: Department, file: StoredFile) -> None:
    """The first task of a body, begun, with a file behind what it says."""
    part = Assignment.objects.filter(department=body).order_by("pk")[0]
    doer = User.objects.get(memberships__department=body, memberships__role=Role.OFFICER)
    accept_task(part, by=doer)
    report_progress(part, percent=40, text="Đã làm được một phần.", by=doer, files=[file])
