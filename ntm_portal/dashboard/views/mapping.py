"""The map of the communes, coloured by what is asked, and the list of those that are picked."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from communes.geometry import Style
from criteria.picking import commune_fits
from criteria.queries import CommuneStatus, Snapshot
from ntm_portal.core.errors import BadQueryError
from ntm_portal.dashboard import maps
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.forms import MapForm
from ntm_portal.dashboard.listings import picked_table
from ntm_portal.dashboard.views.page import status_page

_STYLES = {Style.OUTLINES: "Ranh giới thật", Style.TILES: "Ô đều nhau"}


def map_page(request: HttpRequest) -> HttpResponse:
    """Where the communes stand, at a glance; filters pick, the map fades the rest and the table lists the picked."""
    return status_page(request, "dashboard/_map.html", _build, form=MapForm)


def _build(reading: Reading) -> dict[str, Any]:
    given, shown = reading.given, reading.shown
    style = Style(given["kieu"]) if given["kieu"] else None
    drawn = maps.province_map(shown, given["to_mau"], style=style)
    asked = {MapForm.FILTERS[name]: given[name] for name in MapForm.FILTERS if given[name] not in (None, "")}
    districts = {s.commune.district_code: s.commune.district_name for s in shown.statuses}
    _check(asked, districts, shown)
    picked = _picked(drawn, asked)
    return {
        "title": "Bản đồ và danh sách xã",
        "trail": [("Tỉnh", "/")],
        "map": maps.only(drawn, {s.commune.code for s in picked}) if asked else drawn,
        "table": picked_table(picked, drawn, reading),
        "is_picked": bool(asked),
        "form": MapForm(given),
        "districts": sorted(districts.items()),
        "criteria": shown.criteria_set.criteria,
        "cleared": reading.href(**dict.fromkeys(MapForm.FILTERS, "")),
        "kept": [*reading.asked.pairs, *((n, given[n]) for n in ("to_mau", "kieu", "sap_xep") if given[n])],
        "modes": [(m, reading.href(to_mau=m.key)) for m in maps.modes(shown.criteria_set) if not m.is_criterion],
        "criterion_modes": [m for m in maps.modes(shown.criteria_set) if m.is_criterion],
        "kept_for_mode": [
            (n, v) for n, v in [*reading.asked.pairs, *given.items()] if v and n not in {"to_mau", "xuat"}
        ],
        "styles": [(name, reading.href(kieu=key.value), key is drawn.style) for key, name in _STYLES.items()],
        "lacks_outlines": style is Style.OUTLINES and not drawn.can_outline,
    }


def _picked(drawn: maps.MapView, asked: dict[str, Any]) -> list[CommuneStatus]:
    return [unit.status for unit in drawn.rows if unit.status and commune_fits(unit.status, asked)]


def _check(asked: dict[str, Any], districts: dict[str, str], shown: Snapshot) -> None:
    """Raise BadQueryError for a district or a criterion that there is not."""
    if asked.get("district", next(iter(districts), "")) not in districts:
        words = f"Không có huyện mang mã {asked['district']}. Nhận: {', '.join(sorted(districts))}."
        raise BadQueryError(words, {"huyen": [words]})
    numbers = [criterion.number for criterion in shown.criteria_set.criteria]
    if asked.get("criterion_not_met", numbers[0]) not in numbers:
        words = f"Không có tiêu chí số {asked['criterion_not_met']}. Nhận: {numbers[0]} đến {numbers[-1]}."
        raise BadQueryError(words, {"chua_dat": [words]})
