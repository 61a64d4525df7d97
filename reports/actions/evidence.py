"""Evidence of a draft: files behind a line, or behind what was seen in a commune."""

from django.db import transaction

from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from ntm_portal.core.uploads.storing import Checked, store
from reports.actions.drafting import locked, touch
from reports.actions.errors import require_writable
from reports.models import CommuneEntry, Evidence, Report, ReportLine


@transaction.atomic
def add_evidence(
    report: Report,
    file: Checked,
    *,
    by: User,
    line: ReportLine | None = None,
    entry: CommuneEntry | None = None,
    title: str = "",
) -> Evidence:
    """Keep a file behind one line, or one commune, of a draft. Raises TransitionError."""
    report = locked(report)
    require_writable(report)
    found = Evidence.objects.create(
        report=report,
        line=line,
        entry=entry,
        file=store(file, by=by),
        title=title.strip()[:200],
        added_at=clock.now(),
        added_by=by,
    )
    touch(report, by=by)
    return found


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take evidence away from a draft; other versions of the report keep theirs. Raises TransitionError."""
    report = locked(evidence.report)
    require_writable(report)
    evidence.delete()
    touch(report, by=by)
