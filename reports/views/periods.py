"""Periods: what there is, how far each has come; opening, closing and reopening."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import clock
from reports.actions.errors import TransitionError
from reports.actions.opening import close_period, make_calendar, open_period, reopen_period
from reports.forms.periods import PeriodsForm, ReasonForm, YearForm
from reports.models import ReportingPeriod
from reports.queries.calendar import next_year, periods_with_counts, time_of
from reports.tabs import tabs


def _page(
    request: HttpRequest,
    year: int | None = None,
    *,
    refused: tuple[int, ReasonForm] | None = None,
    calendar: YearForm | None = None,
) -> HttpResponse:
    """The list of a year, with a form that was refused where it stands."""
    years = list(ReportingPeriod.objects.order_by("-year").values_list("year", flat=True).distinct())
    today = clock.today()
    shown = year or (today.year if today.year in years or not years else years[0])
    pk, form = refused or (None, None)
    context = {
        "title": "Kỳ báo cáo",
        "trail": [("Tỉnh", "/")],
        "tabs": tabs(request),
        "rows": [
            (period, time_of(period, today), form if period.pk == pk else ReasonForm(auto_id=f"{period.pk}_%s"))
            for period in periods_with_counts().filter(year=shown)
        ],
        "refused": pk,
        "years": years,
        "year": shown,
        "may_edit": may(request.user, "edit_periods"),
        "calendar": calendar or YearForm(initial={"year": next_year(today)}),
    }
    return render(request, "reports/period_list.html", context)


@require_safe
def period_list(request: HttpRequest) -> HttpResponse:
    """The periods of a year, the latest first."""
    require(request.user, "read_own_work")
    return _page(request, PeriodsForm.read(request.GET)["nam"])


@require_POST
def add_calendar(request: HttpRequest) -> HttpResponse:
    """The periods of a whole year in one act."""
    require(request.user, "edit_periods")
    form = YearForm(request.POST)
    if not form.is_valid():
        return _page(request, calendar=form)
    year = form.cleaned_data["year"]
    added = make_calendar(year)
    messages.success(request, f"Đã lập {len(added)} kỳ của năm {year}." if added else f"Năm {year} đã đủ 16 kỳ.")
    return redirect(_address(year))


def _address(year: int) -> str:
    return f"{reverse('reports:period-list')}?nam={year}"


@require_POST
def open_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw up who owes what; once more only adds who has come to owe something since."""
    require(request.user, "edit_periods")
    period = get_object_or_404(ReportingPeriod, pk=pk)
    verb = "Bổ sung kỳ" if period.is_open else "Đã mở kỳ"
    try:
        opened = open_period(period, by=request.user)
    except TransitionError as error:
        messages.error(request, error.message)
        return redirect(_address(period.year))
    count = len(opened.obligations)
    drawn_up = f"thêm {count} báo cáo phải nộp, {opened.lines} dòng đã điền sẵn" if count else "không có đơn vị mới"
    messages.success(request, f"{verb} {str(period).lower()}: {drawn_up}.")
    return redirect(_address(period.year))


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing can be written any more, for a reason."""
    return _turn(request, pk, close_period, "Đã đóng kỳ")


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Reports can be written and corrected again, for a reason."""
    return _turn(request, pk, reopen_period, "Đã mở lại kỳ")


def _turn(request: HttpRequest, pk: int, act, done: str) -> HttpResponse:
    require(request.user, "edit_periods")
    period = get_object_or_404(ReportingPeriod, pk=pk)
    form = ReasonForm(request.POST, auto_id=f"{pk}_%s")
    if not form.is_valid():
        return _page(request, period.year, refused=(pk, form))
    try:
        act(period, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{done} {str(period).lower()}.")
    except TransitionError as error:
        messages.error(request, error.message)
    return redirect(_address(period.year))
