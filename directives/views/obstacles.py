"""Obstacles: the list, one with what was done about it, raising one, and the list for UBND tỉnh."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from directives import obstacles
from directives.actions.obstacles import join_obstacle, raise_obstacle
from directives.forms.obstacles import STATES, AboutForm, DecisionForm, ListForm, RaiseForm
from directives.models import Obstacle
from directives.obstacles import Choices, Row
from directives.views.obstacle_forms import Sent, offered
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import audit, clock
from ntm_portal.core.errors import DomainError
from ntm_portal.core.sheets import XLSX, write_xlsx

PER_PAGE = 25
_TITLE = "Khó khăn, vướng mắc"
_COLUMNS = ["Mã", "Nội dung", "Về", "Huyện", "Đơn vị nêu", "Nêu ngày", "Số ngày", "Trạng thái", "Giải quyết"]
_COLUMNS += ["Hạn trả lời", "Tình hình trả lời", "Trả lời", "Báo cáo tại"]
TRAIL = [("Tỉnh", "/"), ("Vướng mắc", "/vuong-mac/")]


@require_safe
def obstacle_list(request: HttpRequest) -> HttpResponse:
    """What stands in the way, the oldest first, with its age and how far the answer is."""
    require(request.user, "read_own_work")
    given, scope, today = ListForm.read(request.GET), request.user.scope, clock.today()
    found = obstacles.obstacles_asked(scope, ListForm.asked(given), today=today)
    asked = {name: value for name, value in given.items() if value and name not in {"trang", "xuat"}}
    if given["xuat"]:
        return _file([Row(o, today) for o in found], asked)
    page = Paginator(found, PER_PAGE).get_page(given["trang"] or 1)
    context = {
        "title": _TITLE,
        "page": page,
        "rows": [Row(o, today) for o in page.object_list],
        "tally": obstacles.tally(scope, today=today),
        "given": given,
        "asked": urlencode(asked),
        "choices": Choices.of(scope),
        "states": STATES,
        "office": obstacles.OFFICE,
        "has_own": bool(scope.department_ids),
        **_rights(request),
    }
    return render(request, "directives/obstacle_list.html", context)


def _rights(request: HttpRequest) -> dict[str, bool]:
    return {
        "may_raise": may(request.user, "raise_obstacles"),
        "may_escalate": may(request.user, "escalate_obstacles"),
    }


def _file(rows: list[Row], asked: dict[str, Any]) -> HttpResponse:
    """The rows of the list as a workbook."""
    audit.record_anyway(audit.Kind.EXPORTED, name=_TITLE, note=f"{len(rows)} dòng; {urlencode(asked)}".strip("; "))
    response = HttpResponse(write_xlsx(_TITLE, _COLUMNS, map(cells, rows)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="vuong-mac-{clock.today():%Y-%m-%d}.xlsx"'
    return response


def cells(row: Row) -> list[Any]:
    held = row.obstacle
    return [
        held.pk,
        held.description,
        row.about,
        held.commune.district.full_name if held.commune else "",
        held.raised_by.name,
        clock.local(held.raised_at).date(),
        row.age,
        held.standing,
        held.owner.name if held.owner else "Văn phòng điều phối",
        held.answer_by,
        row.answer_words,
        held.answer,
        held.escalated_in,
    ]


@require_safe
def obstacle_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One obstacle, what was done about it, and what this person may do."""
    require(request.user, "read_own_work")
    return detail_page(request, pk)


def detail_page(request: HttpRequest, pk: int, sent: Sent | None = None, status: int = 200) -> HttpResponse:
    """The page of one, with a form that came back where there is something to mend."""
    obstacle = get_object_or_404(Obstacle.objects.visible_to(request.user.scope).with_about(), pk=pk)
    steps = obstacles.steps_of(obstacle)
    context = {
        "title": f"Vướng mắc {obstacle.pk}",
        "trail": TRAIL,
        "row": Row(obstacle, clock.today()),
        "obstacle": obstacle,
        "steps": steps,
        "offered": offered(obstacle, request.user, last=steps[-1].pk if steps else 0, sent=sent),
    }
    return render(request, "directives/obstacle_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Tell of an obstacle; the ones that seem to be the same are offered first."""
    require(request.user, "raise_obstacles")
    if request.method != "POST":
        about = AboutForm.read(request.GET)
        initial = {
            "xa": about["xa"] and about["xa"].code,
            "chi_tieu": about["chi_tieu"] and about["chi_tieu"].code,
            "nhiem_vu": about["nhiem_vu"] and about["nhiem_vu"].pk,
        }
        return _form(request, RaiseForm(user=request.user, initial=initial))
    form, decision = RaiseForm(request.POST, user=request.user), DecisionForm(request.POST)
    if not form.is_valid() or not decision.is_valid():
        return _form(request, form, status=400)
    try:
        return _raise(request, form, decision.cleaned_data)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(request, form, status=refused.status)


def _form(
    request: HttpRequest, form: RaiseForm, similar: list[Obstacle] | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    rows = [Row(o, today) for o in similar or ()]
    context = {"title": "Nêu vướng mắc", "trail": TRAIL, "form": form, "similar": rows}
    return render(request, "directives/obstacle_form.html", context, status=status)


def _raise(request: HttpRequest, form: RaiseForm, decision: dict[str, Any]) -> HttpResponse:
    """Join the one that was chosen, offer those that are alike, or raise a new one. Raises what the acts raise."""
    said, body, scope = form.cleaned_data["noi_dung"], form.cleaned_data["don_vi"], request.user.scope
    if decision["cung"]:
        same = get_object_or_404(Obstacle.objects.visible_to(scope), pk=decision["cung"])
        join_obstacle(same, department=body, text=said, by=request.user)
        messages.success(request, f"Đã ghi {body.short_name} cùng nêu vướng mắc này.")
        return redirect(same)
    similar = [] if decision["la"] else obstacles.similar_open(said, scope, body=body, **form.about)
    if similar:
        return _form(request, form, similar)
    made = raise_obstacle(said, raised_by=body, by=request.user, **form.about)
    messages.success(request, "Đã nêu vướng mắc; Văn phòng điều phối đã được báo.")
    return redirect(
        made if Obstacle.objects.visible_to(scope).filter(pk=made.pk).exists() else "directives:obstacle-list"
    )
