"""The map of the communes, coloured by what is asked."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from communes.geometry import Style
from ntm_portal.dashboard import maps
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.forms import MapForm
from ntm_portal.dashboard.views.page import status_page


def map_page(request: HttpRequest) -> HttpResponse:
    """Where the communes stand, at a glance, and the same as a table."""

    def build(reading: Reading) -> dict[str, Any]:
        style = Style(reading.given["kieu"]) if reading.given["kieu"] else None
        drawn = maps.province_map(reading.shown, reading.given["to_mau"], style=style)
        found = [(mode, _href(reading, to_mau=mode.key)) for mode in maps.modes(reading.shown.criteria_set)]
        return {
            "title": "Bản đồ",
            "trail": [("Tỉnh", "/")],
            "map": drawn,
            "modes": [pair for pair in found if not pair[0].is_criterion],
            "criteria": [mode for mode, _ in found if mode.is_criterion],
            "kept": [*reading.asked.pairs, *([("kieu", style)] if style else [])],
            "styles": [(name, _href(reading, kieu=key), key is drawn.style) for key, name in _STYLES.items()],
            "lacks_outlines": style is Style.OUTLINES and not drawn.can_outline,
        }

    return status_page(request, "dashboard/_map.html", build, form=MapForm)


_STYLES = {Style.OUTLINES: "Ranh giới thật", Style.TILES: "Ô đều nhau"}


def _href(reading: Reading, **changed: str) -> str:
    """This page with the time kept, and one choice changed."""
    asked = {name: reading.given[name] for name in ("to_mau", "kieu")} | changed
    return f"?{urlencode([*reading.asked.pairs, *((k, v) for k, v in asked.items() if v)], safe=':')}"
