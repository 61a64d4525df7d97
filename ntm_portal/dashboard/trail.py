"""What is asked of the audit trail, and what is found."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.utils import timezone
from django.utils.text import capfirst

from ntm_portal.core import clock, text
from ntm_portal.core.audit import AuditedModel, AuditEntry, Kind
from ntm_portal.core.audit.entries import AuditQuerySet
from ntm_portal.core.querying import QueryForm
from ntm_portal.dashboard.forms import DATE_WORDS

PER_PAGE = 50
MOST_ROWS = 20_000
"""Rows of a workbook: the latest ones."""
HEADER = (
    "Lúc",
    "Người làm",
    "Từ địa chỉ",
    "Việc",
    "Loại bản ghi",
    "Bản ghi",
    "Trước, sau",
    "Diễn giải",
    "Trong khuôn khổ",
)


def record_kinds() -> list[tuple[str, str]]:
    """Kinds of record that the trail follows, in Vietnamese order."""
    models = [model for model in apps.get_models() if issubclass(model, AuditedModel)]
    named = [(model._meta.label_lower, capfirst(str(model._meta.verbose_name))) for model in models]
    return sorted(named, key=lambda kind: text.sort_key(kind[1]))


def _day() -> forms.DateField:
    formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
    return forms.DateField(required=False, input_formats=formats, error_messages={"invalid": DATE_WORDS})


class TrailForm(QueryForm):
    """Who, what kind of record or which one, which act, which days, any words."""

    ai = forms.CharField(required=False, max_length=100)
    loai = forms.ChoiceField(
        required=False, choices=record_kinds, error_messages={"invalid_choice": "Không có loại bản ghi này."}
    )
    so = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    viec = forms.ChoiceField(required=False, choices=Kind, error_messages={"invalid_choice": "Không có việc này."})
    tu = _day()
    den = _day()
    q = forms.CharField(required=False, max_length=100)
    trang = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    xuat = forms.ChoiceField(
        required=False,
        choices=[("xlsx", "xlsx")],
        error_messages={"invalid_choice": "Chỉ xuất được dạng xlsx."},
    )

    def clean(self) -> dict[str, Any]:
        """A number is that of a record of some kind, and days go forward."""
        data = super().clean()
        if data.get("so") and not data.get("loai"):
            self.add_error("so", "Số của bản ghi phải đi cùng loại bản ghi.")
        if data.get("tu") and data.get("den") and data["tu"] > data["den"]:
            self.add_error("den", "Ngày cuối phải từ ngày đầu trở đi.")
        return data


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def picked(given: dict[str, Any]) -> AuditQuerySet:
    """Entries that fit everything that is asked, the latest first; words may stand in any order."""
    entries = AuditEntry.objects.all()
    if given["so"]:
        entries = entries.about(given["loai"], given["so"])
    elif given["loai"]:
        entries = entries.filter(model=given["loai"])
    if given["viec"]:
        entries = entries.filter(kind=given["viec"])
    if given["tu"]:
        entries = entries.since(_start(given["tu"]))
    if given["den"]:
        entries = entries.filter(at__lt=_start(given["den"] + timedelta(days=1)))
    for word in given["ai"].split():
        entries = entries.filter(actor_key__contains=text.search_key(word))
    for word in given["q"].split():
        entries = entries.filter(search_key__contains=text.search_key(word))
    return entries


def rows(entries: Iterable[AuditEntry]) -> Iterable[list[Any]]:
    """Entries as lines of a workbook."""
    for entry in entries:
        changes = "; ".join(f"{c['label']}: {c['before']} → {c['after']}" for c in entry.changes)
        yield [
            clock.local(entry.at),
            entry.user_name,
            entry.address,
            entry.get_kind_display(),
            entry.model_name,
            entry.record_name,
            changes[:32_000],
            entry.note[:32_000],
            entry.under,
        ]
