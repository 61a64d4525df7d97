"""How the state of an obstacle looks: one tone and one sign for each."""

from django import template

from directives.models import Obstacle

register = template.Library()

_TONES = {
    Obstacle.State.RAISED: ("unknown", "○"),
    Obstacle.State.IN_PROGRESS: ("steady", "→"),
    Obstacle.State.ESCALATED: ("risk", "↑"),
    Obstacle.State.RESOLVED: ("good", "✓"),
}


@register.inclusion_tag("components/badge.html")
def obstacle_state(obstacle: Obstacle) -> dict[str, str]:
    """A state as a coloured word with its sign."""
    tone, mark = _TONES[Obstacle.State(obstacle.state)]
    return {"tone": tone, "mark": mark, "label": obstacle.standing}
