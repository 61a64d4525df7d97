"""From periods, obligations and reports to the flat rows that the shapes name."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from criteria.engine.facts import MeasureSpec, Reading
from criteria.engine.wording import RESULT_LABELS
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope
from reports.models import Evidence, Obligation, Report, ReportingPeriod
from reports.queries.communes import EntryRow, SeenRow, commune_sheet
from reports.queries.sheets import SheetLine, sheet
from reports.standing import standing_of


def period_row(period: ReportingPeriod) -> dict[str, Any]:
    own = ("id", "kind", "year", "number", "data_until", "due_on", "opened_at", "closed_on", "is_open", "basis")
    return {
        **{name: getattr(period, name) for name in own},
        "code": period.slug,
        "name": str(period),
        "kind_label": period.get_kind_display(),
    }


def _about(obligation: Obligation) -> dict[str, Any]:
    department: Department = obligation.department
    return {
        "period": {"code": obligation.period.slug, "name": str(obligation.period)},
        "department": {"code": department.code, "name": department.name},
        "kind": obligation.kind,
        "kind_label": obligation.get_kind_display(),
        "due_on": obligation.due_on,
        "search_key": f"{department.search_key} {department.code.casefold()}",
    }


def obligation_rows(obligations: Iterable[Obligation], scope: Scope, on: date) -> list[dict[str, Any]]:
    """What is owed, and how far its newest report has come; a report that may not be read yet is not named."""
    newest = {r.obligation_id: r for r in Report.objects.latest()}
    readable = set(Report.objects.visible_to(scope).latest().values_list("pk", flat=True))
    return [_obligation_row(obligation, newest.get(obligation.pk), readable, on) for obligation in obligations]


def _obligation_row(obligation: Obligation, newest: Report | None, readable: set[int], on: date) -> dict[str, Any]:
    standing = standing_of(obligation, newest, obligation.period, on)
    return _about(obligation) | {
        "id": obligation.pk,
        "data_until": obligation.data_until,
        "first_submitted_at": obligation.first_submitted_at,
        "standing": standing.state.name,
        "standing_label": standing.label,
        "late_by": standing.late_by,
        "report": newest.pk if newest and newest.pk in readable else None,
        "version": newest.version if newest else None,
        "state": newest.state if newest else None,
        "state_label": newest.get_state_display() if newest else None,
    }


def report_row(report: Report) -> dict[str, Any]:
    """A report without what it holds; read it `with_about`."""
    own = ("version", "state", "revision", "as_of", "reason", "saved_at", "submitted_at", "submitted_by")
    return _about(report.obligation) | {
        **{name: getattr(report, name) for name in (*own, "decided_at", "decided_by")},
        "id": report.pk,
        "state_label": report.get_state_display(),
    }


def report_detail(report: Report) -> dict[str, Any]:
    """A report with its lines, or its communes (at most fourteen queries and the snapshot, however many)."""
    lines = sheet(report) if report.is_criteria_report else None
    communes = None if report.is_criteria_report else commune_sheet(report)
    return report_row(report) | {
        "counts": lines.counts if lines else communes.counts,
        "remarks": list(report.notes.filter(line__isnull=True, entry__isnull=True)),
        "sections": list(report.sections.all()),
        "lines": [line_row(row) for row in lines.lines] if lines else [],
        "entries": [_entry_row(row) for row in communes.rows] if communes else [],
    }


def line_row(row: SheetLine) -> dict[str, Any]:
    line, previous = row.line, row.previous
    return {
        "id": line.pk,
        "commune": {"code": line.commune.code, "name": line.commune.name},
        "indicator": {"code": row.spec.code, "name": row.spec.name},
        "revision": line.revision,
        "conclusion": line.conclusion or None,
        "measures": [_measure(*cell, line.commune.group) for cell in row.cells],
        "note": line.note,
        "basis": line.basis,
        "result": row.finding.result.value,
        "result_label": RESULT_LABELS[row.finding.result],
        "result_reason": row.finding.reason,
        "is_answered": row.is_answered,
        "is_changed": row.is_changed,
        "previous": {
            "conclusion": previous.conclusion.value if previous.conclusion else None,
            "note": previous.note,
            "basis": previous.basis,
        },
        "problems": _problems(row),
        "evidence": [_evidence(held) for held in row.evidence],
        "remarks": row.notes,
    }


def _measure(measure: MeasureSpec, now: Reading | None, before: Reading | None, group: str) -> dict[str, Any]:
    threshold = measure.threshold_for(group)
    return _reading(now or Reading(None)) | {
        "id": measure.id,
        "name": measure.name,
        "unit": measure.unit,
        "comparison": measure.comparison.value,
        "threshold": threshold.value if threshold else None,
        "basis": threshold.basis if threshold else None,
        "previous": _reading(before) if before else None,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {"value": reading.value, "numerator": reading.numerator, "denominator": reading.denominator}


def _evidence(held: Evidence) -> dict[str, Any]:
    return {"id": held.pk, "title": str(held), "url": held.file.url}


def _entry_row(row: EntryRow) -> dict[str, Any]:
    entry = row.entry
    own = ("id", "revision", "help_given", "proposals")
    return {
        **{name: getattr(entry, name) for name in own},
        "commune": {"code": entry.commune.code, "name": entry.commune.name},
        "is_answered": row.is_answered,
        "criteria": [_seen(seen) for seen in row.seen],
        "visits": row.visits,
        "problems": _problems(row),
        "obstacles": [obstacle.pk for obstacle in row.obstacles],
        "evidence": [_evidence(held) for held in row.evidence],
        "remarks": row.notes,
    }


def _seen(seen: SeenRow) -> dict[str, Any]:
    observation = seen.observation
    return {
        "number": observation.criterion.number,
        "name": observation.criterion.name,
        "conclusion": observation.conclusion,
        "note": observation.note,
        "ledger": seen.ledger.value,
        "contradicts": seen.contradicts,
    }


def _problems(row: SheetLine | EntryRow) -> list[dict[str, str]]:
    return [{"code": p.code, "severity": p.severity.value, "message": p.message} for p in row.problems]
