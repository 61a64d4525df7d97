"""The columns of an import: fields of the record, and for a record it refers to what that one is known by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst

from ntm_portal.core import text
from ntm_portal.core.importing.reading import header_key
from ntm_portal.core.importing.values import as_text, shown
from ntm_portal.core.scoped import visible


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the record, or through a foreign key one of the fields that the other record is known by."""

    header: str
    field: models.Field
    through: str = ""

    @property
    def key(self) -> str:
        return header_key(self.header)

    def of(self, record: models.Model) -> Any:
        """What the template shows of the record."""
        if not self.through:
            return shown(record, self.field)
        related = getattr(record, self.field.name)
        return None if related is None else _walk(related, self.through)


def _walk(record: models.Model, path: str) -> Any:
    """A field at the end of a path of foreign keys."""
    for name in path.split("__"):
        record = getattr(record, name)
    return record


def _header(model: type[models.Model], path: str) -> str:
    """The label of the field, and through a foreign key also what it is a field of: "Mã chỉ tiêu"."""
    *parents, last = path.split("__")
    for name in parents:
        relation = model._meta.get_field(name)
        model = relation.related_model
    label = str(model._meta.get_field(last).verbose_name)
    return capfirst(f"{label} {relation.verbose_name}" if parents else label)


def columns_of(model: type[models.Model], paths: Iterable[str]) -> list[Column]:
    """The columns that a page of the admin declares, in that order."""
    found = []
    for path in paths:
        first, _, through = path.partition("__")
        found.append(Column(_header(model, path), model._meta.get_field(first), through))
    headers = [column.key for column in found]
    if len(set(headers)) != len(headers):
        raise FieldDoesNotExist(f"Two columns of {model._meta.label} have the same header.")
    return found


def relations(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """The columns by which each record that is referred to is known, by the name of the foreign key."""
    found: dict[str, list[Column]] = {}
    for column in columns:
        if column.through:
            found.setdefault(column.field.name, []).append(column)
    return found


def parents(columns: Sequence[Column]) -> list[str]:
    """What to read along with the record, so that its columns need no more queries."""
    return sorted({f"{c.field.name}__{c.through}".rpartition("__")[0] for c in columns if c.through})


def _folded(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(as_text(value).casefold() for value in values)


class Lookup:
    """Records that a foreign key may point to, by what they are known by (one query)."""

    def __init__(self, columns: Sequence[Column], scope) -> None:
        field = columns[0].field
        self.names = [text.clean(column.header) for column in columns]
        rows = visible(field.related_model._default_manager.all(), scope)
        steps = {column.through.rpartition("__")[0] for column in columns} - {""}
        self._known: dict[tuple[str, ...], list[models.Model]] = {}
        for record in rows.select_related(*sorted(steps)):
            key = _folded(_walk(record, column.through) for column in columns)
            self._known.setdefault(key, []).append(record)

    def find(self, values: Sequence[Any]) -> list[models.Model]:
        """Every record known by these values: none, the one, or several that cannot be told apart."""
        return self._known.get(_folded(values), [])


def lookups(columns: Sequence[Column], scope) -> Mapping[str, Lookup]:
    return {name: Lookup(group, scope) for name, group in relations(columns).items()}
