"""A chart on a page."""

from django import template

from ntm_portal.dashboard.charts.layers import Chart
from ntm_portal.dashboard.charts.rendering import chart_svg

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart(shown: Chart) -> dict[str, object]:
    """The drawing under its name and what it says, over its figures."""
    labelled_by = f"bieu-do-{shown.name}"
    return {"chart": shown, "labelled_by": labelled_by, "drawing": chart_svg(shown.spec, labelled_by=labelled_by)}
