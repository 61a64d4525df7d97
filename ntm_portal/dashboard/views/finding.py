"""Finding things: by name, and the row of the ledger behind a figure."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from criteria.history import finding_of_row
from criteria.models import Assessment, CriteriaSet
from ntm_portal.accounts.permissions import require
from ntm_portal.core import clock, ledger
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard.asked import Asked
from ntm_portal.dashboard.faults import empty_portal
from ntm_portal.dashboard.finding import find as find_by_name
from ntm_portal.dashboard.forms import SearchForm, StatusForm
from reports.queries.provenance import provenance

_SHOWN = 12
"""How many the palette shows; the search page shows them all."""


def _found(request: HttpRequest, words: str) -> list:
    position = request.ledger_position = ledger.current()
    return find_by_name(words, clock.today(), at=position) if CriteriaSet.objects.exists() else []


def search(request: HttpRequest) -> HttpResponse:
    """Everything that has a name, however it is typed; a single one opens at once."""
    require(request.user, "read_status")
    words = SearchForm.read(request.GET)["q"]
    found = _found(request, words) if words else []
    if len(found) == 1:
        return redirect(found[0].url)
    if not found and (empty := empty_portal(request)):
        return empty
    return render(request, "dashboard/search.html", {"title": "Tìm", "words": words, "found": found})


def find(request: HttpRequest) -> HttpResponse:
    """The same as a list for the palette; nothing typed shows the pages."""
    require(request.user, "read_status")
    words = SearchForm.read(request.GET)["q"]
    found = _found(request, words)
    context = {"words": words, "found": found[:_SHOWN], "more": max(len(found) - _SHOWN, 0)}
    return render(request, "dashboard/_found.html", context)


def ledger_row(request: HttpRequest, position: int) -> HttpResponse:
    """One row of the ledger: what every figure rests on. Rows of days to come are not there yet."""
    require(request.user, "read_status")
    given = StatusForm.read(request.GET)
    asked = Asked(given["ngay"], given["biet_den"], given["so_voi"])
    known = Assessment.objects.filter(as_of__lte=clock.today()).select_related("source")
    row = (
        known.filter(position=position)
        .select_related(
            "commune__district", "village", "indicator__criterion__criteria_set", "criterion", "recorded_by"
        )
        .first()
    )
    if row is None:
        raise NotFoundError(f"Sổ cái không có dòng số {position}.")
    same = known.filter(commune=row.commune, village=row.village, indicator=row.indicator, criterion=row.criterion)
    commune = row.commune
    context = {
        "title": f"Dòng sổ cái {position}",
        "trail": [("Tỉnh", "/"), (commune.full_name, f"/xa/{commune.code}/")],
        "carry": asked.query,
        "row": row,
        "finding": finding_of_row(row),
        "origin": provenance(row, request.user.scope),
        "others": same.order_by("-as_of", "-position")[:24],
    }
    return render(request, "dashboard/ledger_row.html", context)
