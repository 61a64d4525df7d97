"""The places: province, district, commune."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from communes.models import Commune, District, Village
from communes.queries import province_name
from criteria import summaries
from criteria.history import commune_history
from criteria.queries import CommuneStatus, Snapshot, sources_of
from criteria.trends import trend
from directives.models import Target
from directives.queries import State, target_results
from ntm_portal.accounts.models import Sponsorship
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.charts.layers import Chart
from ntm_portal.dashboard.charts.specifications import average_trend, band_trend, commune_trend, criterion_tally
from ntm_portal.dashboard.views.page import status_page


def in_trouble(results) -> list:
    """Targets in order of trouble; of equal ones the sooner due."""
    return sorted(results, key=lambda r: (r.state.trouble, r.target.due_on, r.target.order))


def province(request: HttpRequest) -> HttpResponse:
    """The whole province: targets in order of trouble, bands, average, districts."""

    def build(reading: Reading) -> dict[str, Any]:
        shown = reading.shown
        before = reading.before
        results = target_results(shown)
        wide = in_trouble(r for r in results if not r.target.is_focus)
        row = summaries.by_province(province_name(), shown, before)
        return {
            "title": f"Tỉnh {province_name()}",
            "row": row,
            "trends": _trends(shown),
            "tally": criterion_tally(row.criteria),
            "before_on": before.as_of,
            "districts": summaries.by_district(shown, before),
            "targets": wide,
            "focus": in_trouble(r for r in results if r.target.is_focus),
            "states": [(state, sum(r.state is state for r in wide)) for state in State],
            "below": next((r for r in wide if r.target.kind == Target.Kind.NO_COMMUNE_BELOW), None),
        }

    return status_page(request, "dashboard/_province.html", build)


def _trends(shown: Snapshot) -> list[Chart]:
    """How the communes came to stand where they stand; none without data."""
    points = trend(shown)
    return [average_trend(points), band_trend(points)] if points else []


def district(request: HttpRequest, code: str) -> HttpResponse:
    """One district: its communes in order of trouble."""
    record = get_object_or_404(District, code=code)

    def build(reading: Reading) -> dict[str, Any]:
        shown = reading.shown
        before = reading.before
        return {
            "title": record.full_name,
            "trail": [("Tỉnh", "/")],
            "district": record,
            "row": next((r for r in summaries.by_district(shown, before) if r.code == code), None),
            "rows": _with_gains((s for s in shown.statuses if s.commune.district_code == code), before),
            "before_on": before.as_of,
            "others": Commune.objects.in_force(shown.as_of)
            .filter(district=record)
            .exclude(kind=Commune.Kind.XA)
            .order_by("sort_key"),
        }

    return status_page(request, "dashboard/_district.html", build, code)


def _with_gains(statuses: Iterable[CommuneStatus], before: Snapshot) -> list[tuple[CommuneStatus, int | None]]:
    """Communes in order of trouble, each with the criteria gained since; none where it did not exist then."""
    rows = []
    for status in sorted(statuses, key=lambda s: (s.finding.criteria_met, s.commune.sort_key)):
        then = before.by_code.get(status.commune.code)
        rows.append((status, status.finding.criteria_met - then.finding.criteria_met if then else None))
    return rows


def commune(request: HttpRequest, code: str) -> HttpResponse:
    """One commune: where it stands, what is nearest, every indicator with its source."""
    record = get_object_or_404(Commune.objects.select_related("district"), code=code)

    def build(reading: Reading) -> dict[str, Any]:
        status, on = reading.shown.by_code.get(code), reading.shown.as_of
        trail = [("Tỉnh", "/"), (record.district.full_name, f"/huyen/{record.district.code}/")]
        return {
            "title": record.full_name,
            "trail": trail,
            "commune": record,
            "status": status,
            "sponsors": Sponsorship.objects.in_force(on).filter(commune=record).select_related("department"),
            "villages": Village.objects.in_force(on).filter(commune=record).order_by("sort_key"),
            **(_standing(status, reading.shown) if status else {}),
        }

    return status_page(request, "dashboard/_commune.html", build, code)


def _standing(status: CommuneStatus, shown: Snapshot) -> dict[str, Any]:
    sources = sources_of(status)
    history = commune_history(status, shown)
    return {
        "criteria": [
            (c, [(f, sources.get(f.entry.source_id) if f.entry else None) for f in c.indicators])
            for c in status.finding.criteria
        ],
        "history": history,
        "chart": commune_trend(history.points, status.finding.criteria_total) if history.points else None,
        "targets": [r for r in target_results(shown) if any(b.code == status.commune.code for b in r.outcome.blockers)],
    }
