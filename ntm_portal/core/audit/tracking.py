"""Records whose every change is told: the base of each model that matters, and of its QuerySets.

`save`, `update`, `bulk_create`, `bulk_update`, `delete` and what goes along with a deletion, and links of
many-to-many fields: each writes its entries in the transaction of the change itself.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.db import models, transaction
from django.db.models.deletion import Collector
from django.db.models.signals import m2m_changed
from django.dispatch import receiver

from ntm_portal.core.audit import recording
from ntm_portal.core.audit.entries import AuditEntry, Kind
from ntm_portal.core.audit.wording import change, differences, name_of, tracked_fields
from ntm_portal.core.scoped import ScopedQuerySet


def _told(model: type[models.Model], names: Iterable[str]) -> list[models.Field]:
    """Which of the named fields are tracked."""
    wanted = set(names)
    return [f for f in tracked_fields(model) if f.name in wanted or f.attname in wanted]


def _going(records: Sequence[models.Model]) -> list[AuditEntry]:
    """Entries for records about to be deleted, and for those that go along with them."""
    if not records:
        return []
    collector = Collector(using=records[0]._state.db)
    collector.collect(records)
    held = [record for found in collector.data.values() for record in found]
    held += [record for found in collector.fast_deletes for record in found if isinstance(record, AuditedModel)]
    return [
        recording.entry(
            Kind.DELETED,
            record,
            changes=[*differences(record, None, tracked_fields(type(record))), *_links_of(record)],
        )
        for record in sorted(held, key=lambda r: (r._meta.label, r.pk))
        if isinstance(record, AuditedModel)
    ]


def _links_of(record: models.Model) -> list[dict[str, str]]:
    held = [(field, _names(getattr(record, field.name))) for field in record._meta.many_to_many]
    return [change(field, "; ".join(names), "") for field, names in held if names]


def _names(manager: models.Manager) -> list[str]:
    return sorted(name_of(linked) for linked in manager.all())


class AuditedQuerySet(ScopedQuerySet):
    """Tells what it changes in bulk, row by row."""

    def update(self, **values):
        fields = _told(self.model, values)
        if not fields:
            return super().update(**values)
        with transaction.atomic(savepoint=False):
            keys = list(self.order_by().values_list("pk", flat=True))
            held = self._to_be_told()
            before = held.in_bulk(keys)
            count = super().update(**values)
            recording.record_changes(before, held.in_bulk(keys), fields)
        return count

    update.alters_data = True

    def _to_be_told(self) -> models.QuerySet:
        """Rows together with what names them; without any name `select_related` would follow every key."""
        return self.model._base_manager.select_related(*self.model.audit_named_by or (None,))

    def bulk_create(
        self,
        objs,
        batch_size=None,
        ignore_conflicts=False,
        update_conflicts=False,
        update_fields=None,
        unique_fields=None,
    ):
        """Raises TypeError for `ignore_conflicts`: nobody could tell afterwards which rows are new."""
        if ignore_conflicts:
            raise TypeError("Rows of an audited model cannot be added with ignore_conflicts.")
        objs = list(objs)
        with transaction.atomic(savepoint=False):
            before = self._held(objs, unique_fields) if update_conflicts else {}
            made = super().bulk_create(
                objs,
                batch_size=batch_size,
                update_conflicts=update_conflicts,
                update_fields=update_fields,
                unique_fields=unique_fields,
            )
            after = self._held(objs, unique_fields) if update_conflicts else {record.pk: record for record in made}
            recording.record_changes(before, after, tracked_fields(self.model))
        return made

    def _held(self, objs: Sequence[models.Model], unique_fields: Sequence[str]) -> dict[int, models.Model]:
        """Rows of the table that have the same unique fields as one of the objects."""
        names = [self.model._meta.get_field(name).attname for name in unique_fields]
        wanted = {tuple(getattr(record, name) for name in names) for record in objs}
        rows = self._to_be_told().filter(**{f"{names[0]}__in": {key[0] for key in wanted}})
        return {row.pk: row for row in rows if tuple(getattr(row, name) for name in names) in wanted}

    def delete(self):
        with transaction.atomic(savepoint=False):
            going = _going(list(self._chain()))
            result = super().delete()
            recording.write(going)
        return result

    delete.alters_data = True
    delete.queryset_only = True


class AuditedModel(models.Model):
    """A record that matters.

    `audit_owner` is the key to the record on whose page this one is edited: the history of that tells this too.
    `audit_name` may name it better than `str`, `audit_kind(kind, names)` may have a better word for a change, and
    `audit_left_out` are fields that follow from others; `audit_named_by` are keys to the records that its name names,
    so that a change of many rows reads them at once.
    """

    audit_left_out: ClassVar[frozenset[str]] = frozenset()
    audit_owner: ClassVar[str] = ""
    audit_named_by: ClassVar[tuple[str, ...]] = ()

    objects = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save_base(self, raw=False, force_insert=False, force_update=False, using=None, update_fields=None):
        """Below every `save`, so that keys and defaults are filled in; fixtures come here too."""
        model = type(self)
        fields = tracked_fields(model) if update_fields is None else _told(model, update_fields)
        given = {"raw": raw, "force_insert": force_insert, "force_update": force_update, "using": using}
        if not fields:
            super().save_base(**given, update_fields=update_fields)
            return
        with transaction.atomic(savepoint=False):
            before = model._base_manager.filter(pk=self.pk).first() if self.pk and not force_insert else None
            super().save_base(**given, update_fields=update_fields)
            held = [field for field in fields if field.attname in self.__dict__]
            is_computed = any(hasattr(getattr(self, field.attname), "resolve_expression") for field in held)
            after = model._base_manager.get(pk=self.pk) if is_computed else self
            recording.record_change(before, after, held)

    def delete(self, *args, **kwargs):
        with transaction.atomic(savepoint=False):
            going = _going([self]) if self.pk is not None else []
            result = super().delete(*args, **kwargs)
            recording.write(going)
        return result


@receiver(m2m_changed, dispatch_uid="ntm_audit_links")
def _linked(instance, action: str, sender, reverse: bool, model, pk_set, **_: object) -> None:
    """Links change behind the model's back; this is the only place where Django says so."""
    owner = model if reverse else type(instance)
    field = next((f for f in owner._meta.many_to_many if f.remote_field.through is sender), None)
    if field is None or not issubclass(owner, AuditedModel):
        return
    before = instance.__dict__.setdefault("_links_before", {})
    if action.startswith("pre_"):
        owners = _owners(owner, field, instance, pk_set) if reverse else [instance]
        before[field.name] = [(record, _names(getattr(record, field.name))) for record in owners]
        return
    for record, names in before.pop(field.name, []):
        recording.record_links(record, field, names, _names(getattr(record, field.name)))


def _owners(model: type[models.Model], field: models.Field, linked: models.Model, keys) -> list[models.Model]:
    """Whose field holds the links that change from the other end; no keys means all that are there."""
    rows = model._base_manager
    return list(rows.filter(**{field.name: linked}) if keys is None else rows.filter(pk__in=keys))
