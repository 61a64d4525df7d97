"""Reviewed data files: read whole, checked whole, then written so that a second run changes nothing."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from ntm_portal.core.models import NamedModel


class DataFileError(Exception):
    """A data file is wrong; the message names the file and the row as a spreadsheet numbers it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a data file, with where it stands."""

    file: str
    line: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def get(self, column: str, parse: Callable[[str], Any] = str) -> Any:
        """The parsed cell; none when it is empty. Raises DataFileError naming the cell."""
        text = str(self.values.get(column) or "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, ArithmeticError) as error:
            raise self.wrong(f"cột {column}: {text!r} không đọc được") from error

    def wrong(self, message: str) -> DataFileError:
        return DataFileError(f"{self.file}, dòng {self.line}: {message}")

    def find(self, column: str, known: Mapping[str, Any]) -> Any:
        """What the cell refers to. Raises DataFileError when nothing has that key."""
        key = str(self.values.get(column) or "").strip()
        if key not in known:
            raise self.wrong(f"cột {column}: không có {key!r}")
        return known[key]


def read_csv(path: Path, columns: Iterable[str]) -> list[Row]:
    """All rows of a UTF-8 CSV file. Raises DataFileError when a column is missing or a row is cut short."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="+", restval=None)
        missing = [c for c in columns if c not in (reader.fieldnames or [])]
        if missing:
            raise DataFileError(f"{path.name}, dòng 1: thiếu cột {', '.join(missing)}")
        rows = [Row(path.name, reader.line_num, values) for values in reader]
    for row in rows:
        if "+" in row.values or None in row.values.values():
            raise row.wrong("số ô không khớp số cột")
    return rows


def read_json(path: Path) -> list[Row]:
    """All objects of a JSON list, numbered from 1."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataFileError(f"{path.name}: không phải JSON hợp lệ ({error})") from error
    return [Row(path.name, number, values) for number, values in enumerate(content, start=1)]


def flag(text: str) -> bool:
    """A cell that says 1 or 0. Raises ValueError for anything else."""
    if text not in {"0", "1"}:
        raise ValueError(text)
    return text == "1"


@dataclass(slots=True)
class Counts:
    """What a load did to one kind of record."""

    label: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.created + self.updated + self.unchanged


def checked(row: Row, record: models.Model) -> models.Model:
    """The record, if every field takes its value. Raises DataFileError naming the row and the fields."""
    if isinstance(record, NamedModel):
        record.derive_keys()
    try:
        record.clean_fields()
        record.clean()
    except ValidationError as error:
        said = "; ".join(f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
        raise row.wrong(said) from error
    return record


def upsert(
    model: type[models.Model], key: tuple[str, ...], rows: Iterable[tuple[Row, Mapping[str, Any]]]
) -> tuple[dict[tuple, models.Model], Counts]:
    """Create what is new, update what differs, leave the rest alone; rows that are gone stay as they are.

    Each item is a row with the fields it says. Returns the records by key, and the counts.
    Raises DataFileError naming the row when a value does not fit or a key stands twice.
    """
    existing = {tuple(getattr(r, k) for k in key): r for r in model._default_manager.all()}
    counts, seen = Counts(str(model._meta.verbose_name)), {}
    created, changed = [], []
    for row, values in rows:
        identity = tuple(values[k] for k in key)
        if identity in seen:
            raise row.wrong(f"trùng khóa {' / '.join(map(str, identity))}")
        record = existing.get(identity)
        if record is None:
            record = checked(row, model(**values))
            created.append(record)
        else:
            before = {f.attname: getattr(record, f.attname) for f in model._meta.concrete_fields}
            for name, value in values.items():
                setattr(record, name, value)
            checked(row, record)
            if any(getattr(record, name) != value for name, value in before.items()):
                changed.append(record)
            else:
                counts.unchanged += 1
        seen[identity] = record
    model._default_manager.bulk_create(created)
    if changed:
        names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
        model._default_manager.bulk_update(changed, names)
    counts.created, counts.updated = len(created), len(changed)
    return seen, counts
