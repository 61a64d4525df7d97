"""Reference data of directives and their targets."""

from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError

from criteria.models import CriteriaSet
from directives.models import Directive, Target
from ntm_portal.accounts.models import Department
from ntm_portal.core.reference import Counts, Row, read_json, upsert

DATA = Path(__file__).parent / "data"


def load_reference(data: Path = DATA) -> list[Counts]:
    """Load or update directives and targets; call inside a transaction.

    Raises DataFileError naming file and entry.
    """
    rows = read_json(data / "directives.json")
    found, directive_counts = upsert(Directive, ("number", "issuer", "year"), ((r, _directive(r)) for r in rows))
    directives = {key[0]: record for key, record in found.items()}
    departments = {d.code: d for d in Department.objects.all()}
    for row, directive in zip(rows, found.values(), strict=True):
        _link(directive, "refers_to", [_known(row, number, directives) for number in row["refers_to"]])
        _link(directive, "recipients", [_known(row, code, departments) for code in row["recipients"]])
    sets = {s.code: s for s in CriteriaSet.objects.all()}
    rows = read_json(data / "targets.json")
    targets, target_counts = upsert(Target, ("directive_id", "code"), ((r, _target(r, directives, sets)) for r in rows))
    for row, target in zip(rows, targets.values(), strict=True):
        try:
            target.clean()
        except ValidationError as error:
            raise row.wrong(" ".join(error.messages)) from error
    return [directive_counts, target_counts]


def _known(row: Row, key: str, known: dict):
    return Row(row.file, row.line, {"refers": key}).find("refers", known)


def _link(directive: Directive, field: str, wanted: list) -> None:
    links = getattr(directive, field)
    if set(links.values_list("pk", flat=True)) != {record.pk for record in wanted}:
        links.set(wanted)


def _directive(row: Row) -> dict:
    plain = ("number", "kind", "issuer", "abstract", "body", "basis")
    issued_on = row.get("issued_on", date.fromisoformat)
    values = {name: row[name] for name in plain} | {"issued_on": issued_on, "year": issued_on.year}
    derived = Directive(**values)
    derived.derive_keys()
    return values | {"search_key": derived.search_key}


def _target(row: Row, directives: dict, sets: dict) -> dict:
    plain = ("code", "order", "title", "kind", "parameters", "quote", "is_focus")
    return {
        **{name: row[name] for name in plain},
        "directive_id": row.find("directive", directives).pk,
        "criteria_set_id": row.find("criteria_set", sets).pk,
        "due_on": row.get("due_on", date.fromisoformat),
    }
