"""The ledger is only ever added to, and every change that counts moves its position."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from communes.models import Boundary, Commune
from criteria.models import Assessment, Measurement, Recognition, Source, Threshold
from directives.models import Target
from ntm_portal.core import clock, guards, ledger
from ntm_portal.core.append_only import AppendOnlyError
from ntm_portal.core.audit import AuditEntry
from tests.factories.ledger import make_new, make_source, record

pytestmark = pytest.mark.django_db

APPEND_ONLY = [model for model in apps.get_models() if getattr(model, "is_append_only", False)]
MOVING = [model for model in apps.get_models() if getattr(model, "moves_position", False)]


@pytest.fixture(autouse=True)
def _one_row_of_each_table(db):
    """No boundary comes with the reference data: an office loads its own."""
    Boundary.objects.create(
        commune=Commune.objects.first(), outline=[], source_name="ranh.geojson", sha256="0" * 64, loaded_at=clock.now()
    )


def execute(sql: str, params=()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def plain_column(model) -> str:
    """Some field whose column has its name, and a name that needs no quotes in SQL."""
    fields = (f for f in model._meta.concrete_fields if not f.primary_key and not f.is_relation)
    return next(f.name for f in fields if f.name != "order")


def moved_by(act) -> bool:
    """Whether the act moves the position; what it did is undone."""
    with transaction.atomic():
        before = ledger.current().number
        act()
        after = ledger.current().number
        transaction.set_rollback(True)
    return after > before


def test_the_append_only_records_are_the_ledger_and_the_trail():
    assert [AuditEntry, Source, Assessment, Measurement] == APPEND_ONLY


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_python_refuses_to_change_a_row(model):
    row, column = model.objects.first(), plain_column(model)
    acts = [
        row.save,
        row.delete,
        lambda: model.objects.filter(pk=row.pk).update(**{column: getattr(row, column)}),
        lambda: model.objects.filter(pk=row.pk).delete(),
        lambda: model.objects.bulk_update([row], [column]),
        lambda: model.objects.update_or_create(defaults={column: getattr(row, column)}, pk=row.pk),
        lambda: model.objects.all().delete(),
    ]

    for act in acts:
        with pytest.raises(AppendOnlyError), transaction.atomic():
            act()

    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", APPEND_ONLY)
@pytest.mark.parametrize("manager", ["objects", "_base_manager"])
def test_the_database_refuses_what_python_lets_through(model, manager):
    rows = getattr(model, manager).filter(pk=model.objects.first().pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        rows._raw_delete(rows.db)


@pytest.mark.parametrize("model", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET {column} = {column} WHERE id = {pk}", "DELETE FROM {table} WHERE id = {pk}"]
)
def test_the_database_refuses_raw_changes(model, statement):
    row = model.objects.first()
    sql = statement.format(table=model._meta.db_table, column=plain_column(model), pk=row.pk)

    with pytest.raises(IntegrityError):
        execute(sql)


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_the_database_refuses_an_insert_that_replaces(model):
    row = model.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["pk"], update_fields=[plain_column(model)]
        )


# The one statement of each database that a trigger on UPDATE and DELETE does not see.
AROUND = {
    "sqlite": "REPLACE INTO {table} SELECT * FROM {table} WHERE id = {pk}",
    "postgresql": "TRUNCATE {table} CASCADE",
}


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_the_database_refuses_its_own_way_around_update_and_delete(model):
    statement = AROUND[connection.vendor]

    with pytest.raises(IntegrityError):
        execute(statement.format(table=model._meta.db_table, pk=model.objects.first().pk))


def test_every_trigger_asked_for_is_in_the_database():
    installed = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(installed[connection.vendor])
        found = {name for (name,) in cursor.fetchall()}

    assert found == {name for name, _, _ in guards.triggers(connection.vendor)}


def test_installing_the_triggers_again_changes_nothing():
    guards.install(connection)

    test_every_trigger_asked_for_is_in_the_database()


def test_a_position_not_taken_is_refused():
    row = Assessment.objects.first()
    row.pk, row._state.adding = None, True
    row.position = ledger.current().number + 1

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_position_taken_by_another_row_is_refused():
    row = Assessment.objects.first()
    row.pk, row._state.adding = None, True

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_positions_follow_each_other_and_the_counter_stands_on_the_last():
    before = ledger.current().number

    positions = record(make_new("1.1"), make_new("1.2"), make_new("4.1"))

    assert list(positions) == [before + 1, before + 2, before + 3]
    assert ledger.current().number == before + 3
    assert list(Assessment.objects.values_list("position", flat=True)[:3]) == [before + 3, before + 2, before + 1]


@pytest.mark.parametrize("model", [Threshold, Recognition, Commune, Target], ids=lambda m: m.__name__)
def test_a_bulk_update_moves_the_position_once_or_more(model):
    before = ledger.current().number

    model.objects.update(**{plain_column(model): F(plain_column(model))})

    assert ledger.current().number > before


@pytest.mark.parametrize("model", MOVING, ids=lambda m: m.__name__)
def test_every_way_to_change_a_row_moves_the_position(model):
    row, table = model.objects.order_by("pk").last(), model._meta.db_table
    column = plain_column(model)
    acts = {
        "save": row.save,
        "update": lambda: model.objects.filter(pk=row.pk).update(**{column: F(column)}),
        "bulk_update": lambda: model.objects.bulk_update([row], [column]),
        "raw update": lambda: execute(f"UPDATE {table} SET {column} = {column} WHERE id = {row.pk}"),
        "raw delete": lambda: execute(f"DELETE FROM {table} WHERE id = {row.pk}"),
    }

    assert [name for name, act in acts.items() if not moved_by(act)] == []


@pytest.mark.parametrize("model", MOVING, ids=lambda m: m.__name__)
@pytest.mark.parametrize("way", ["save", "bulk_create"])
def test_every_way_to_insert_a_row_moves_the_position(model, way):
    row = model.objects.order_by("pk").last()
    insert = {"save": lambda: row.save(force_insert=True), "bulk_create": lambda: model.objects.bulk_create([row])}

    with transaction.atomic():
        execute(f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}")
        moved = moved_by(insert[way])
        transaction.set_rollback(True)

    assert moved


def test_a_value_added_to_an_old_assessment_moves_the_position_or_is_refused():
    """A position determines the snapshot wholly, so nothing may slip under an old one."""
    record(make_new("2.1"))
    row = Assessment.objects.first()
    before = ledger.current()

    try:
        with transaction.atomic():
            Measurement.objects.create(assessment=row, measure=row.indicator.measures.get(), value=50)
    except IntegrityError:
        return

    assert ledger.current().number > before.number


def test_an_old_position_that_nobody_holds_is_refused():
    """Whoever has seen n has seen everything up to n: a gap left by another change stays a gap."""
    Threshold.objects.filter(pk=Threshold.objects.first().pk).update(basis="QĐ khác")
    gap = ledger.current().number
    record(make_new("1.1"))
    row = Assessment.objects.first()
    row.pk, row._state.adding, row.position = None, True, gap

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_source_alone_moves_nothing():
    before = ledger.current()

    make_source()

    assert ledger.current() == before
