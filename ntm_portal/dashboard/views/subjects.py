"""What is asked and who answers for it: criteria, and the bodies in charge."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from criteria import summaries
from criteria.charge import Charge, by_indicator, charges
from criteria.models import Criterion
from criteria.queries import CommuneStatus
from ntm_portal.accounts.models import Department, Sponsorship
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard import maps
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.forms import TableForm
from ntm_portal.dashboard.listings import (
    communes_table,
    criteria_table,
    departments_table,
    indicators_table,
    lacking_table,
)
from ntm_portal.dashboard.views.filing import body_filing
from ntm_portal.dashboard.views.obstacles import body_obstacles
from ntm_portal.dashboard.views.page import status_page, together
from ntm_portal.dashboard.views.tasks import body_tasks


def _charges(reading: Reading) -> tuple[Charge, ...]:
    return charges(reading.shown.criteria_set.code, reading.shown.as_of)


def criteria(request: HttpRequest) -> HttpResponse:
    """All criteria, the weakest first."""

    def build(reading: Reading) -> dict[str, Any]:
        shown = reading.shown
        counts = summaries.criterion_counts(shown, shown.statuses, reading.before.statuses)
        counts = sorted(counts, key=lambda c: (c.met, c.number))
        return {
            "title": "Tiêu chí",
            "lede": "Yếu nhất trước: số xã đạt từng tiêu chí và đơn vị chủ trì.",
            "trail": [("Tỉnh", "/")],
            "table": criteria_table(counts, _charges(reading), reading),
        }

    return status_page(request, "dashboard/_table.html", build, "criteria", form=TableForm)


def criterion(request: HttpRequest, number: int) -> HttpResponse:
    """One criterion: its indicators, who answers for them, the communes that do not meet it, nearest first."""

    def build(reading: Reading) -> dict[str, Any]:
        shown = reading.shown
        spec = next((c for c in shown.criteria_set.criteria if c.number == number), None)
        if spec is None:
            raise NotFoundError(f"Bộ tiêu chí không có tiêu chí số {number}.")
        counts = summaries.criterion_counts(shown, shown.statuses, reading.before.statuses)
        return {
            "title": f"Tiêu chí {number}: {spec.name}",
            "trail": [("Tỉnh", "/"), ("Tiêu chí", "/tieu-chi/")],
            "count": next(c for c in counts if c.number == number),
            "before_on": reading.before.as_of,
            "indicators": summaries.indicator_counts(shown.statuses, {number}),
            "charges": by_indicator(_charges(reading)),
            "map": maps.province_map(shown, f"tc-{number}"),
            "basis": Criterion.objects.get(pk=spec.id).basis,
            "table": lacking_table(_lacking(number, shown.statuses), number, reading),
        }

    return status_page(request, "dashboard/_criterion.html", build, number, form=TableForm)


def _lacking(number: int, statuses) -> list[CommuneStatus]:
    """Communes that do not meet the criterion, those that lack least first."""
    found = []
    for status in statuses:
        step = next((s for s in status.steps if s.finding.criterion.number == number), None)
        if step is not None:
            found.append((step.distance, status.commune.sort_key, status))
    return [status for *_, status in sorted(found, key=lambda row: row[:2])]


def departments(request: HttpRequest) -> HttpResponse:
    """Every body, with what it answers for."""

    def build(reading: Reading) -> dict[str, Any]:
        helped = Sponsorship.objects.in_force(reading.shown.as_of).values_list("department_id", flat=True)
        return {
            "title": "Đơn vị",
            "lede": "Ai phụ trách chỉ tiêu nào, giúp đỡ xã nào.",
            "trail": [("Tỉnh", "/")],
            "table": departments_table(Department.objects.all(), _charges(reading), list(helped), reading),
        }

    return status_page(request, "dashboard/_table.html", build, "departments", form=TableForm)


def department(request: HttpRequest, code: str) -> HttpResponse:
    """One body: the indicators it answers for, the communes it helps, the district it heads."""
    body = get_object_or_404(Department.objects.select_related("district"), code=code)

    def build(reading: Reading) -> dict[str, Any]:
        shown = reading.shown
        own = [charge for charge in _charges(reading) if charge.department_code == code]
        counts = {c.indicator.code: c for c in summaries.indicator_counts(shown.statuses, {c.criterion for c in own})}
        helped = Sponsorship.objects.in_force(shown.as_of).filter(department=body).select_related("commune__district")
        context = {
            "title": body.name,
            "record": body,
            "trail": [("Tỉnh", "/"), ("Đơn vị", "/don-vi/")],
            "stands_without_data": True,
            "body": body,
            "sponsorships": list(helped),
        }
        if body.district:
            communes = [s for s in shown.statuses if s.commune.district_code == body.district.code]
            communes.sort(key=lambda s: (s.finding.criteria_met, s.commune.sort_key))
            table = communes_table(
                communes,
                reading,
                name=f"don-vi-{code}",
                caption=f"{len(communes)} xã của huyện, ít tiêu chí nhất trước",
            )
            return context | {"table": table}
        return context | {"charges": own, "table": indicators_table(own, counts, reading)}

    parts = together(body_tasks(body), body_filing(body), body_obstacles(body))
    return status_page(request, "dashboard/_department.html", build, code, form=TableForm, beside=parts)
