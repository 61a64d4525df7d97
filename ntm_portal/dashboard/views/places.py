"""The places: province, district, commune."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from communes.models import Commune, District, Village
from communes.queries import province_name
from criteria import summaries
from criteria.changes import changes_between
from criteria.queries import Snapshot
from criteria.summaries import SummaryRow
from criteria.trends import trend
from directives.models import Target
from directives.queries import State, TargetResult, target_results
from ntm_portal.accounts.models import Sponsorship
from ntm_portal.accounts.permissions import may
from ntm_portal.dashboard import maps
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.charts.layers import Chart
from ntm_portal.dashboard.charts.specifications import average_trend, band_trend, criterion_tally
from ntm_portal.dashboard.forms import TableForm
from ntm_portal.dashboard.listings import communes_table, districts_table
from ntm_portal.dashboard.profile import profile
from ntm_portal.dashboard.views.filing import province_filing
from ntm_portal.dashboard.views.obstacles import province_obstacles
from ntm_portal.dashboard.views.page import status_page, together
from ntm_portal.dashboard.views.tasks import commune_tasks, province_tasks
from reports.queries.about import about_commune

_WEAKEST = 6
"""How many of the weakest criteria a district's page names."""


def in_trouble(results) -> list[TargetResult]:
    """Targets in order of trouble; of equal ones the sooner due."""
    return sorted(results, key=lambda r: (r.state.trouble, r.target.due_on, r.target.order))


def trend_charts(shown: Snapshot, district: str | None = None) -> list[Chart]:
    """How the communes came to stand where they stand, of a district or of all; none without data."""
    points = trend(shown, among=(lambda c: c.district_code == district) if district else None)
    return [average_trend(points), band_trend(points)] if points else []


def _standing(row: SummaryRow, year_row: SummaryRow, reading: Reading) -> dict[str, Any]:
    """Counts of one group of communes against a month and a year before."""
    return {
        "row": row,
        "year_row": year_row,
        "bands": list(zip(row.bands, year_row.bands, strict=True)),
        "tiers": list(zip(row.recognised, year_row.recognised, strict=True)),
        "before_on": reading.before.as_of,
        "year_on": reading.year_before.as_of,
    }


def _province(reading: Reading) -> dict[str, Any]:
    shown, before, name = reading.shown, reading.before, province_name()
    results = target_results(shown)
    wide = in_trouble(r for r in results if not r.target.is_focus)
    counts = [(state, sum(r.state is state for r in wide)) for state in (State.MISSED, State.AT_RISK)]
    row = summaries.by_province(name, shown, before)
    return {
        "title": f"Tỉnh {name}",
        "targets": wide,
        "focus": in_trouble(r for r in results if r.target.is_focus),
        "going_well": sum(r.state in {State.MET, State.ON_TRACK} for r in wide),
        "trouble": [(state, count) for state, count in counts if count],
        "below": next((r for r in wide if r.target.kind == Target.Kind.NO_COMMUNE_BELOW), None),
        "changes": changes_between(shown, before),
        "map": maps.province_map(shown),
        "trends": trend_charts(shown),
        "tally": criterion_tally(row.criteria) if shown.has_data else None,
        "table": districts_table(summaries.by_district(shown, before), row, reading),
        **_standing(row, summaries.by_province(name, shown, reading.year_before), reading),
    }


def province(request: HttpRequest) -> HttpResponse:
    """The whole province: the answer, targets in order of trouble, bands, changes, districts."""
    parts = together(province_tasks, province_obstacles, province_filing)
    return status_page(request, "dashboard/_province.html", _province, form=TableForm, beside=parts)


def district(request: HttpRequest, code: str) -> HttpResponse:
    """One district: its bands, what changed, its communes in order of trouble."""
    record = get_object_or_404(District, code=code)

    def build(reading: Reading) -> dict[str, Any]:
        shown, before = reading.shown, reading.before
        context = {
            "title": record.full_name,
            "record": record,
            "trail": [("Tỉnh", "/")],
            "stands_without_data": True,
            "others": Commune.objects.in_force(shown.as_of)
            .filter(district=record)
            .exclude(kind=Commune.Kind.XA)
            .order_by("sort_key"),
        }
        row = summaries.of_district(code, shown, before)
        if row is None:
            return context
        own = [s for s in shown.statuses if s.commune.district_code == code]
        own.sort(key=lambda s: (s.finding.criteria_met, s.commune.sort_key))
        return context | {
            "changes": changes_between(shown, before, among=lambda s: s.commune.district_code == code),
            "map": maps.district_map(shown, code),
            "trends": trend_charts(shown, code)[:1],
            "weakest": sorted(row.criteria, key=lambda c: (c.met, c.number))[:_WEAKEST],
            "table": communes_table(
                own, reading, name=f"huyen-{code}", caption=f"{len(own)} xã, ít tiêu chí nhất trước"
            ),
            **_standing(row, summaries.of_district(code, shown, reading.year_before), reading),
        }

    return status_page(request, "dashboard/_district.html", build, code, form=TableForm)


def commune(request: HttpRequest, code: str) -> HttpResponse:
    """One commune: where it stands, what is nearest, every indicator with its source."""
    record = get_object_or_404(Commune.objects.select_related("district"), code=code)

    def build(reading: Reading) -> dict[str, Any]:
        status, on = reading.shown.by_code.get(code), reading.shown.as_of
        trail = [("Tỉnh", "/"), (record.district.full_name, f"/huyen/{record.district.code}/")]
        return {
            "title": record.full_name,
            "record": record,
            "trail": trail,
            "stands_without_data": True,
            "trail_query": f"loai=communes.commune&so={record.pk}",
            "commune": record,
            "status": status,
            "sponsors": Sponsorship.objects.in_force(on).filter(commune=record).select_related("department"),
            "villages": Village.objects.in_force(on).filter(commune=record).order_by("sort_key"),
            **(profile(status, reading) if status and status.last_assessed_on else {}),
        }

    def beside(request: HttpRequest, reading: Reading) -> str:
        work = about_commune(record, request.user.scope, on=reading.shown.as_of)
        context = {"work": work, "code": code, "may_raise": may(request.user, "raise_obstacles")}
        return render_to_string("dashboard/_commune_work.html", context)

    parts = together(beside, commune_tasks(record))
    return status_page(request, "dashboard/_commune.html", build, code, beside=parts)
