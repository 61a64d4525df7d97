"""How a body's part in a task looks: one tone and one sign for each state."""

from django import template

from directives.board import Row
from directives.models import Assignment

register = template.Library()

_TONES = {
    Assignment.State.GIVEN: ("unknown", "○"),
    Assignment.State.ACCEPTED: ("steady", "→"),
    Assignment.State.PROPOSED: ("risk", "?"),
    Assignment.State.DONE: ("good", "✓"),
}


@register.inclusion_tag("components/badge.html")
def part_state(part: Assignment) -> dict[str, str]:
    """A state as a coloured word with its sign."""
    tone, mark = _TONES[Assignment.State(part.state)]
    return {"tone": tone, "mark": mark, "label": part.get_state_display()}


@register.inclusion_tag("directives/_due.html")
def due(row: Row) -> dict[str, object]:
    """Its day, and how far that is."""
    return {"row": row}


@register.simple_tag
def part_signs() -> list[tuple[str, str]]:
    """What the signs mean, the most pressing first."""
    return [("!", "quá hạn"), *((mark, Assignment.State(state).label.lower()) for state, (_, mark) in _TONES.items())]


@register.filter
def part_sign(row: Row) -> str:
    """One sign for how a body stands, for a list of many bodies."""
    return "!" if row.is_overdue else _TONES[Assignment.State(row.part.state)][1]


@register.filter
def part_tone(row: Row) -> str:
    return "bad" if row.is_overdue else _TONES[Assignment.State(row.part.state)][0]
