"""Reviewed data files: read whole, checked whole, then written so that a second run changes nothing.

Whatever is wrong with a file is a DataFileError that names the file, the row as an editor counts lines (in JSON
the number of the entry) and the column. A loader reads cells only through `Row`, and writes only what `checked`
and `upsert` let through.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, models

from ntm_portal.core.models import NamedModel

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_KINDS = {bool: "true hoặc false", int: "số nguyên", dict: "đối tượng {…}", list: "danh sách […]", str: "chữ"}


class DataFileError(Exception):
    """A data file is wrong; the message names the file, the row and the column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a data file, with where it stands. Every way to read a cell raises DataFileError naming it."""

    file: str
    place: str
    values: Mapping[str, Any]
    part: str = "cột"

    def wrong(self, message: str, *columns: str) -> DataFileError:
        about = f"{self.part} {', '.join(columns)}: " if columns else ""
        return DataFileError(f"{self.file}, {self.place}: {about}{message}")

    def of(self, column: str, kind: type) -> Any:
        """The cell, which must be there and of that kind of JSON value."""
        if column not in self.values:
            raise self.wrong("không có", column)
        value = self.values[column]
        if type(value) is not kind:
            raise self.wrong(f"phải là {_KINDS[kind]}", column)
        return value

    def __getitem__(self, column: str) -> str:
        """The text of the cell in NFC, without space around it; empty when it is empty."""
        return unicodedata.normalize("NFC", self.of(column, str).strip())

    def texts(self, column: str) -> list[str]:
        """A list of texts."""
        found = self.of(column, list)
        if not all(isinstance(item, str) for item in found):
            raise self.wrong("mọi phần tử phải là chữ", column)
        return found

    def get(self, column: str, parse: Callable[[str], Any] = str) -> Any:
        """The parsed cell; none when it is empty."""
        text = self[column]
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, ArithmeticError) as error:
            raise self.wrong(f"“{text}” không đọc được", column) from error

    def need(self, column: str, parse: Callable[[str], Any] = str) -> Any:
        """The parsed cell, which must not be empty."""
        found = self.get(column, parse)
        if found is None:
            raise self.wrong("không được để trống", column)
        return found

    def find(self, columns: str | Sequence[str], known: Mapping[str, Any]) -> Any:
        """What the cell refers to, or several cells joined by /."""
        names = [columns] if isinstance(columns, str) else columns
        return self.resolve("/".join(self[name] for name in names), known, *names)

    def resolve(self, key: str, known: Mapping[str, Any], *columns: str) -> Any:
        """What the key, read from these columns, refers to."""
        if key not in known:
            raise self.wrong(f"không có “{key}”", *columns)
        return known[key]


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataFileError(f"{path.name}: không mở được tệp này trong thư mục {path.parent}") from error
    if raw.startswith(_UTF_16):
        raise DataFileError(f"{path.name}, dòng 1: tệp ghi theo UTF-16; phải ghi theo UTF-8")
    if b"\0" in raw:
        raise DataFileError(f"{path.name}, dòng {_line(raw, raw.index(0))}: có ký tự rỗng (NUL); phải ghi theo UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFileError(f"{path.name}, dòng {_line(raw, error.start)}: có chữ không theo UTF-8") from error


def _line(raw: bytes, offset: int) -> int:
    return raw.count(b"\n", 0, offset) + 1


def _csv_lines(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line on which it begins: a quoted cell may go over several."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataFileError(f"{name}, dòng {begins}: dấu ngoặc kép hoặc dấu phẩy đặt sai ({error})") from error


def read_csv(path: Path, columns: Iterable[str]) -> list[Row]:
    """All rows of a UTF-8 CSV file with at least these columns."""
    lines = _csv_lines(path.name, _read_text(path))
    begins, header = next(lines, (1, []))
    for said, names in (
        ("thiếu cột", [column for column in columns if column not in header]),
        ("ghi hai lần cột", sorted({column for column in header if header.count(column) > 1})),
    ):
        if names:
            raise DataFileError(f"{path.name}, dòng {begins}: {said} {', '.join(names)}")
    rows = []
    for line, cells in lines:
        row = Row(path.name, f"dòng {line}", dict(zip(header, cells, strict=False)))
        if len(cells) != len(header):
            raise row.wrong(f"có {len(cells)} ô, phải có {len(header)} như dòng tiêu đề")
        rows.append(row)
    return rows


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"khóa {name} ghi hai lần")
    return dict(pairs)


def read_json(path: Path) -> list[Row]:
    """All objects of a JSON list, numbered from 1."""
    text = _read_text(path)
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        said = f"không phải JSON hợp lệ ({error.msg}, cột {error.colno})"
        raise DataFileError(f"{path.name}, dòng {error.lineno}: {said}") from error
    except (ValueError, RecursionError) as error:
        raise DataFileError(f"{path.name}: không phải JSON hợp lệ ({error})") from error
    if not isinstance(content, list):
        raise DataFileError(f"{path.name}, dòng 1: phải là một danh sách […] các mục")
    return [_entry(Row(path.name, f"mục {number}", {}, "khóa"), values) for number, values in enumerate(content, 1)]


def _entry(row: Row, values: Any) -> Row:
    if not isinstance(values, dict):
        raise row.wrong("phải là một đối tượng {…}")
    for name, value in values.items():
        written = json.dumps(value, ensure_ascii=False)
        if "\\u0000" in written or any(unicodedata.category(char) == "Cs" for char in written):
            raise row.wrong("có ký tự không hợp lệ", name)
    return Row(row.file, row.place, values, row.part)


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
    """The record, if every field takes its value and the rules of its table hold.

    Raises DataFileError naming the row and the columns. Uniqueness is that of the whole table: `upsert` checks it.
    """
    if isinstance(record, NamedModel):
        record.derive_keys()
    try:
        record.clean_fields()
        record.clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise row.wrong(" ".join(messages), *([field] if field != NON_FIELD_ERRORS else [])) from error
    for constraint in record._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            try:
                constraint.validate(type(record), record)
            except ValidationError as error:
                named = constraint.condition.referenced_base_fields
                columns = [field.name for field in record._meta.fields if field.name in named]
                raise row.wrong(" ".join(error.messages), *columns) from error
    return record


def _unique_sets(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Fields that may stand only once together, and the words that say so."""
    for field in model._meta.fields:
        if field.unique and not field.primary_key:
            yield (field.name,), "đã có ở bản ghi khác"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            yield constraint.fields, str(constraint.violation_error_message)


def _check_unique(untouched: Iterable[models.Model], given: Sequence[tuple[Row, models.Model]]) -> None:
    """Raise DataFileError for a row whose record repeats what only one of the table may have."""
    for names, said in _unique_sets(type(given[0][1])) if given else ():
        held: set[tuple] = set()
        for row, record in [*((None, record) for record in untouched), *given]:
            values = tuple(getattr(record, record._meta.get_field(name).attname) for name in names)
            if None in values:
                continue
            if values in held and row is not None:
                raise row.wrong(said, *names)
            held.add(values)


def upsert(
    model: type[models.Model], key: tuple[str, ...], rows: Iterable[tuple[Row, Mapping[str, Any]]]
) -> tuple[dict[tuple, models.Model], Counts]:
    """Create what is new, update what differs, leave the rest alone; rows that are gone stay as they are.

    Each item is a row with the fields it says. Returns the records by key, and the counts.
    Raises DataFileError naming the row when a value does not fit, a rule is broken or a key stands twice.
    """
    existing = {tuple(getattr(r, k) for k in key): r for r in model._default_manager.all()}
    counts, seen, given = Counts(str(model._meta.verbose_name)), {}, []
    created, changed = [], []
    for row, values in rows:
        identity = tuple(values[k] for k in key)
        if identity in seen:
            raise row.wrong(f"trùng khóa {' / '.join(map(str, identity))}")
        record = existing.get(identity)
        if record is None:
            record = checked(row, model(**values))
            created.append(record)
        elif _is_changed(row, record, values):
            changed.append(record)
        else:
            counts.unchanged += 1
        seen[identity] = record
        given.append((row, record))
    _check_unique([record for identity, record in existing.items() if identity not in seen], given)
    _write(model, created, changed, given[0][0].file if given else "")
    counts.created, counts.updated = len(created), len(changed)
    return seen, counts


def _holds(record: models.Model, name: str, value: Any) -> bool:
    """Whether the record says just this already; of JSON that is left open, for there 1 equals true."""
    held = getattr(record, record._meta.get_field(name).attname)
    given = value.pk if isinstance(value, models.Model) else value
    return held == given and type(held) is type(given) and not isinstance(given, dict | list)


def _is_changed(row: Row, record: models.Model, values: Mapping[str, Any]) -> bool:
    """Bring a record into line with its row, checked if that is not what it says already; whether it changed it."""
    before = {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}
    is_said = all(_holds(record, name, value) for name, value in values.items())
    for name, value in values.items():
        setattr(record, name, value)
    if not is_said:
        checked(row, record)
    elif isinstance(record, NamedModel):
        record.derive_keys()
    return any(getattr(record, name) != value for name, value in before.items())


def _write(model: type[models.Model], created: list, changed: list, file: str) -> None:
    names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    try:
        model._default_manager.bulk_create(created)
        if changed:
            model._default_manager.bulk_update(changed, names)
    except DatabaseError as error:  # a rule that only the database knows
        raise DataFileError(f"{file}: cơ sở dữ liệu không nhận ({error})") from error
