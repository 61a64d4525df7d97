"""Finding things: search by name, and the row of the ledger behind a figure."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from communes.models import Commune, District
from criteria.models import Assessment
from ntm_portal.accounts.permissions import require
from ntm_portal.core import clock
from ntm_portal.core.errors import NotFoundError
from ntm_portal.dashboard.asked import Asked
from ntm_portal.dashboard.faults import empty_portal
from ntm_portal.dashboard.forms import SearchForm, StatusForm


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
    if not communes and not districts and (empty := empty_portal(request)):
        return empty
    return render(
        request, "dashboard/search.html", {"title": "Tìm", "words": words, "communes": communes, "districts": districts}
    )


def ledger_row(request: HttpRequest, position: int) -> HttpResponse:
    """One row of the ledger: what every figure rests on. Rows of days to come are not there yet."""
    require(request.user, "read_status")
    given = StatusForm.read(request.GET)
    asked = Asked(given["ngay"], given["biet_den"], given["so_voi"])
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
        "carry": asked.query,
        "row": row,
        "measurements": row.measurements.select_related("measure").order_by("measure__order"),
        "others": same.order_by("-as_of", "-position")[:24],
    }
    return render(request, "dashboard/ledger_row.html", context)
