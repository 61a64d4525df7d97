"""Reference data of directives, their targets, and the tasks that they give."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from communes.models import Commune
from criteria.models import CriteriaSet
from directives.actions.tasks import give_task
from directives.models import Directive, Target, Task
from ntm_portal.accounts.models import Department
from ntm_portal.core.reference import Counts, Row, read_json, upsert
from ntm_portal.core.text import clean

DATA = Path(__file__).parent / "data"


def load_reference(data: Path = DATA) -> list[Counts]:
    """Load or update directives, targets and tasks; call inside a transaction.

    Raises DataFileError naming file and entry.
    """
    rows = read_json(data / "directives.json")
    found, directive_counts = upsert(Directive, ("number", "issuer", "year"), ((r, _directive(r)) for r in rows))
    directives = _by_number(found.values())
    departments = {d.code: d for d in Department.objects.all()}
    for row, directive in zip(rows, found.values(), strict=True):
        for column, known in (("refers_to", directives), ("recipients", departments)):
            _link(directive, column, [row.resolve(key, known, column) for key in row.texts(column)])
    sets = {s.code: s for s in CriteriaSet.objects.all()}
    rows = read_json(data / "targets.json")
    _, target_counts = upsert(Target, ("directive_id", "code"), ((r, _target(r, directives, sets)) for r in rows))
    targets = {f"{t.directive.number} {t.code}": t for t in Target.objects.select_related("directive")}
    rows = read_json(data / "tasks.json")
    found, task_counts = upsert(Task, ("directive_id", "code"), ((r, _task(r, directives, targets)) for r in rows))
    communes = {c.code: c for c in Commune.objects.filter(kind=Commune.Kind.XA)}
    for row, task in zip(rows, found.values(), strict=True):
        _link(task, "communes", [row.resolve(key, communes, "communes") for key in row.texts("communes")])
        bodies = [row.resolve(key, departments, "departments").pk for key in row.texts("departments")]
        give_task(task, bodies, by=None)
    return [directive_counts, target_counts, task_counts]


def _by_number(found: Iterable[Directive]) -> dict[str, Directive]:
    """Directives by number alone; a number that several carry tells nothing, so it is not known."""
    held: dict[str, list[Directive]] = defaultdict(list)
    for directive in found:
        held[directive.number].append(directive)
    return {number: same[0] for number, same in held.items() if len(same) == 1}


def _link(record: Directive | Task, field: str, wanted: list) -> None:
    links = getattr(record, field)
    if set(links.values_list("pk", flat=True)) != {linked.pk for linked in wanted}:
        links.set(wanted)


def _directive(row: Row) -> dict:
    issued_on = row.need("issued_on", date.fromisoformat)
    values = {name: row[name] for name in ("kind", "abstract", "body", "basis")}
    values |= {name: clean(row[name]) for name in ("number", "issuer")}
    values |= {"issued_on": issued_on, "year": issued_on.year}
    derived = Directive(**values)
    derived.derive_keys()
    return values | {"search_key": derived.search_key}


def _target(row: Row, directives: Mapping[str, Directive], sets: Mapping[str, CriteriaSet]) -> dict:
    return {
        **{name: row[name] for name in ("code", "title", "kind", "quote")},
        "order": row.of("order", int),
        "parameters": row.of("parameters", dict),
        "is_focus": row.of("is_focus", bool),
        "directive_id": row.find("directive", directives).pk,
        "criteria_set_id": row.find("criteria_set", sets).pk,
        "due_on": row.need("due_on", date.fromisoformat),
    }


def _task(row: Row, directives: Mapping[str, Directive], targets: Mapping[str, Target]) -> dict:
    directive = row.find("directive", directives)
    due_on = row.need("due_on", date.fromisoformat) if row["due_on"] else None
    target = row.resolve(f"{directive.number} {row['target']}", targets, "target") if row["target"] else None
    values = {name: row[name] for name in ("code", "title", "content", "quote", "recurrence", "basis")}
    values |= {"given_on": directive.issued_on, "due_on": due_on, "target_id": target.pk if target else None}
    derived = Task(directive_id=directive.pk, **values)
    derived.derive_keys()
    return values | {"directive_id": directive.pk, "search_key": derived.search_key}
