"""How parts of tasks look, and where targets and tasks have their pages."""

from datetime import date

from django import template

from directives.models import Assignment
from directives.notices import target_url as page_of_target
from directives.notices import task_url as page_of_task

register = template.Library()

_TONES = {
    Assignment.State.GIVEN: ("unknown", "○"),
    Assignment.State.ACCEPTED: ("steady", "→"),
    Assignment.State.PROPOSED: ("exempt", "…"),
    Assignment.State.DONE: ("good", "✓"),
}


@register.inclusion_tag("components/badge.html")
def part_badge(part: Assignment, today: date) -> dict[str, str]:
    """Where a body's part stands on the day, as a coloured word with its sign."""
    if part.is_overdue(today):
        days = (today - part.due_on).days
        return {"tone": "bad", "mark": "✗", "label": f"Quá hạn {days} ngày"}
    tone, mark = _TONES[Assignment.State(part.state)]
    return {"tone": tone, "mark": mark, "label": part.get_state_display()}


@register.filter
def target_url(target: int) -> str:
    return page_of_target(target)


@register.filter
def task_url(task: int) -> str:
    return page_of_task(task)
