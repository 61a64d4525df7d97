"""The calendar of due days: its private address, and what stands behind it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communes.queries import province_name
from directives.actions.calendars import make_calendar, revoke_calendar
from directives.calendar import CONTENT_TYPE, due_days, owner_of, serialize
from directives.models import CalendarKey
from directives.notices import task_url
from ntm_portal.accounts.permissions import require
from ntm_portal.core import clock


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """My calendar's address. A new one stands in the answer to the form and nowhere else."""
    require(request.user, "read_own_work")
    made = ""
    if request.method == "POST":
        key = make_calendar(request.user)
        made = request.build_absolute_uri(reverse("directives:calendar-feed", args=[key]))
    held = CalendarKey.objects.visible_to(request.user.scope).first()
    context = {"title": "Lịch hạn nhiệm vụ", "made": made, "held": held}
    return render(request, "directives/calendar_key.html", context)


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """My address opens nothing from now on."""
    require(request.user, "read_own_work")
    had = revoke_calendar(request.user)
    messages.success(request, "Đã hủy địa chỉ lịch." if had else "Bạn chưa có địa chỉ lịch nào.")
    return redirect("directives:calendar")


@never_cache
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """Due days of whoever the key belongs to; a wrong key, or that of somebody who has left, opens nothing."""
    user = owner_of(key)
    if user is None:
        raise Http404
    content = serialize(
        due_days(user.scope, today=clock.today()),
        name=f"Nhiệm vụ nông thôn mới {province_name()}".strip(),
        at=clock.now(),
        address=lambda task: request.build_absolute_uri(task_url(task.pk)),
        host=request.get_host().partition(":")[0],
    )
    return HttpResponse(content, content_type=CONTENT_TYPE)
