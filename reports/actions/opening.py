"""Opening a period draws up who owes what and fills the drafts in; closing and reopening say why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from communes.models import Commune
from communes.queries import CommuneFacts
from criteria.engine.facts import Conclusion, Result
from criteria.models import Responsibility
from criteria.queries import Snapshot, default_set_code, snapshot
from ntm_portal.accounts.models import Department, Sponsorship, User
from ntm_portal.core import audit, clock
from reports import notices
from reports.actions.errors import TransitionError
from reports.models import (
    CommuneEntry,
    DueRule,
    Obligation,
    Observation,
    Report,
    ReportingPeriod,
    ReportLine,
    Section,
)
from reports.models.contents import stored

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a period did: obligations and drafts that were not there before."""

    period: ReportingPeriod
    obligations: tuple[Obligation, ...]
    lines: int


@transaction.atomic
def open_period(period: ReportingPeriod, *, by: User | None = None, bodies: Collection[int] | None = None) -> Opened:
    """Draw up obligations and prefilled drafts from responsibilities and help in force on the cut-off day.

    `bodies` are ids of departments, where not all that owe a report are meant.

    Doing it again adds only bodies that have come to owe a report since, and touches no draft that is there.
    Raises TransitionError for a closed period, NotFoundError while no criteria set is loaded.
    """
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    if period.closed_on is not None:
        raise TransitionError(f"Kỳ {str(period).lower()} đã đóng; muốn thêm báo cáo thì mở lại trước.")
    with audit.loading(f"mở kỳ báo cáo {str(period).lower()}"):
        if period.opened_at is None:
            period.opened_at = clock.now()
            period.save(update_fields=["opened_at"])
        made = _draw_up(period, bodies)
        lines = _fill_in(period, made) if made else 0
    notices.period_opened(period, made)
    return Opened(period, tuple(made), lines)


@transaction.atomic
def make_calendar(year: int) -> list[ReportingPeriod]:
    """Add the months and quarters of a year that are not there, with the days of the rules for all bodies.

    A quarter is cut off and due in its last month. Returns what was added; periods that are there keep their days.
    """
    kinds = ReportingPeriod.Kind
    rules = {rule.kind: rule for rule in DueRule.objects.filter(department__isnull=True)}
    added = []
    with audit.loading(f"lập lịch báo cáo năm {year}"):
        for kind, number in [*((kinds.MONTH, n) for n in range(1, 13)), *((kinds.QUARTER, n) for n in range(1, 5))]:
            rule = rules.get(kind) or DueRule(kind=kind)
            months = ReportingPeriod(kind=kind, year=year, number=number).months
            data_until, due_on = rule.days_in(year, months[-1])
            period, is_new = ReportingPeriod.objects.get_or_create(
                kind=kind,
                year=year,
                number=number,
                defaults={"data_until": data_until, "due_on": due_on, "basis": rule.basis},
            )
            added += [period] if is_new else []
    return added


def _draw_up(period: ReportingPeriod, bodies: Collection[int] | None) -> list[Obligation]:
    held = set(period.obligations.values_list("department_id", "kind"))
    rules = {(rule.kind, rule.department_id): rule for rule in DueRule.objects.filter(kind=period.kind)}
    made = []
    for kind, departments in _owing(period).items():
        for department in departments:
            if (department, kind) in held or bodies is not None and department not in bodies:
                continue
            data_until, due_on = due_days(period, rules.get((period.kind, department)))
            made.append(
                Obligation(period=period, department_id=department, kind=kind, data_until=data_until, due_on=due_on)
            )
    return Obligation.objects.bulk_create(made)


def due_days(period: ReportingPeriod, rule: DueRule | None) -> tuple[date, date]:
    """Cut-off and due day of a body in a period: its own rule, else those of the period."""
    if rule is None:
        return period.data_until, period.due_on
    return rule.days_in(period.data_until.year, period.months[-1])


def _owing(period: ReportingPeriod) -> dict[str, list[int]]:
    """Ids of the bodies that owe each kind of report (two queries)."""
    on = period.data_until
    leading = Responsibility.objects.in_force(on).filter(
        role=Responsibility.Role.LEAD, indicator__criterion__criteria_set__code=default_set_code(on)
    )
    helping = set(Sponsorship.objects.in_force(on).values_list("department_id", flat=True))
    districts = Department.objects.filter(kind=Department.Kind.DISTRICT, district__communes__kind=Commune.Kind.XA)
    return {
        Obligation.Kind.CRITERIA: sorted(set(leading.values_list("department_id", flat=True))),
        Obligation.Kind.COMMUNES: sorted(helping | set(districts.values_list("pk", flat=True))),
    }


def _fill_in(period: ReportingPeriod, obligations: Sequence[Obligation]) -> int:
    """Drafts of new obligations, filled in from the latest approved values; returns how many lines."""
    reports = Report.objects.bulk_create([Report(obligation=o, as_of=o.data_until) for o in obligations])
    by_department = {(r.obligation.department_id, r.obligation.kind): r for r in reports}
    shown = snapshot(default_set_code(period.data_until), min(period.data_until, clock.today()), keep=False)
    _write_sections(period, reports)
    lines = list(_lines(by_department, shown, period.data_until))
    ReportLine.objects.bulk_create(lines, batch_size=_BATCH)
    _write_entries(by_department, shown, period.data_until)
    return len(lines)


def _lines(reports: Mapping[tuple[int, str], Report], shown: Snapshot, on: date) -> Iterable[ReportLine]:
    charged: dict[int, list[Report]] = defaultdict(list)
    rows = Responsibility.objects.in_force(on).filter(
        role=Responsibility.Role.LEAD, indicator__criterion__criteria_set__code=shown.criteria_set.code
    )
    for department, indicator in rows.values_list("department_id", "indicator_id"):
        report = reports.get((department, Obligation.Kind.CRITERIA))
        if report is not None:
            charged[indicator].append(report)
    for status in shown.statuses:
        for criterion in status.finding.criteria:
            for finding in criterion.indicators:
                for report in charged.get(finding.indicator.id, ()):
                    yield line_from(report, status.commune, finding.indicator.id, finding.entry)


def line_from(report: Report, commune: CommuneFacts, indicator: int, entry) -> ReportLine:
    """A line filled in from a ledger entry; an entry about a whole criterion says nothing of an indicator."""
    line = ReportLine(report=report, commune_id=commune.id, indicator_id=indicator)
    if entry is not None:
        line.previous_id, line.conclusion = entry.id, str(entry.conclusion)
        line.readings, line.note, line.basis = stored(entry.readings), "", entry.basis
    return line


def _write_sections(period: ReportingPeriod, reports: Sequence[Report]) -> None:
    """Every report has its headings; those of a quarter start with what its months said."""
    said: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    if period.kind == ReportingPeriod.Kind.QUARTER:
        months = Section.objects.filter(
            report__in=Report.objects.latest(),
            report__state__in=(Report.State.SUBMITTED, Report.State.APPROVED),
            report__obligation__period__kind=ReportingPeriod.Kind.MONTH,
            report__obligation__period__year=period.year,
            report__obligation__period__number__in=period.months,
        ).exclude(text="")
        for department, kind, heading, number, text in months.order_by(
            "report__obligation__period__number"
        ).values_list(
            "report__obligation__department_id",
            "report__obligation__kind",
            "heading",
            "report__obligation__period__number",
            "text",
        ):
            said[department, kind, heading].append(f"Tháng {number}: {text}")
    Section.objects.bulk_create(
        Section(
            report=report,
            heading=heading,
            text="\n".join(said[report.obligation.department_id, report.obligation.kind, heading]),
        )
        for report in reports
        for heading in Section.Heading.values
    )


def _write_entries(reports: Mapping[tuple[int, str], Report], shown: Snapshot, on: date) -> None:
    """Communes of commune reports, each criterion as the same body saw it last, else as in the ledger."""
    wanted = {department: report for (department, kind), report in reports.items() if kind == Obligation.Kind.COMMUNES}
    if not wanted:
        return
    theirs = _communes_of(wanted, on)
    entries = [
        CommuneEntry(report=wanted[department], commune_id=status.commune.id)
        for department, communes in theirs.items()
        for status in shown.statuses
        if status.commune.id in communes
    ]
    entries = CommuneEntry.objects.bulk_create(entries, batch_size=_BATCH)
    before = _seen_last(wanted)
    found = {status.commune.id: status.finding for status in shown.statuses}
    Observation.objects.bulk_create(
        (
            Observation(
                entry=entry,
                criterion_id=criterion.criterion.id,
                conclusion=before.get(
                    (entry.report.obligation.department_id, entry.commune_id, criterion.criterion.id),
                    _as_seen(criterion.result),
                ),
            )
            for entry in entries
            for criterion in found[entry.commune_id].criteria
        ),
        batch_size=_BATCH,
    )


def _as_seen(result: Result) -> str:
    if result is Result.NO_DATA:
        return ""
    return str(Conclusion.MET if result.is_passed else Conclusion.NOT_MET)


def _communes_of(departments: Iterable[int], on: date) -> dict[int, set[int]]:
    """Ids of the communes that each body reports on: those it helps, and those of its district (two queries)."""
    found: dict[int, set[int]] = defaultdict(set)
    wanted = set(departments)
    helped = Sponsorship.objects.in_force(on).filter(department__in=wanted)
    own = Commune.objects.in_force(on).filter(kind=Commune.Kind.XA, district__department__in=wanted)
    for department, commune in helped.values_list("department_id", "commune_id"):
        found[department].add(commune)
    for department, commune in own.values_list("district__department", "pk"):
        found[department].add(commune)
    return found


def _seen_last(departments: Iterable[int]) -> dict[tuple[int, int, int], str]:
    """What each body last reported of (body, commune, criterion), of reports that were approved (one query)."""
    rows = (
        Observation.objects.filter(
            entry__report__state=Report.State.APPROVED,
            entry__report__obligation__department__in=set(departments),
        )
        .exclude(conclusion="")
        .order_by("entry__report__as_of", "entry__report__version")
        .values_list("entry__report__obligation__department_id", "entry__commune_id", "criterion_id", "conclusion")
    )
    return {(department, commune, criterion): conclusion for department, commune, criterion, conclusion in rows}


@transaction.atomic
def close_period(period: ReportingPeriod, *, reason: str, by: User) -> ReportingPeriod:
    """Nothing of the period can be written any more; what was not handed in stays missing. Raises TransitionError."""
    period = _turn(period, is_open=True, closed_on=clock.today(), reason=reason, what="Đóng kỳ")
    notices.no_longer_owed(period.obligations.all())
    return period


@transaction.atomic
def reopen_period(period: ReportingPeriod, *, reason: str, by: User) -> ReportingPeriod:
    """Drafts can be written and corrected again, for a reason that stays in the trail. Raises TransitionError."""
    return _turn(period, is_open=False, closed_on=None, reason=reason, what="Mở lại kỳ")


def _turn(period: ReportingPeriod, *, is_open: bool, closed_on: date | None, reason: str, what: str) -> ReportingPeriod:
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    if period.is_open is not is_open or period.opened_at is None:
        raise TransitionError(f"Kỳ {str(period).lower()} không ở trạng thái làm được việc này.")
    if not reason.strip():
        raise TransitionError("Phải ghi lý do.")
    period.closed_on = closed_on
    with audit.under(f"{what}: {reason.strip()}"):
        period.save(update_fields=["closed_on"])
    return period
