"""What the database itself guarantees: append-only tables, and a new position for every change that counts.

A model says what it needs: `is_append_only = True` refuses UPDATE, DELETE and TRUNCATE, whatever the code;
`moves_position = True` gives every insert, update and delete, also a bulk or raw one, a new ledger position.
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
BEGIN UPDATE core_ledgercounter SET position = position + 1; RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION ntm_check_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.position > (SELECT position FROM core_ledgercounter) THEN
    RAISE EXCEPTION 'position not taken: %', NEW.position USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
_POSTGRES = {
    "refuse": "BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ntm_refuse_change()",
    "move": "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ntm_move_position()",
    "check": "BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION ntm_check_position()",
}
_SQLITE = {
    "refuse_update": "BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    "refuse_delete": "BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    "move_insert": "AFTER INSERT ON {table} BEGIN UPDATE core_ledgercounter SET position = position + 1; END",
    "move_update": "AFTER UPDATE ON {table} BEGIN UPDATE core_ledgercounter SET position = position + 1; END",
    "move_delete": "AFTER DELETE ON {table} BEGIN UPDATE core_ledgercounter SET position = position + 1; END",
    "check": "BEFORE INSERT ON {table} WHEN NEW.position > (SELECT position FROM core_ledgercounter) "
    "BEGIN SELECT RAISE(ABORT, 'position not taken: {table}'); END",
}


def _wanted(model: type[models.Model]) -> set[str]:
    kinds = set()
    if getattr(model, "is_append_only", False):
        kinds.add("refuse")
        if any(field.name == "position" for field in model._meta.fields):
            kinds.add("check")
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
