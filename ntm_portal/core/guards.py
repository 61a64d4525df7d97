"""What the database itself guarantees: append-only tables, and a new position for every change that counts.

A model says what it needs: `is_append_only = True` refuses UPDATE, DELETE, REPLACE and TRUNCATE, whatever the
code; `moves_position = True` gives every insert, update and delete, also a bulk or raw one, a new ledger
position; `recorded_at_position` names the column, or the column of the row it belongs to, that must be a
position which the running transaction has taken.
The triggers are (re)installed after each migrate, because SQLite drops them when it remakes a table.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_POSTGRES_FUNCTIONS = """
CREATE OR REPLACE FUNCTION ntm_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE OR REPLACE FUNCTION ntm_move_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core_ledgercounter SET position = position + 1, open_from = position + 2;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION ntm_check_position() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  IF TG_ARGV[0] = 'own' THEN
    taken := NEW.position;
  ELSE
    SELECT position INTO taken FROM criteria_assessment WHERE id = NEW.assessment_id;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM core_ledgercounter WHERE taken BETWEEN open_from AND position) THEN
    RAISE EXCEPTION 'position not taken: %', taken USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
_POSTGRES = {
    "refuse": "BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ntm_refuse_change()",
    "move": "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ntm_move_position()",
    "own": "BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION ntm_check_position('own')",
    "assessment": "BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION ntm_check_position('assessment')",
}
_MOVE = "UPDATE core_ledgercounter SET position = position + 1, open_from = position + 2"
_NOT_TAKEN = """WHEN NOT EXISTS (SELECT 1 FROM core_ledgercounter WHERE {taken} BETWEEN open_from AND position)
BEGIN SELECT RAISE(ABORT, 'position not taken: {{table}}'); END"""
_TAKEN_BY_ASSESSMENT = "(SELECT position FROM criteria_assessment WHERE id = NEW.assessment_id)"
_SQLITE = {
    "refuse_update": "BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    "refuse_delete": "BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    # REPLACE deletes without asking the delete trigger.
    "refuse_replace": "BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    "move_insert": f"AFTER INSERT ON {{table}} BEGIN {_MOVE}; END",
    "move_update": f"AFTER UPDATE ON {{table}} BEGIN {_MOVE}; END",
    "move_delete": f"AFTER DELETE ON {{table}} BEGIN {_MOVE}; END",
    "own": "BEFORE INSERT ON {table} " + _NOT_TAKEN.format(taken="NEW.position"),
    "assessment": "BEFORE INSERT ON {table} " + _NOT_TAKEN.format(taken=_TAKEN_BY_ASSESSMENT),
}


def _wanted(model: type[models.Model]) -> set[str]:
    kinds = set()
    if getattr(model, "is_append_only", False):
        kinds.add("refuse")
    if hasattr(model, "recorded_at_position"):
        kinds.add(model.recorded_at_position)
    if getattr(model, "moves_position", False):
        kinds.add("move")
    return kinds


def triggers(vendor: str) -> Iterator[tuple[str, str, str]]:
    """Every trigger the portal's models ask for: (name, table, statement)."""
    statements = _POSTGRES if vendor == "postgresql" else _SQLITE
    for model in apps.get_models():
        for kind in sorted(_wanted(model)):
            for name, body in statements.items():
                if name.split("_")[0] == kind:
                    table = model._meta.db_table
                    yield f"ntm_{table}_{name}", table, body.format(table=table)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers anew; safe to repeat."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTIONS)
        for name, table, body in triggers(connection.vendor):
            if table in existing:
                drop_on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{drop_on}")
                cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, for a database that is about to be emptied as a whole."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table, _ in triggers(connection.vendor):
            if table in existing:
                cursor.execute(
                    f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
                )
