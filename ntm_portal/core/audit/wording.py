"""Values as the trail keeps them: the words a person would have seen, and of secrets only that they changed."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import number_format

from ntm_portal.core import clock

DERIVED = frozenset({"search_key", "sort_key", "last_login"})
"""What follows from the rest, and what every sign-in moves: sign-ins have entries of their own."""
_SECRET = re.compile(r"password|digest|secret|session|otp|(^|_)(token|key|hash|salt)$")
HIDDEN = "(không ghi)"
REPLACED = "(đã thay)"
_LONGEST_JSON = 300

Change = dict[str, str]


def tracked_fields(model: type[models.Model]) -> list[models.Field]:
    """Fields whose changes are told."""
    left_out = DERIVED | getattr(model, "audit_left_out", frozenset())
    return [f for f in model._meta.concrete_fields if not f.primary_key and f.name not in left_out]


def is_secret(field: models.Field) -> bool:
    """By its name, so that a new field is safe before anybody thinks of it."""
    return not field.is_relation and bool(_SECRET.search(field.name))


def value_of(record: models.Model | None, field: models.Field) -> Any:
    """What the record holds, in the type that the database gives back."""
    value = None if record is None else getattr(record, field.attname)
    if value is None:
        return None
    target = field.target_field if field.is_relation else field
    return target.to_python(value)


def words(record: models.Model | None, field: models.Field) -> str:
    """A value as people read it; empty for none."""
    value = value_of(record, field)
    if value is None or value == "":
        return ""
    if field.is_relation:
        related = getattr(record, field.name, None)
        return str(value) if related is None else name_of(related)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, Decimal):
        return number_format(value.normalize(), force_grouping=True)
    if isinstance(value, datetime):
        return f"{clock.local(value):%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, dict | list):
        written = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if len(written) > _LONGEST_JSON:
            return f"{len(written)} ký tự, SHA-256 {hashlib.sha256(written.encode()).hexdigest()[:12]}…"
        return written
    return str(value)


def name_of(record: models.Model) -> str:
    """How a record is called in the trail; `audit_name` where its plain name would not tell it from others."""
    return str(getattr(record, "audit_name", record))[:300]


def change(field: models.Field, before: str, after: str) -> Change:
    return {"name": field.name, "label": str(field.verbose_name), "before": before, "after": after}


def differences(
    before: models.Model | None, after: models.Model | None, fields: Iterable[models.Field]
) -> list[Change]:
    """What differs, field by field; of a record that is new or gone every field that holds something."""
    found = []
    for field in fields:
        old, new = value_of(before, field), value_of(after, field)
        if old == new or (before is None or after is None) and not (old or new or isinstance(old or new, bool)):
            continue
        if is_secret(field):
            found.append(change(field, HIDDEN if old else "", REPLACED if new else ""))
        else:
            found.append(change(field, words(before, field), words(after, field)))
    return found
