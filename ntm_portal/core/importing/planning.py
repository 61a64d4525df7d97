"""What an import would do: every row compared with the record it is about, checked, and nothing written."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.text import capfirst

from ntm_portal.core import text
from ntm_portal.core.audit.wording import Change, differences, name_of, tracked_fields
from ntm_portal.core.importing.columns import Column, Lookup, columns_of, lookups, parents
from ntm_portal.core.importing.errors import CellError
from ntm_portal.core.importing.reading import Table, is_blank, letter
from ntm_portal.core.importing.values import CellValueError, as_text, parsed

_SAID = 80
"""Of a cell or header that is told back: a cell may hold 32 767 characters."""
_EMPTY_REFERENCE = "Không được để trống."


class Described(Protocol):
    """What a page of the admin says of the import of its model."""

    model: type[models.Model]
    import_keys: Sequence[str]
    import_columns: Sequence[str]

    list_select_related: Sequence[str]

    def choice_label(self, record: models.Model) -> str: ...

    def import_rows(self) -> models.QuerySet: ...

    def new_import(self) -> models.Model: ...


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row that would change something; `pk` is None where it would add a record."""

    number: int
    record: models.Model
    changes: list[Change]
    pk: Any
    name: str = ""


@dataclass(slots=True)
class Plan:
    """What would be written, and everything that stands in the way."""

    created: list[PlannedRow] = field(default_factory=list)
    changed: list[PlannedRow] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    @property
    def to_write(self) -> list[PlannedRow]:
        """In the order of the file."""
        return sorted([*self.created, *self.changed], key=lambda row: row.number)

    @property
    def is_ready(self) -> bool:
        return bool(self.to_write) and not self.errors

    @property
    def digest(self) -> str:
        """Two plans that read alike have the same: it tells whether what was seen still holds."""
        rows = [(row.number, str(row.pk), row.changes) for row in self.to_write]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


class Planner:
    """Goes through a table row by row; reads what is there once."""

    def __init__(self, page: Described, table: Table, scope, *, is_locking: bool = False) -> None:
        self.page, self.table, self.scope, self.plan = page, table, scope, Plan()
        self.columns = columns_of(page.model, page.import_columns)
        self.places = self._find_columns()
        rows = page.import_rows().select_related(*parents(self.columns), *page.list_select_related)
        self.existing: dict[tuple, list[models.Model]] = {}
        for record in rows.select_for_update(of=("self",)) if is_locking else rows:
            self.existing.setdefault(self._identity(record), []).append(record)
        self.editable = None if scope.edits_all else set(rows.editable_by(scope).values_list("pk", flat=True))
        self.lookups: Mapping[str, Lookup] = lookups(self.columns, scope)
        self.seen: dict[tuple, int] = {}

    def _identity(self, record: models.Model) -> tuple:
        return tuple(getattr(record, self._attname(name)) for name in self.page.import_keys)

    def _attname(self, name: str) -> str:
        return self.page.model._meta.get_field(name).attname

    def _wrong(self, number: int, place: int | None, value: Any, message: str, about: str = "") -> None:
        header = about if place is None else self.table.headers[place]
        where = "" if place is None else letter(place)
        self.plan.errors.append(CellError(number, where, header[:_SAID], as_text(value)[:_SAID], message))

    def _find_columns(self) -> dict[str, int]:
        """Where each column of the import stands in the file; a column that nobody knows is a fault."""
        known, places = {column.key: column for column in self.columns}, {}
        for place, (header, key) in enumerate(zip(self.table.headers, self.table.names, strict=True)):
            if key in places:
                self._wrong(1, place, header, "Cột này có hai lần.")
            elif key in known:
                places[key] = place
            elif header or any(not is_blank(row[place]) for _, row in self.table.rows):
                self._wrong(1, place, header, "Tệp mẫu không có cột này; hãy sửa tên cột hoặc bỏ cột.")
        needed = [c.header for c in self.columns if c.field.name in self.page.import_keys and c.key not in places]
        given = {c.field.name for c in self.columns if c.key in places}
        halves = [c.header for c in self.columns if c.field.name in given and c.key not in places]
        for header in dict.fromkeys([*needed, *halves]):
            self.plan.errors.append(CellError(1, "", header, "", f"Thiếu cột “{header}”."))
        return places

    def make(self) -> Plan:
        """The plan of the whole table; rows are looked at only when the header is right."""
        if not self.plan.errors:
            for number, cells in self.table.rows:
                self._row(number, cells)
            self._check_twins()
        self.plan.errors.sort(key=lambda error: (error.row, len(error.letter), error.letter))
        return self.plan

    def _row(self, number: int, cells: list[Any]) -> None:
        before_errors = len(self.plan.errors)
        values = self._values(number, cells)
        if any(name not in values for name in self.page.import_keys):
            return
        record, before = self._record(number, values)
        if record is None:
            return
        if len(self.plan.errors) == before_errors:
            self._sort(number, record, before)

    def _record(
        self, number: int, values: Mapping[str, Any]
    ) -> tuple[models.Model, models.Model | None] | tuple[None, None]:
        """The record as the row wants it, and as it is now; nothing where the row does not say which it is."""
        record = self.page.new_import()
        _give(record, values)
        identity = self._identity(record)
        found = self.existing.get(identity, [])
        first = self.seen.setdefault(identity, number)
        place = self._place_of(self.page.import_keys[0])
        if first != number:
            self._wrong(number, place, "", f"Trùng khóa với dòng {first}.")
        elif len(found) > 1:
            self._wrong(number, place, "", "Có nhiều bản ghi mang khóa này; hãy sửa từng bản ghi trên trang.")
        elif found and self.editable is not None and found[0].pk not in self.editable:
            self._wrong(number, place, "", "Bản ghi này ngoài phạm vi của bạn.")
        elif not found:
            return record, None
        else:
            wanted = copy.copy(found[0])
            _give(wanted, values)
            return wanted, found[0]
        return None, None

    def _sort(self, number: int, record: models.Model, before: models.Model | None) -> None:
        """Into what is new, what changes and what stays; what would be written is checked first."""
        changes = differences(before, record, tracked_fields(type(record)))
        if before is not None and not changes:
            self.plan.unchanged.append(name_of(record))
            return
        if self._is_sound(number, record):
            pk, name = before.pk if before else None, self.page.choice_label(record)
            row = PlannedRow(number, record, changes, pk, name)
            (self.plan.changed if before else self.plan.created).append(row)

    def _values(self, number: int, cells: list[Any]) -> dict[str, Any]:
        """Fields and what the row gives them; a cell that cannot be read is a fault and gives nothing."""
        values: dict[str, Any] = {}
        for column in self.columns:
            place = self.places.get(column.key)
            if place is None:
                continue
            if column.through:
                if column.field.name not in values and self.places_of(column.field.name)[0] == place:
                    self._refer(number, cells, column, values)
                continue
            try:
                values[column.field.name] = parsed(cells[place], column.field, self.table.epoch)
            except CellValueError as error:
                self._wrong(number, place, cells[place], str(error))
        return values

    def places_of(self, name: str) -> list[int]:
        """Where the columns of a field stand, in the order in which they are declared."""
        return [self.places[c.key] for c in self.columns if c.field.name == name and c.key in self.places]

    def _place_of(self, name: str) -> int | None:
        return next(iter(self.places_of(name)), None)

    def _refer(self, number: int, cells: list[Any], column: Column, values: dict[str, Any]) -> None:
        """The record that one or more cells name."""
        places = self.places_of(column.field.name)
        said = [cells[place] for place in places]
        if all(map(is_blank, said)):
            if column.field.null:
                values[column.field.name] = None
            else:
                self._wrong(number, places[0], "", _EMPTY_REFERENCE)
            return
        found = self.lookups[column.field.name].find(said)
        if len(found) == 1:
            values[column.field.name] = found[0]
            return
        label = column.field.related_model._meta.verbose_name
        how = "Không có" if not found else "Có nhiều"
        self._wrong(number, places[-1], said[-1], f"{how} {label} “{' / '.join(map(as_text, said))[:_SAID]}”.")

    def _is_sound(self, number: int, record: models.Model) -> bool:
        """Every rule of the model and of its table, each fault at its cell where one is to blame."""
        faults = list(faults_of(record))
        for names, message in faults:
            place = next((p for name in names if (p := self._place_of(name)) is not None), None)
            labels = [capfirst(str(record._meta.get_field(name).verbose_name)) for name in names]
            self._wrong(number, place, self._cell(number, place), message, ", ".join(labels))
        return not faults

    def _cell(self, number: int, place: int | None) -> Any:
        return None if place is None else next(row[place] for n, row in self.table.rows if n == number)

    def _check_twins(self) -> None:
        """Two rows of the file that would take what only one record may have."""
        for names, said in unique_sets(self.page.model):
            held: dict[tuple, int] = {}
            for row in self.plan.to_write:
                values = tuple(getattr(row.record, self._attname(name)) for name in names)
                if None in values:
                    continue
                first = held.setdefault(values, row.number)
                if first != row.number:
                    self._wrong(row.number, self._place_of(names[0]), "", f"{said} (dòng {first})")


def _give(record: models.Model, values: Mapping[str, Any]) -> None:
    """Put values into a record; a text that differs only in what is not stored stays as it is."""
    for name, value in values.items():
        held = record.__dict__.get(name)
        if not (isinstance(held, str) and isinstance(value, str) and text.clean(held) == value):
            setattr(record, name, value)
    if hasattr(record, "derive_keys"):
        record.derive_keys()


def faults_of(record: models.Model) -> list[tuple[tuple[str, ...], str]]:
    """What `full_clean` would say, each with the fields it is about."""
    faults: list[tuple[tuple[str, ...], str]] = []
    for check in (record.clean_fields, record.clean, record.validate_unique):
        try:
            check()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                faults += [((), said) if name == NON_FIELD_ERRORS else ((name,), said) for said in messages]
    for model, constraints in [] if faults else record.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, record)
            except ValidationError as error:
                faults += [(_fields_of(constraint), said) for said in error.messages]
    # A key that follows from a bad name is bad too, and nobody typed it.
    typed = [f for f in faults if all(record._meta.get_field(name).editable for name in f[0])]
    return typed or faults


def _fields_of(constraint: models.BaseConstraint) -> tuple[str, ...]:
    if isinstance(constraint, models.UniqueConstraint):
        return tuple(constraint.fields)
    return tuple(sorted(constraint.condition.referenced_base_fields, reverse=True))


def unique_sets(model: type[models.Model]) -> list[tuple[tuple[str, ...], str]]:
    """Fields that may stand only once together, and the words that say so."""
    single = [((f.name,), "Đã có ở dòng khác.") for f in model._meta.fields if f.unique and not f.primary_key]
    together = [
        (tuple(c.fields), str(c.violation_error_message))
        for c in model._meta.constraints
        if isinstance(c, models.UniqueConstraint) and c.fields
    ]
    return single + together
