"""Status pages: province, district, commune, matrix, targets; search; one row of the ledger."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string

from communes.models import Commune, District, Village
from communes.queries import province_name
from criteria import summaries
from criteria.asking import Answer, answer, first_day
from criteria.engine.bands import BAND_LABELS, Band
from criteria.history import commune_history
from criteria.models import Assessment, CriteriaSet
from criteria.queries import CommuneStatus, Snapshot, snapshot, sources_of
from directives.models import Target
from directives.queries import State, target_results
from ntm_portal.accounts.models import Sponsorship
from ntm_portal.accounts.permissions import require
from ntm_portal.core import clock, ledger
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard.forms import SearchForm, StatusForm

_PARTS = ledger.Memory(96)


def _status_page(
    request: HttpRequest, template: str, build: Callable[[Answer], dict[str, Any]], *key: object
) -> HttpResponse:
    """A page about a day. What does not depend on the reader is rendered once for each ledger position."""
    require(request.user, "read_status")
    asked = StatusForm.read(request.GET)["ngay"]
    position = request.ledger_position = ledger.current()
    if not CriteriaSet.objects.exists():
        return render(request, "dashboard/empty.html", {"title": "Chưa có dữ liệu"})
    found = answer(asked, at=position)

    def part() -> dict[str, Any]:
        context = {"answer": found, "shown": found.snapshot, "day": asked, **build(found)}
        body = render_to_string(template, context)
        return {"title": context["title"], "trail": context.get("trail", ()), "part": body}

    made = _PARTS.find_or_build((template, key, found.snapshot.key, asked, clock.today()), part)
    page = made | {
        "answer": found,
        "shown": found.snapshot,
        "day": asked,
        "first_day": first_day(position) if not found.snapshot.has_data else None,
        "is_illustration": found.snapshot.is_illustration,
    }
    return render(request, "dashboard/status.html", page)


def _month_before(shown: Snapshot) -> Snapshot:
    return snapshot(shown.criteria_set.code, summaries.compared_day(shown), shown.known_at, at=shown.position)


def _in_trouble(results) -> list:
    """Targets in order of trouble; of equal ones the sooner due."""
    return sorted(results, key=lambda r: (r.state.trouble, r.target.due_on, r.target.order))


def province(request: HttpRequest) -> HttpResponse:
    """The whole province: targets in order of trouble, bands, average, districts."""

    def build(found: Answer) -> dict[str, Any]:
        shown = found.snapshot
        before = _month_before(shown)
        results = target_results(shown)
        wide = _in_trouble(r for r in results if not r.target.is_focus)
        return {
            "title": f"Tỉnh {province_name()}",
            "row": summaries.by_province(province_name(), shown, before),
            "before_on": before.as_of,
            "districts": summaries.by_district(shown, before),
            "targets": wide,
            "focus": _in_trouble(r for r in results if r.target.is_focus),
            "states": [(state, sum(r.state is state for r in wide)) for state in State],
            "below": next((r for r in wide if r.target.kind == Target.Kind.NO_COMMUNE_BELOW), None),
        }

    return _status_page(request, "dashboard/_province.html", build)


def district(request: HttpRequest, code: str) -> HttpResponse:
    """One district: its communes in order of trouble."""
    record = get_object_or_404(District, code=code)

    def build(found: Answer) -> dict[str, Any]:
        shown = found.snapshot
        before = _month_before(shown)
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

    return _status_page(request, "dashboard/_district.html", build, code)


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

    def build(found: Answer) -> dict[str, Any]:
        status, on = found.snapshot.by_code.get(code), found.snapshot.as_of
        trail = [("Tỉnh", "/"), (record.district.full_name, f"/huyen/{record.district.code}/")]
        return {
            "title": record.full_name,
            "trail": trail,
            "commune": record,
            "status": status,
            "sponsors": Sponsorship.objects.in_force(on).filter(commune=record).select_related("department"),
            "villages": Village.objects.in_force(on).filter(commune=record).order_by("sort_key"),
            **(_standing(status, found.snapshot) if status else {}),
        }

    return _status_page(request, "dashboard/_commune.html", build, code)


def _standing(status: CommuneStatus, shown: Snapshot) -> dict[str, Any]:
    sources = sources_of(status)
    return {
        "criteria": [
            (c, [(f, sources.get(f.entry.source_id) if f.entry else None) for f in c.indicators])
            for c in status.finding.criteria
        ],
        "history": commune_history(status, shown),
        "targets": [r for r in target_results(shown) if any(b.code == status.commune.code for b in r.outcome.blockers)],
    }


def matrix(request: HttpRequest) -> HttpResponse:
    """Every commune by every criterion."""

    def build(found: Answer) -> dict[str, Any]:
        shown = found.snapshot
        groups: dict[str, list[CommuneStatus]] = {}
        for status in shown.statuses:
            groups.setdefault(status.commune.district_name, []).append(status)
        return {
            "title": "Ma trận xã × tiêu chí",
            "trail": [("Tỉnh", "/")],
            "groups": list(groups.items()),
            "columns": summaries.criterion_counts(shown, shown.statuses, ()),
            "bands": [(band, BAND_LABELS[band]) for band in Band],
        }

    return _status_page(request, "dashboard/_matrix.html", build)


def targets(request: HttpRequest) -> HttpResponse:
    """Every target with its quote, state, blockers and forecast."""

    def build(found: Answer) -> dict[str, Any]:
        results = target_results(found.snapshot)
        return {
            "title": "Mục tiêu",
            "trail": [("Tỉnh", "/")],
            "wide": _in_trouble(r for r in results if not r.target.is_focus),
            "focus": _in_trouble(r for r in results if r.target.is_focus),
        }

    return _status_page(request, "dashboard/_targets.html", build)


def search(request: HttpRequest) -> HttpResponse:
    """Places by name, however it is typed; a single one opens at once."""
    require(request.user, "read_status")
    words = SearchForm.read(request.GET)["q"]
    today = clock.today()
    communes = districts = ()
    if words:
        communes = (
            Commune.objects.in_force(today).named_like(words).select_related("district").order_by("sort_key")[:50]
        )
        districts = District.objects.in_force(today).named_like(words).order_by("sort_key")
        found = [*districts, *communes]
        if len(found) == 1:
            kind = "district" if districts else "commune"
            return redirect(f"dashboard:{kind}", code=found[0].code)
    return render(
        request, "dashboard/search.html", {"title": "Tìm", "words": words, "communes": communes, "districts": districts}
    )


def ledger_row(request: HttpRequest, position: int) -> HttpResponse:
    """One row of the ledger: what every figure rests on. Rows of days to come are not there yet."""
    require(request.user, "read_status")
    day = StatusForm.read(request.GET)["ngay"]
    known = Assessment.objects.filter(as_of__lte=clock.today()).select_related("source")
    row = (
        known.filter(position=position)
        .select_related("commune__district", "village", "indicator", "criterion", "recorded_by")
        .first()
    )
    if row is None:
        raise NotFoundError(f"Sổ cái không có dòng số {position}.")
    same = known.filter(commune=row.commune, village=row.village, indicator=row.indicator, criterion=row.criterion)
    context = {
        "title": f"Dòng sổ cái {position}",
        "day": day,
        "row": row,
        "measurements": row.measurements.select_related("measure").order_by("measure__order"),
        "others": same.order_by("-as_of", "-position")[:24],
    }
    return render(request, "dashboard/ledger_row.html", context)
