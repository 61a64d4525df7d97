"""How the state of a report looks: one tone and one sign for each."""

from django import template

from reports.models import Report

register = template.Library()

_TONES = {
    Report.State.DRAFT: ("unknown", "…"),
    Report.State.SUBMITTED: ("steady", "→"),
    Report.State.SENT_BACK: ("bad", "↩"),
    Report.State.APPROVED: ("good", "✓"),
}


@register.inclusion_tag("components/badge.html")
def report_state(state: str) -> dict[str, str]:
    """A state as a coloured word with its sign."""
    tone, mark = _TONES[Report.State(state)]
    return {"tone": tone, "mark": mark, "label": Report.State(state).label}
