"""What happens to a report between the one who writes it and the one who reviews it. Each act takes effect once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from criteria.actions import AssessmentRefusedError, NewAssessment, record_assessments
from criteria.models import Source
from criteria.queries import default_set_code
from ntm_portal.accounts.models import User
from ntm_portal.core import audit, clock
from reports import notices
from reports.actions.drafting import locked, touch
from reports.actions.errors import TransitionError, UnfinishedReportError, require_open, require_writable
from reports.models import (
    CommuneEntry,
    Evidence,
    Obligation,
    Observation,
    Report,
    ReportLine,
    ReviewNote,
    Section,
    Visit,
)
from reports.queries.communes import commune_sheet
from reports.queries.sheets import Sheet, sheet

State = Report.State
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Remark:
    """Why something is sent back: about a line, about a commune (ids), or about the whole report."""

    text: str
    line: int | None = None
    entry: int | None = None


@transaction.atomic
def submit_report(report: Report, *, by: User, revision: int | None = None) -> Report:
    """Hand a draft in, once, however often it is clicked. The first time decides whether it came in time.

    Raises UnfinishedReportError naming how many lines or communes have errors, StaleRevisionError, TransitionError.
    """
    report = locked(report, revision=revision)
    if report.state == State.SUBMITTED:
        raise TransitionError("Báo cáo này đã được gửi.")
    require_writable(report)
    _require_finished(report)
    now, obligation = clock.now(), report.obligation
    if obligation.first_submitted_at is None:
        obligation.first_submitted_at = now
        obligation.save(update_fields=["first_submitted_at"])
    as_of = min(obligation.data_until, clock.today())
    touch(report, by=by, state=State.SUBMITTED, submitted_at=now, submitted_by=by, as_of=as_of)
    notices.submitted(report)
    return report


def _require_finished(report: Report) -> None:
    """Raise UnfinishedReportError where a line, or a commune, has errors."""
    if report.is_criteria_report:
        found = [(row.line.pk, str(row.line), problem) for row, problem in sheet(report).errors]
        what = "dòng"
    else:
        found = [(row.entry.pk, row.entry.commune.full_name, problem) for row, problem in commune_sheet(report).errors]
        what = "xã"
    if found:
        count = len({pk for pk, _, _ in found})
        _, name, problem = found[0]
        raise UnfinishedReportError(
            f"Chưa gửi được: {count} {what} còn lỗi. Lỗi đầu tiên: {name}: {problem.message}", lines=count
        )


@transaction.atomic
def withdraw_report(report: Report, *, by: User, revision: int | None = None) -> Report:
    """Take back what nobody has reviewed yet. A first version taken back counts as not handed in.

    Raises StaleRevisionError, TransitionError.
    """
    report = locked(report, revision=revision)
    if report.state != State.SUBMITTED:
        raise TransitionError(f"Chỉ rút được báo cáo đang chờ duyệt; báo cáo này “{report.get_state_display()}”.")
    require_open(report)
    was_sent_back = report.notes.exists()
    obligation = report.obligation
    if report.version == 1 and not was_sent_back and obligation.first_submitted_at is not None:
        obligation.first_submitted_at = None
        obligation.save(update_fields=["first_submitted_at"])
    state = State.SENT_BACK if was_sent_back else State.DRAFT
    touch(report, by=by, state=state, submitted_at=None, submitted_by=None)
    notices.no_longer_waiting(report)
    return report


@transaction.atomic
def send_back(report: Report, remarks: Iterable[Remark], *, by: User, revision: int | None = None) -> Report:
    """Return a report with at least one remark; its author finds each at its line.

    Raises StaleRevisionError, TransitionError (also for remarks on lines of another report).
    """
    report = locked(report, revision=revision)
    _require_submitted(report)
    said = [remark for remark in remarks if remark.text.strip()]
    if not said:
        raise TransitionError("Trả lại thì phải ghi ít nhất một ý kiến.")
    lines, entries = {r.line for r in said if r.line}, {r.entry for r in said if r.entry}
    if report.lines.filter(pk__in=lines).count() != len(lines) or report.entries.filter(pk__in=entries).count() != len(
        entries
    ):
        raise TransitionError("Có ý kiến về một dòng không thuộc báo cáo này.")
    now = clock.now()
    ReviewNote.objects.bulk_create(
        ReviewNote(report=report, line_id=r.line, entry_id=r.entry, text=r.text.strip(), written_at=now, written_by=by)
        for r in said
    )
    touch(report, by=by, state=State.SENT_BACK, decided_at=now, decided_by=by)
    notices.sent_back(report)
    return report


def _require_submitted(report: Report) -> None:
    if report.state == State.APPROVED:
        raise TransitionError("Báo cáo này đã được duyệt.")
    if report.state != State.SUBMITTED:
        raise TransitionError(f"Chỉ xử lý báo cáo đang chờ duyệt; báo cáo này “{report.get_state_display()}”.")
    require_open(report)


@transaction.atomic
def approve_report(
    report: Report, *, by: User, revision: int | None = None, kind: Source.Kind = Source.Kind.REPORT
) -> Report:
    """Accept a report; a criterion report is written to the ledger, every line or none, once.

    `kind` is that of the source in the ledger: what is made up for a demonstration must say so.

    Raises UnfinishedReportError where the ledger refuses a line (a threshold may have changed since it was
    handed in), StaleRevisionError, TransitionError.
    """
    report = locked(report, revision=revision)
    _require_submitted(report)
    now = clock.now()
    source = _write_ledger(report, by, kind) if report.is_criteria_report else None
    touch(report, by=by, state=State.APPROVED, decided_at=now, decided_by=by, source=source)
    notices.approved(report)
    return report


def _write_ledger(report: Report, by: User, kind: Source.Kind) -> Source | None:
    shown = sheet(report)
    rows = [row for row in shown.lines if row.answer.conclusion is not None]
    if not rows:
        return None
    source = Source.objects.create(
        kind=kind,
        label=f"{report}"[:300],
        url=report.get_absolute_url(),
        recorded_at=clock.now(),
        recorded_by=by,
    )
    news = [
        NewAssessment(
            row.line.commune,
            report.as_of,
            row.answer.conclusion,
            indicator=row.spec.code,
            readings={key: reading for key, reading in row.answer.readings.items() if reading.value is not None},
            note=row.answer.note,
            basis=row.answer.basis,
        )
        for row in rows
    ]
    try:
        record_assessments(_set_code(shown), news, source=source, by=by)
    except AssessmentRefusedError as refused:
        raise UnfinishedReportError(f"Sổ cái không nhận: {refused.message}", lines=len(refused.objections)) from refused
    return source


def _set_code(shown: Sheet) -> str:
    first = shown.lines[0].line if shown.lines else None
    return first.indicator.criterion.criteria_set.code if first else default_set_code(shown.report.as_of)


@transaction.atomic
def start_new_version(report: Report, *, reason: str, by: User) -> Report:
    """Correct an approved report in its open period: a copy to be changed, handed in and approved anew.

    Its lines are compared with what the approved version wrote. Raises TransitionError.
    """
    report = locked(report)
    if report.state != State.APPROVED:
        raise TransitionError("Chỉ lập bản đính chính cho báo cáo đã duyệt.")
    require_open(report)
    if report.obligation.reports.filter(version__gt=report.version).exists():
        raise TransitionError("Đã có bản đính chính của báo cáo này.")
    if not reason.strip():
        raise TransitionError("Phải ghi lý do đính chính.")
    with audit.loading(f"đính chính {report}"):
        new = Report.objects.create(
            obligation=report.obligation, version=report.version + 1, as_of=report.as_of, reason=reason.strip()[:500]
        )
        _copy_lines(report, new)
        Section.objects.bulk_create(Section(report=new, heading=s.heading, text=s.text) for s in report.sections.all())
        if report.obligation.kind == Obligation.Kind.COMMUNES:
            _copy_entries(report, new)
        touch(new, by=by)
    return new


def _copy_lines(old: Report, new: Report) -> None:
    """Lines with their evidence; the period before is now what the old version wrote."""
    written = _written_by(old)
    held = list(old.lines.all())
    copies = ReportLine.objects.bulk_create(
        (
            ReportLine(
                report=new,
                commune_id=line.commune_id,
                indicator_id=line.indicator_id,
                conclusion=line.conclusion,
                readings=line.readings,
                note=line.note,
                basis=line.basis,
                previous_id=written.get((line.commune_id, line.indicator_id), line.previous_id),
                answered_at=line.answered_at,
                answered_by_id=line.answered_by_id,
            )
            for line in held
        ),
        batch_size=_BATCH,
    )
    copy_of = {line.pk: copy for line, copy in zip(held, copies, strict=True)}
    Evidence.objects.bulk_create(
        Evidence(
            report=new,
            line=copy_of[e.line_id],
            file_id=e.file_id,
            title=e.title,
            added_at=e.added_at,
            added_by_id=e.added_by_id,
        )
        for e in old.evidence.filter(line__isnull=False)
    )


def _written_by(report: Report) -> Mapping[tuple[int, int], int]:
    """Ids of the assessments that a report wrote, by (commune, indicator) (one query)."""
    if report.source_id is None:
        return {}
    rows = report.source.assessments.values_list("commune_id", "indicator_id", "pk")
    return {(commune, indicator): pk for commune, indicator, pk in rows}


def _copy_entries(old: Report, new: Report) -> None:
    """Communes with their criteria, visits, obstacles and evidence."""
    held = list(old.entries.prefetch_related("observations", "visits", "obstacles", "evidence"))
    for entry in held:
        copy = CommuneEntry.objects.create(
            report=new,
            commune_id=entry.commune_id,
            help_given=entry.help_given,
            proposals=entry.proposals,
            answered_at=entry.answered_at,
            answered_by_id=entry.answered_by_id,
        )
        Observation.objects.bulk_create(
            Observation(entry=copy, criterion_id=o.criterion_id, conclusion=o.conclusion, note=o.note)
            for o in entry.observations.all()
        )
        Visit.objects.bulk_create(
            Visit(entry=copy, visited_on=v.visited_on, people=v.people, findings=v.findings) for v in entry.visits.all()
        )
        copy.obstacles.set(entry.obstacles.all())
        Evidence.objects.bulk_create(
            Evidence(
                report=new,
                entry=copy,
                file_id=e.file_id,
                title=e.title,
                added_at=e.added_at,
                added_by_id=e.added_by_id,
            )
            for e in entry.evidence.all()
        )
