"""How a status page is made: rights, the time control, the snapshot, and a body rendered once a position."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join

from criteria.asking import answer, first_day
from criteria.models import CriteriaSet
from criteria.queries import Snapshot
from ntm_portal.accounts.models import User
from ntm_portal.accounts.permissions import require
from ntm_portal.core import audit, clock, ledger
from ntm_portal.dashboard.asked import Asked, Reading
from ntm_portal.dashboard.forms import StatusForm
from ntm_portal.dashboard.tables import table_file

_PARTS = ledger.Memory(128)

Build = Callable[[Reading], dict[str, Any]]
Beside = Callable[[HttpRequest, Reading], str]
"""Gives rendered HTML that depends on the reader; it follows the part that all readers share, and is not kept."""


def together(*parts: Beside) -> Beside:
    """Several parts of the reader, one below the other."""

    def beside(request: HttpRequest, reading: Reading) -> str:
        return format_html_join("", "{}", ((part(request, reading),) for part in parts))

    return beside


def read_page(request: HttpRequest, form: type[StatusForm] = StatusForm) -> Reading | None:
    """The snapshot for what the query string asks; none while no criteria set is loaded.

    Raises BadQueryError for parameters that cannot be read.
    """
    require(request.user, "read_status")
    given = form.read(request.GET)
    asked = Asked(given.pop("ngay"), given.pop("biet_den"), given.pop("so_voi"))
    position = request.ledger_position = ledger.current()
    if not CriteriaSet.objects.exists():
        return None
    return Reading(asked, answer(asked.day, known_at=asked.known_at, at=position), given)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The other parameters of the page, which the time control hands on."""
    return [(name, value) for name, values in request.GET.lists() for value in values if name not in Asked.NAMES]


def _has_something(shown: Snapshot, context: Mapping[str, Any]) -> bool:
    """Whether there is anything to show: without figures only the facts of a place or a body are."""
    return shown.has_data or bool(context.get("stands_without_data"))


def edit_url(user: User, record: Model | None) -> str:
    """The admin page of what a page is about, for who may edit it; else nothing."""
    if record is None or not user.has_perm(f"{record._meta.app_label}.change_{record._meta.model_name}"):
        return ""
    rows = type(record)._default_manager.editable_by(user.scope)
    if not (user.scope.edits_all or rows.filter(pk=record.pk).exists()):
        return ""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def status_page(
    request: HttpRequest,
    template: str,
    build: Build,
    *key: Hashable,
    form: type[StatusForm] = StatusForm,
    beside: Beside | None = None,
) -> HttpResponse:
    """A page about a day. What does not depend on the reader is rendered once for each ledger position.

    `build` gives the context, with the title; `key` tells apart what the template alone does not. A page whose
    form has `xuat` has one `table`, which is written as a file when asked for. What follows the reader's scope,
    or changes without the ledger, belongs into `beside`.
    """
    reading = read_page(request, form)
    if reading is None:
        return render(request, "dashboard/empty.html", {"title": "Chưa có dữ liệu"})
    shown = reading.shown
    if reading.given.get("xuat"):
        context = build(reading)
        table = context["table"]
        rows = f"{len(table.rows)} dòng, số liệu ngày {reading.shown.as_of:%d/%m/%Y}"
        audit.record_anyway(audit.Kind.EXPORTED, name=context["title"], note=rows)
        return table_file(table, reading, context["title"])

    about = (template, key, shown.key, reading.asked, tuple(sorted(reading.given.items())), clock.today())
    page = _PARTS.find_or_build(about, lambda: _part(template, build, reading))
    kept = _kept(request)
    page = page | {
        "beside": beside(request, reading) if beside else "",
        "edit_url": edit_url(request.user, page["record"]),
        "reading": reading,
        "shown": shown,
        "carry": reading.asked.query,
        "kept": kept,
        "kept_query": urlencode(kept),
        "first_day": first_day(shown.position) if not shown.has_data else None,
        "is_illustration": shown.is_illustration,
    }
    return render(request, "dashboard/status.html", page)


def _part(template: str, build: Build, reading: Reading) -> dict[str, Any]:
    """What all readers share: the rendered body, and what the frame around it needs."""
    shown = reading.shown
    context = {"shown": shown, "reading": reading, "carry": reading.asked.query, **build(reading)}
    names = ("title", "trail", "lede", "page_class", "scripts", "trail_query", "record")
    kept = {name: context.get(name) for name in names}
    return kept | {"part": render_to_string(template, context) if _has_something(shown, context) else ""}
