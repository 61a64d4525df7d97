"""From periods, obligations and reports to the flat rows that the shapes name."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from criteria.engine.facts import MeasureSpec, Reading
from criteria.engine.wording import RESULT_LABELS
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope
from ntm_portal.core import clock
from reports.models import Evidence, Obligation, Report, ReportingPeriod, ReviewNote
from reports.queries.sheets import SheetLine, sheet


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
    first = obligation.first_submitted_at
    return _about(obligation) | {
        "id": obligation.pk,
        "data_until": obligation.data_until,
        "first_submitted_at": first,
        "is_overdue": first is None and obligation.due_on < on,
        "is_late": first is not None and clock.local(first).date() > obligation.due_on,
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
    """A report with its lines, or its communes (at most fourteen queries, however many)."""
    shown = sheet(report) if report.is_criteria_report else None
    remarks = report.notes.filter(line__isnull=True, entry__isnull=True)
    return report_row(report) | {
        "counts": shown.counts if shown else dict.fromkeys(("total", "answered", "changed", "error", "warning"), 0),
        "remarks": list(remarks),
        "sections": list(report.sections.all()),
        "lines": [line_row(row) for row in shown.lines] if shown else [],
        "entries": [] if shown else _entries(report),
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
        "problems": [{"code": p.code, "severity": p.severity.value, "message": p.message} for p in row.problems],
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


def _entries(report: Report) -> list[dict[str, Any]]:
    """Communes of a commune report, by district and name, with all that hangs on each (six queries)."""
    entries = report.entries.select_related("commune__district").order_by(
        "commune__district__sort_key", "commune__sort_key"
    )
    evidence, notes = defaultdict(list), defaultdict(list)
    for held in Evidence.objects.filter(report=report, entry__isnull=False).select_related("file"):
        evidence[held.entry_id].append(_evidence(held))
    for note in ReviewNote.objects.filter(report=report, entry__isnull=False):
        notes[note.entry_id].append(note)
    own = ("id", "revision", "help_given", "proposals", "observations", "visits")
    return [
        {
            **{name: getattr(entry, name) for name in own},
            "commune": {"code": entry.commune.code, "name": entry.commune.name},
            "is_answered": entry.answered_at is not None,
            "obstacles": [obstacle.pk for obstacle in entry.obstacles.all()],
            "evidence": evidence[entry.pk],
            "remarks": notes[entry.pk],
        }
        for entry in entries.prefetch_related("observations__criterion", "visits", "obstacles")
    ]
