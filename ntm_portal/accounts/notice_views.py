"""What one has to know: the list behind the bell, and how it goes by e-mail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ntm_portal.accounts.forms import NoticePreferencesForm, NoticesForm
from ntm_portal.accounts.models import Notice
from ntm_portal.accounts.notices import KINDS
from ntm_portal.core import clock

PER_PAGE = 30


@never_cache
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """My notices: unread first, then the latest."""
    given = NoticesForm.read(request.GET)
    rows = Notice.objects.visible_to(request.user.scope)
    rows = rows.alias(is_read=Q(read_at__isnull=False)).order_by("is_read", "-created_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(given["trang"] or 1)
    context = {
        "title": "Thông báo",
        "notices": [(notice, KINDS[notice.kind].label if notice.kind in KINDS else "") for notice in page],
        "page": page,
    }
    return render(request, "accounts/notices.html", context)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """I know this one."""
    _mark_read(request, pk)
    return redirect("accounts:notices")


@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """I know this one, and want to see what it is about."""
    return redirect(_mark_read(request, pk).url)


def _mark_read(request: HttpRequest, pk: int) -> Notice:
    """The first reading counts."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user.scope), pk=pk)
    Notice.objects.unread().filter(pk=pk).update(read_at=clock.now())
    return notice


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """I know all of them."""
    count = Notice.objects.visible_to(request.user.scope).unread().update(read_at=clock.now())
    messages.success(request, f"Đã đánh dấu {count} thông báo là đã đọc." if count else "Không còn thông báo chưa đọc.")
    return redirect("accounts:notices")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which kinds of notice follow by e-mail, and how."""
    form = NoticePreferencesForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Đã lưu cách nhận thông báo.")
        return redirect("accounts:notice-preferences")
    return render(request, "accounts/notice_preferences.html", {"title": "Cách nhận thông báo", "form": form})
