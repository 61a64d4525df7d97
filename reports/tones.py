"""How the state of a report looks: a tone with a sign beside it, for colour never speaks alone."""

from dataclasses import dataclass

from reports.models import Report

_TONES = {
    Report.State.DRAFT: ("unknown", "✎"),
    Report.State.SUBMITTED: ("steady", "→"),
    Report.State.SENT_BACK: ("risk", "↩"),
    Report.State.APPROVED: ("good", "✓"),
}


@dataclass(frozen=True, slots=True)
class StateBadge:
    """What `components/badge.html` shows."""

    tone: str
    mark: str
    label: str


def state_badge(report: Report) -> StateBadge:
    tone, mark = _TONES[Report.State(report.state)]
    return StateBadge(tone, mark, report.get_state_display())
