"""Writing entries: the only functions that do."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import DatabaseError, models

from ntm_portal.core.audit.circumstances import Circumstances, current, under
from ntm_portal.core.audit.entries import AuditEntry, Kind
from ntm_portal.core.audit.wording import Change, change, differences, name_of, tracked_fields

_LOGGER = logging.getLogger(__name__)
_BATCH = 500


@dataclass(slots=True)
class Load:
    """A load of files under way: what is new is counted, what was there before is told row by row."""

    created: Counter[str] = field(default_factory=Counter)
    new: set[tuple[str, int]] = field(default_factory=set)

    def add(self, kind: str, count: int) -> None:
        """Count records that keep their own trail, such as rows of the ledger."""
        if count:
            self.created[kind] += count

    def counts(self, record: models.Model, is_new: bool) -> bool:
        """Whether the load answers for this record, because it made it."""
        key = (record._meta.label_lower, record.pk)
        if is_new:
            self.new.add(key)
            self.created[str(record._meta.verbose_name)] += 1
        return key in self.new

    @property
    def said(self) -> str:
        return "; ".join(f"{count} {kind} mới" for kind, count in self.created.items()) or "không có bản ghi mới"


_LOAD: ContextVar[Load | None] = ContextVar("ntm_audit_load", default=None)


_BEFORE: ContextVar[models.Model | None] = ContextVar("ntm_audit_before", default=None)


@contextmanager
def following(before: models.Model | None) -> Iterator[None]:
    """Inside the block a new row of the same model takes the place of that one: it is told as a change of it."""
    token = _BEFORE.set(before)
    try:
        yield
    finally:
        _BEFORE.reset(token)


@contextmanager
def loading(what: str) -> Iterator[Load]:
    """Inside the block records come from files: one entry tells how many, and each older one that changed has its own.

    Call it inside the transaction that loads.
    """
    load = Load()
    token = _LOAD.set(load)
    try:
        with under(what):
            yield load
            record(Kind.LOADED, name=what, note=load.said)
    finally:
        _LOAD.reset(token)


def entry(
    kind: Kind,
    about: models.Model | None = None,
    *,
    name: str = "",
    changes: Iterable[Change] = (),
    note: str = "",
    by: Circumstances | None = None,
) -> AuditEntry:
    """An entry that is not written yet."""
    by = by or current()
    made = AuditEntry(
        kind=kind,
        user_id=by.user_id,
        user_name=_printable(by.user_name)[:310],
        address=_printable(by.address),
        under=_printable(by.under)[:300],
        model=about._meta.label_lower if about else "",
        model_name=str(about._meta.verbose_name) if about else "",
        record_id=about.pk if about else None,
        record_name=_printable(name or (name_of(about) if about else ""))[:300],
        changes=[{part: _printable(said) for part, said in told.items()} for told in changes],
        note=_printable(note),
        **_owner(about),
    )
    made.derive_keys()
    return made


def _printable(said: str) -> str:
    """What strangers typed goes into a database and a workbook, which take no control characters."""
    return "".join(char for char in str(said) if char.isprintable() or char in "\n\t")


def _owner(about: models.Model | None) -> dict[str, object]:
    name = getattr(about, "audit_owner", "")
    if not name:
        return {}
    field = about._meta.get_field(name)
    return {"owner_model": field.related_model._meta.label_lower, "owner_id": getattr(about, field.attname)}


def record(kind: Kind, about: models.Model | None = None, **said) -> None:
    """Write one entry for an act that is no change of a row, or that says more than the row; see `entry`."""
    entry(kind, about, **said).save()


def record_anyway(kind: Kind, about: models.Model | None = None, **said) -> None:
    """The same where the answer does not depend on it, outside a transaction: a failure is logged and nothing else."""
    try:
        record(kind, about, **said)
    except DatabaseError:
        _LOGGER.exception("The audit trail could not take an entry: %s", kind)


def record_change(before: models.Model | None, after: models.Model, fields: Iterable[models.Field]) -> None:
    """Write what changed of a row, or that it is new; nothing when nothing did."""
    record_changes({after.pk: before} if before else {}, {after.pk: after}, fields)


def record_changes(
    before: Mapping[int, models.Model], after: Mapping[int, models.Model], fields: Iterable[models.Field]
) -> None:
    """Write what changed of many rows, by primary key, in one statement. Every bulk writer comes here."""
    fields, load, entries = list(fields), _LOAD.get(), []
    for pk, record_ in after.items():
        old = before.get(pk) or _replaced_by(record_)
        if load and load.counts(record_, is_new=old is None):
            continue
        changes = differences(old, record_, fields if pk in before else tracked_fields(type(record_)))
        if changes or old is None:
            kind = Kind.CREATED if old is None else Kind.CHANGED
            entries.append(entry(_named(kind, record_, changes), record_, changes=changes))
    write(entries)


def _replaced_by(new: models.Model) -> models.Model | None:
    before = _BEFORE.get()
    return before if type(before) is type(new) else None


def _named(kind: Kind, about: models.Model, changes: list[Change]) -> Kind:
    """A model may have a better word for a change: a password, a token."""
    better = getattr(about, "audit_kind", None)
    return better(kind, {change["name"] for change in changes}) if better else kind


def record_links(about: models.Model, field: models.Field, before: list[str], after: list[str]) -> None:
    """Write how the records linked to one changed."""
    load = _LOAD.get()
    if before == after or load and load.counts(about, is_new=False):
        return
    write([entry(Kind.CHANGED, about, changes=[change(field, "; ".join(before), "; ".join(after))])])


def write(entries: list[AuditEntry]) -> None:
    """Write entries as they are."""
    if entries:
        AuditEntry.objects.bulk_create(entries, batch_size=_BATCH)
