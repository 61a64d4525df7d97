"""Marking a text: every passage is a target, a task, or no more than information."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directives import register
from directives.models import Directive
from directives.reading import passages
from ntm_portal.accounts.permissions import require


def session_key(directive: int) -> str:
    """Where it is kept, for as long as somebody is at work on a text, what of it is only information."""
    return f"thong-tin:{directive}"


@require_safe
def marking(request: HttpRequest, pk: int) -> HttpResponse:
    """The text in passages, with what has been made of each and what can be."""
    require(request.user, "edit_directives")
    directive = get_object_or_404(Directive.objects.editable_by(request.user.scope), pk=pk)
    marks = register.marks_in(directive.body, directive.targets.all(), directive.tasks.all())
    held = register.marked_passages(directive.body, marks, request.session.get(session_key(pk), ()))
    left = sum(not one.is_done for one in held)
    context = {
        "title": "Đánh dấu văn bản",
        "directive": directive,
        "passages": held,
        "left": left,
        "done": len(held) - left,
        "targets": sum(m.kind == "muc-tieu" for m in marks),
        "tasks": sum(m.kind == "nhiem-vu" for m in marks),
    }
    return render(request, "directives/marking.html", context)


@require_POST
def call_information(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of a passage, or of all that are left, that it is information; once more takes that back."""
    require(request.user, "edit_directives")
    directive = get_object_or_404(Directive.objects.editable_by(request.user.scope), pk=pk)
    keys = {register.passage_key(p.text): p.start for p in passages(directive.body)}
    held, asked = set(request.session.get(session_key(pk), ())) & keys.keys(), request.POST.get("doan", "")
    if asked == "tat-ca":
        held |= keys.keys()
    else:
        held ^= {asked} & keys.keys()
    request.session[session_key(pk)] = sorted(held)
    address = reverse("directives:marking", args=[pk])
    return redirect(f"{address}#doan-{keys[asked]}" if asked in keys else address)


def back_to_marking(directive: int, start: int | None) -> str:
    address = reverse("directives:marking", args=[directive])
    return address if start is None else f"{address}#doan-{start}"
