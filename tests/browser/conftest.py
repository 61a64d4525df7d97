"""One portal under gunicorn and one chromium for all stories, each story in a browser profile of its own."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, sync_playwright

from ntm_portal.accounts.imports import DEMO_PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 10_000
START_SECONDS = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def portal_environment(chromium_path, django_db_setup, tmp_path_factory) -> dict[str, str]:
    """Environment of a portal with a loaded database of its own: a copy of the suite's, else made anew."""
    folder = tmp_path_factory.mktemp("browser")
    database = folder / "portal.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DEMO_DATE": "2020-10-20",
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "NTM_STATIC_ROOT": str(folder / "static"),
        "NO_PROXY": "127.0.0.1",
    }
    commands = [["collectstatic", "--noinput", "--verbosity", "0"]]
    if django_db_setup and Path(django_db_setup).exists():
        with closing(sqlite3.connect(django_db_setup)) as loaded, closing(sqlite3.connect(database)) as copy:
            loaded.backup(copy)
    else:
        commands += [["migrate", "--verbosity", "0"], ["load_reference"], ["load_demo", "--until", "2020-10-20"]]
    for command in commands:
        manage = [sys.executable, "manage.py", *command]
        subprocess.run(manage, cwd=settings.BASE_DIR, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with suppress(URLError, ConnectionError, TimeoutError), urlopen(f"{address}/readyz", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"gunicorn did not start: {log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def address(portal_environment) -> Iterator[str]:
    """Where the portal answers, through the WSGI layer, as one process with threads."""
    port = _free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    log = Path(portal_environment["NTM_STATIC_ROOT"]).with_name("gunicorn.log")
    command = [sys.executable, "-m", "gunicorn", "ntm_portal.wsgi", *options]
    with (
        log.open("w") as stderr,
        subprocess.Popen(command, cwd=settings.BASE_DIR, env=portal_environment, stderr=stderr) as server,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
    assert "Traceback" not in log.read_text("utf-8")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's chromium. Where it is missing the stories are skipped, but never on the machine that guards main."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing: apt-get install chromium")
    if found is None:
        pytest.skip("Chromium is missing: sudo apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def _playwright(address) -> Iterator[Playwright]:
    """Ends with the module: its event loop keeps Django from the database in every test that follows."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(chromium_path, _playwright) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
    yield browser
    browser.close()


class Complaints(list):
    """What the browser complains about: console errors, refused sources, scripts that fail, files not found."""

    def listen(self, page: Page) -> None:
        page.on("console", lambda said: said.type in {"error", "warning"} and self.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._hear_of)

    def _hear_of(self, request: Request) -> None:
        """A request that the next page cut short is no fault."""
        if request.failure != "net::ERR_ABORTED":
            self.append(f"{request.url}: {request.failure}")


@pytest.fixture
def context(address, chromium) -> Iterator[BrowserContext]:
    """A fresh profile at the portal's address."""
    context = chromium.new_context(base_url=address, locale="vi-VN", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def stranger(context) -> Page:
    """A page of somebody who has not signed in."""
    return context.new_page()


@pytest.fixture(scope="module")
def cookies(address, chromium) -> list[dict]:
    """The session of a signed-in administrator, made once through the form."""
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    sign_in(page, "quantri", DEMO_PASSWORD)
    found = context.cookies()
    context.close()
    return found


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill in the form as a person does; leaves the page where the portal leads."""
    if not page.url.endswith("/dang-nhap/"):
        page.goto("/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Đăng nhập").click()


@pytest.fixture
def page(context, cookies) -> Page:
    """A page of the signed-in administrator."""
    context.add_cookies(cookies)
    return context.new_page()


@pytest.fixture
def complaints(page) -> Complaints:
    """Everything the browser complains about on `page`."""
    found = Complaints()
    found.listen(page)
    return found
