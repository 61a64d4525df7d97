"""The fields of a list: by which of them it can be ordered, and the columns that they make in a file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rest_framework import serializers

from ntm_portal.core import text

Path = tuple[str, ...]
_BY_NAME = {"name", "title"}
_COMPOSED = (serializers.BaseSerializer, serializers.ListField, serializers.DictField)


def _is_unit(field: serializers.Field) -> bool:
    return isinstance(field, serializers.Serializer) and "code" in field.fields


def sortable_names(shape: serializers.Serializer) -> list[str]:
    """Fields with one comparable value; a unit counts, by its code."""
    return [name for name, field in shape.fields.items() if _is_unit(field) or not isinstance(field, _COMPOSED)]


def ordered(rows: Iterable[Any], shape: serializers.Serializer, by: Iterable[tuple[str, bool]]) -> list[Any]:
    """Rows by several (field, descending), the first one counting most; nulls last either way."""
    rows = list(rows)
    for name, is_descending in reversed(list(by)):
        keyed = [(_sort_value(shape.fields[name], row), row) for row in rows]
        known = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=is_descending)
        rows = [row for _, row in known] + [row for value, row in keyed if value is None]
    return rows


def _sort_value(field: serializers.Field, row: Any) -> Any:
    value = field.get_attribute(row)
    if isinstance(value, Mapping):
        value = value["code"]
    return text.sort_key(value) if value is not None and field.field_name in _BY_NAME else value


def paths_of(shape: serializers.Serializer, wanted: Iterable[str]) -> Iterator[Path]:
    """Columns of a file, from the declared fields alone: the same whatever the rows."""
    for name in wanted:
        field = shape.fields[name]
        if isinstance(field, serializers.Serializer):
            yield from ((name, *rest) for rest in paths_of(field, field.fields))
        else:
            yield (name,)


def table(paths: Iterable[Path], records: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Header (nested fields as district.code) and lines; an absent object leaves its columns empty."""
    paths = list(paths)
    return [".".join(path) for path in paths], [[_cell(record, path) for path in paths] for record in records]


def _cell(record: Mapping[str, Any], path: Path) -> Any:
    value: Any = record
    for part in path:
        value = None if value is None else value[part]
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    return _text(value) if isinstance(value, Mapping) else value


def _text(item: Any) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{name}: {_text(value)}" for name, value in item.items())
    return str(item)
