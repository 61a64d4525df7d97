"""Entering a directive and editing it: the text is pasted once, and what it tells is offered for empty fields."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from directives.actions.register import save_directive
from directives.forms.directives import DirectiveForm
from directives.models import Directive
from directives.offers import directive_offer
from directives.register import years_and_issuers
from ntm_portal.accounts.permissions import require

_LISTS = ("recipients", "refers_to", "replaces", "amends")
_PLAIN = ("body", "number", "kind", "issuer", "issued_on", "signer", "abstract")
_COMMON_ISSUERS = ("Thủ tướng Chính phủ",)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new directive; once saved its text is to be marked."""
    require(request.user, "edit_directives")
    return _handle(request, Directive())


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A directive that is there."""
    require(request.user, "edit_directives")
    return _handle(request, get_object_or_404(Directive.objects.editable_by(request.user.scope), pk=pk))


def _handle(request: HttpRequest, directive: Directive) -> HttpResponse:
    is_new = directive.pk is None
    if request.method != "POST":
        return _page(request, DirectiveForm(instance=directive))
    form = DirectiveForm(request.POST, request.FILES, instance=directive)
    if "doc" in request.POST:
        return _offer(request, form)
    if form.is_valid() and _save(request, form):
        messages.success(request, f"Đã lưu {directive.get_kind_display().lower()} {directive.number}.")
        marks = is_new and directive.body
        return redirect("directives:marking" if marks else "directives:directive-detail", directive.pk)
    return _page(request, form, status=400)


def _save(request: HttpRequest, form: DirectiveForm) -> bool:
    """Whether it could be kept; of two who enter one directive at once the second is told."""
    links = {name: form.cleaned_data[name] for name in _LISTS}
    try:
        save_directive(form.instance, links, file=form.cleaned_data["upload"], by=request.user)
    except IntegrityError:
        form.add_error("number", "Đã có văn bản cùng số, cơ quan và năm.")
        return False
    return True


def _offer(request: HttpRequest, form: DirectiveForm) -> HttpResponse:
    """The same form with what the text tells in the fields that were empty; nothing is saved or complained of."""
    given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in _PLAIN}
    given |= {name: [pk for pk in request.POST.getlist(name) if pk.isdecimal()] for name in _LISTS}
    offered = {n: v for n, v in directive_offer(given["body"], but=form.instance.pk).items() if not given[n]}
    again = DirectiveForm(instance=form.instance, initial={**given, **offered})
    return _page(request, again, offered=offered, has_read=True)


def _page(
    request: HttpRequest,
    form: DirectiveForm,
    *,
    offered: Mapping[str, Any] | None = None,
    has_read: bool = False,
    status: int = 200,
) -> HttpResponse:
    directive = form.instance
    context = {
        "title": f"Sửa {directive}" if directive.pk else "Thêm văn bản",
        "form": form,
        "directive": directive if directive.pk else None,
        "offered": [form.fields[name].label for name in offered or ()],
        "has_read": has_read,
        "issuers": sorted({*years_and_issuers()["issuers"], *_COMMON_ISSUERS}),
    }
    return render(request, "directives/directive_form.html", context, status=status)
