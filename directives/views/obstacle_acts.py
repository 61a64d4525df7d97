"""What is done about obstacles, and which of them go to UBND tỉnh in which document."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directives import obstacles
from directives.actions.obstacles import name_escalation
from directives.forms.obstacles import ExtractForm, NameForm
from directives.letters import DOCX
from directives.models import Obstacle
from directives.obstacle_extract import obstacle_extract, obstacle_sheet
from directives.views.obstacle_forms import ACTS, Sent
from directives.views.obstacles import TRAIL, detail_page
from ntm_portal.accounts.permissions import NotAllowedError, require
from ntm_portal.core import audit, clock
from ntm_portal.core.errors import DomainError
from ntm_portal.core.sheets import XLSX

_TITLE = "Kiến nghị chờ báo cáo UBND tỉnh"


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act on one obstacle; what cannot be taken is said at its form, and nothing of it is kept."""
    wanted = ACTS[name]
    require(request.user, wanted.right)
    obstacle = get_object_or_404(Obstacle.objects.visible_to(request.user.scope), pk=pk)
    if not wanted.is_for(obstacle, request.user):
        raise NotAllowedError("Việc này là của đơn vị khác.", act=wanted.right)
    form, status = wanted.form(request.POST, last=0, name=name), 400
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            wanted.do(obstacle, by=request.user, seen=given.pop("buoc"), **given)
        except DomainError as refused:
            field = refused.details.get("field")
            form.add_error(field if field in form.fields else None, refused.message)
            status = refused.status
        else:
            messages.success(request, wanted.said)
            return redirect("directives:obstacle-detail", pk)
    return detail_page(request, pk, Sent(name, form), status)


@require_http_methods(["GET", "HEAD", "POST"])
def escalations(request: HttpRequest) -> HttpResponse:
    """The list for UBND tỉnh that has not gone out yet, as a page and as a file; naming the document it goes out in."""
    require(request.user, "escalate_obstacles")
    held = obstacles.to_report(request.user.scope)
    offered = [obstacle.pk for obstacle, _ in held]
    if request.method == "POST":
        form = NameForm(request.POST, offered=offered)
        if form.is_valid():
            given = form.cleaned_data
            count = name_escalation(given["chon"], document=given["van_ban"], by=request.user)
            messages.success(request, f"Đã ghi {count} vướng mắc báo cáo UBND tỉnh tại {given['van_ban']}.")
            return redirect("directives:obstacle-escalations")
        return _page(request, held, form, 400)
    wanted = ExtractForm.read(request.GET)["xuat"]
    return _extract(held, wanted) if wanted else _page(request, held, NameForm(offered=offered))


def _page(request: HttpRequest, held: list[tuple[Obstacle, str]], form: NameForm, status: int = 200) -> HttpResponse:
    today = clock.today()
    chosen = {int(pk) for pk in request.POST.getlist("chon") if pk.isdecimal()}
    context = {
        "title": _TITLE,
        "trail": TRAIL,
        "rows": [(obstacles.Row(o, today), said, not form.is_bound or o.pk in chosen) for o, said in held],
        "form": form,
    }
    return render(request, "directives/obstacle_escalations.html", context, status=status)


def _extract(held: list[tuple[Obstacle, str]], kind: str) -> HttpResponse:
    """The whole list as a file for the next report."""
    today = clock.today()
    audit.record_anyway(audit.Kind.EXPORTED, name=f"{_TITLE} ({kind})", note=f"{len(held)} dòng")
    if kind == "docx":
        response = HttpResponse(obstacle_extract(held, today=today), content_type=DOCX)
    else:
        response = HttpResponse(obstacle_sheet(held), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="kien-nghi-ubnd-tinh-{today:%Y-%m-%d}.{kind}"'
    return response
