"""A server killed in the middle of an approval leaves all or nothing, and the report can still be approved."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from criteria.models import Assessment, Source
from ntm_portal.core import ledger
from ntm_portal.core.audit import AuditEntry
from reports.models import Report
from tests.factories.office import handed_in, open_for, report_of

PATIENCE = 30
_PLACE = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
TOKEN = "k" * 32


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(holds: Callable[[], object]) -> None:
    """Wait until it holds; fails when it does not in time."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@contextmanager
def server(step: str, stopped: Path) -> Iterator[tuple[int, subprocess.Popen]]:
    """(port, process) of a gunicorn on the test database, which stops after that step of an approval."""
    port = free_port()
    place = {name: connection.settings_dict[name] for name in _PLACE}
    given = {
        "NTM_TEST_CONNECTION": json.dumps(place),
        "NTM_TEST_STOP_AFTER": step,
        "NTM_TEST_STOPPED": str(stopped),
        "NTM_TEST_TODAY": settings.DEMO_DATE.isoformat(),
        "DJANGO_SETTINGS_MODULE": "ntm_portal.settings.test",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", os.devnull, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--workers", "1", "--timeout", "600", "tests.reports.stopping_server"],
        cwd=settings.BASE_DIR,
        env=os.environ | given,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: answers(port))
        yield port, process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """SIGKILL for the server and its worker: nothing of them can tidy up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def approve_over_http(port: int, report: Report, cookie: str) -> None:
    """The click of a browser; the answer never comes."""
    link = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        link.request(
            "POST",
            f"/bao-cao/{report.pk}/phe-duyet/",
            urlencode({"csrfmiddlewaretoken": TOKEN, "revision": report.revision}),
            {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{cookie}; csrftoken={TOKEN}"},
        )
        link.getresponse()
    except OSError:
        pass  # killed
    finally:
        link.close()


def written() -> tuple[int, int, int, int]:
    """What an approval adds to: rows of the ledger, sources, the position, the trail."""
    return (
        Assessment.objects.count(),
        Source.objects.count(),
        ledger.current().number,
        AuditEntry.objects.filter(model__startswith="reports.").count(),
    )


@pytest.mark.parametrize("step", ["record_assessments", "touch"])
def test_approval_killed_in_its_middle_wrote_nothing_and_can_be_done_again(
    committed_db, officer, coordinator, tmp_path, step
):
    open_for()
    report = handed_in(report_of(), officer)
    browser = Client()
    browser.force_login(coordinator)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    before = written()
    connection.close()

    with server(step, tmp_path / "stopped") as (port, process):
        click = Thread(target=approve_over_http, args=(port, report, cookie))
        click.start()
        until((tmp_path / "stopped").exists)
        kill(process)
        click.join(PATIENCE)

    assert written() == before
    assert Report.objects.get(pk=report.pk).state == "SUBMITTED"

    again = browser.post(f"/bao-cao/{report.pk}/phe-duyet/", {"revision": report.revision})

    rows, sources, *_ = written()
    assert (again.status_code, again["Location"]) == (302, "/bao-cao/duyet/")
    assert (rows - before[0], sources - before[1]) == (report.lines.exclude(conclusion="").count(), 1)
    assert Report.objects.get(pk=report.pk).state == "APPROVED"
