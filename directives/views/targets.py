"""Entering a target and editing it, with how it stands today before it is saved."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from criteria.asking import answer
from criteria.models import CriteriaSet
from criteria.queries import Snapshot
from directives.actions.register import save_target
from directives.forms.directives import PassageForm
from directives.forms.targets import TargetForm, initial_of
from directives.models import Directive, Target
from directives.offers import passage_at, target_offer
from directives.queries import judge_target
from directives.views.marking import back_to_marking
from ntm_portal.accounts.permissions import require


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new target of a directive, offered from the passage that was marked."""
    require(request.user, "edit_directives")
    directive = get_object_or_404(Directive.objects.editable_by(request.user.scope), pk=pk)
    asked = PassageForm.read(request.GET)
    shown = answer().snapshot
    set_pk = CriteriaSet.objects.values_list("pk", flat=True).get(code=shown.criteria_set.code)
    offered = target_offer(directive, passage_at(directive.body, asked["tu"], asked["den"]), set_pk)
    back = back_to_marking(pk, asked["tu"])
    return _handle(request, Target(directive=directive), offered, shown, back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A target that is there."""
    require(request.user, "edit_directives")
    rows = Target.objects.editable_by(request.user.scope).select_related("directive", "criteria_set")
    target = get_object_or_404(rows, pk=pk)
    back = target.directive.get_absolute_url()
    return _handle(request, target, initial_of(target), answer().snapshot, back)


def _handle(request: HttpRequest, target: Target, initial: dict[str, Any], shown: Snapshot, back: str) -> HttpResponse:
    """Show the form and how its target stands; save only when that is asked for."""
    if request.method != "POST":
        form = TargetForm(target, initial=initial)
        # What is offered is judged at once where it is whole; where it is not, nobody has erred yet.
        tried = TargetForm(target, initial)
        return _page(request, form, shown, back, is_whole="kind" in initial and tried.is_valid())
    form = TargetForm(target, request.POST)
    is_valid = form.is_valid()
    if is_valid and "xem" not in request.POST:
        saved = save_target(target)
        messages.success(request, f"Đã lưu mục tiêu “{saved.title}”.")
        return redirect(back)
    return _page(request, form, shown, back, is_whole=is_valid, status=200 if is_valid else 400)


def _page(
    request: HttpRequest, form: TargetForm, shown: Snapshot, back: str, *, is_whole: bool, status: int = 200
) -> HttpResponse:
    target = form.target
    context = {
        "title": "Sửa mục tiêu" if target.pk else "Thêm mục tiêu",
        "directive": target.directive,
        "form": form,
        "result": judge_target(target, shown) if is_whole else None,
        "back": back,
    }
    return render(request, "directives/target_form.html", context, status=status)
