"""What a browser is told with every answer, and what production insists on before it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from ntm_portal.accounts.models import ApiToken
from ntm_portal.api.auth import ALLOWANCE, find_caller
from ntm_portal.api.gate import AnswersFromMemory, etag_of
from ntm_portal.core import clock
from ntm_portal.core.hardening import PERMISSIONS

pytestmark = pytest.mark.one_database

ROOT = Path(settings.BASE_DIR)
POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ANSWERS = {
    # address: status for a signed-in administrator
    "/": 200,
    "/xa/23407/": 200,
    "/xa/99999/": 404,
    "/khong-co/": 404,
    "/?ngay=abc": 400,
    "/ma-tran/?xuat=xlsx": 200,
    "/static/khong-co.css": 404,
    "/healthz": 200,
    "/quan-tri/": 200,
    "/quan-tri/communes/commune/": 200,
    "/quan-tri/khong-co/": 404,
    "/quan-tri/jsi18n/": 200,
    "/api/v1/communes/": 200,
    "/api/v1/communes/?format=csv": 200,
    "/api/v1/communes/?format=abc": 400,
    "/api/v1/communes/99999/": 404,
    "/api/v1/khong-co/": 404,
    "/api/v1/docs/": 200,
    "/api/v1/docs/?script": 200,
    "/api/v1/schema/": 200,
    "/dang-xuat/": 405,
}


@pytest.fixture
def browser(client, admin_user):
    """The administrator's, which shows what a server error would show."""
    client.force_login(admin_user)
    client.raise_request_exception = False
    return client


def hardened(response) -> tuple[set[str], dict]:
    """The policy's directives, and the other fixed headers of an answer."""
    policy = set(response["Content-Security-Policy"].split("; "))
    return policy, {name: response.headers.get(name) for name in FIXED}


@pytest.mark.parametrize("page", ANSWERS)
def test_every_kind_of_answer_carries_the_headers(page, browser):
    response = browser.get(page)
    assert response.status_code == ANSWERS[page]
    assert hardened(response) == (POLICY, FIXED)


@pytest.mark.parametrize("page", ["/", "/quan-tri/", "/dang-nhap/", "/api/v1/communes/"])
def test_stranger_gets_the_headers_too(page, client, db):
    assert hardened(client.get(page)) == (POLICY, FIXED)


def test_static_file_carries_the_headers(client, settings, db):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    response = client.get("/static/css/portal.css")
    response.close()
    assert (response.status_code, response["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert hardened(response) == (POLICY, FIXED)


def test_page_of_a_server_error_carries_the_headers(browser, monkeypatch):
    monkeypatch.setattr(admin.AdminSite, "each_context", "planted")
    response = browser.get("/quan-tri/")
    assert response.status_code == 500
    assert hardened(response) == (POLICY, FIXED)
    assert "planted" not in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "testserver:80@evil.example", "evil.example/testserver", "a b", ""])
@pytest.mark.parametrize("page", ["/", "/dang-nhap/", "/api/v1/communes/", "/api/v1/docs/"])
def test_foreign_host_is_refused_and_never_repeated(page, host, browser):
    response = browser.get(page, headers={"host": host})
    assert response.status_code == 400
    assert (b"evil" in response.content, "evil" in str(response.headers)) == (False, False)
    assert hardened(response) == (POLICY, FIXED)


def test_forwarded_host_is_not_believed(client, db):
    response = client.get("/quan-tri/", headers={"x-forwarded-host": "evil.example"})
    assert response["Location"] == "/quan-tri/login/?next=/quan-tri/"


def test_answers_before_django_carry_the_headers(admin_user, settings):
    key = ApiToken.issue(admin_user, "thử", at=clock.now())[1]
    settings.API_RATE_PER_MINUTE = 1
    ALLOWANCE.reset()
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/v1/districts/",
        "HTTP_AUTHORIZATION": f"Token {key}",
        "HTTP_IF_NONE_MATCH": "*",
        "wsgi.url_scheme": "http",
    }
    given = []

    def start_response(status, headers):
        given.append((status, dict(headers)))

    application = AnswersFromMemory(lambda environ, start: [])
    etag = etag_of(environ, find_caller(key).position)
    for _ in range(2):
        application({**environ, "HTTP_IF_NONE_MATCH": etag}, start_response)
    ALLOWANCE.reset()
    assert [status for status, _ in given] == ["304 Not Modified", "429 Too Many Requests"]
    limited = given[1][1]
    assert (set(limited["Content-Security-Policy"].split("; ")), {n: limited.get(n) for n in FIXED}) == (POLICY, FIXED)


ASK_PRODUCTION = """
import django
django.setup()
from django.conf import settings
from django.test import Client
# Nothing was collected for a test.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
client = Client(SERVER_NAME="ntm.kontum.gov.vn", raise_request_exception=False)
plain = client.get("/dang-nhap/")
print(plain.status_code, plain["Location"], plain["X-Content-Type-Options"], plain["Referrer-Policy"])
secure = client.get("/healthz", secure=True)
print(secure.status_code, secure["Strict-Transport-Security"])
foreign = client.get("/healthz", secure=True, headers={"host": "evil.example"})
print(foreign.status_code)
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
print(settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE, settings.DEBUG)
"""
STRONG = "Zk3-9qvT7xLw2RfYb8HcNs5PdJm4GaEu6WtKo1XiCyVhBzQj0DlSgFrA"


def example_environment() -> dict[str, str]:
    """The variables of .env.example as it gives them, with the key that an office fills in; and no others."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    inherited = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    return inherited | given | {"SECRET_KEY": STRONG, "DJANGO_SETTINGS_MODULE": "ntm_portal.settings.prod"}


def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess:
    env = {name: value for name, value in (example_environment() | {"PYTHONUTF8": "1"} | changes).items() if value}
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def last_line(done: subprocess.CompletedProcess) -> str:
    return done.stderr.splitlines()[-1]


def test_production_passes_the_deployment_check_with_the_example_environment():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout, done.stderr) == (
        0, "System check identified no issues (0 silenced).\n", "",
    )  # fmt: skip


def test_production_sends_browsers_to_tls_and_keeps_them_there(tmp_path):
    done = run("-W", "ignore:No directory at", "-c", ASK_PRODUCTION, DATABASE_URL=f"sqlite:///{tmp_path / 'p.sqlite3'}")
    assert done.stdout.splitlines() == [
        "301 https://ntm.kontum.gov.vn/dang-nhap/ nosniff same-origin",
        "200 max-age=31536000; includeSubDomains; preload",
        "400",
        "__Host-sessionid True True",
        "__Host-csrftoken True False",
    ]


@pytest.mark.parametrize("key", ["short", "x" * 60, "ab" * 30, "django-insecure-" + STRONG])
def test_production_refuses_a_key_that_can_be_guessed(key):
    done = run("manage.py", "check", SECRET_KEY=key)
    assert done.returncode == 1
    assert last_line(done) == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is too weak: give it at least 50 random characters, "
        "for example of `openssl rand -base64 48`."
    )
    assert key not in done.stderr


@pytest.mark.parametrize("hosts", ["*", "ntm.vn,*", " , "])
def test_production_refuses_to_answer_for_any_host(hosts):
    done = run("manage.py", "check", ALLOWED_HOSTS=hosts)
    assert last_line(done) == (
        f"django.core.exceptions.ImproperlyConfigured: ALLOWED_HOSTS must name the hosts that the portal answers for, "
        f"not {hosts!r}."
    )


def test_production_reads_the_key_from_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{STRONG}\n", encoding="utf-8")
    said = "from django.conf import settings; print(settings.SECRET_KEY)"
    done = run("-c", said, SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key"))
    assert (done.stdout, done.returncode) == (f"{STRONG}\n", 0)


def test_production_does_not_believe_a_forwarded_protocol_without_a_proxy(tmp_path):
    ask = (
        "import django; django.setup(); from django.test import Client; "
        "print(Client(SERVER_NAME='ntm.kontum.gov.vn').get('/x', headers={'x-forwarded-proto': 'https'}).status_code)"
    )
    url = f"sqlite:///{tmp_path / 'p.sqlite3'}"
    done = run("-W", "ignore:No directory at", "-c", ask, DATABASE_URL=url, NTM_BEHIND_PROXY="false")
    assert done.stdout == "301\n"


def test_too_large_a_body_is_refused_before_it_is_read(client, db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused = client.post("/dang-nhap/", {"username": "x" * 2000}, content_type="application/x-www-form-urlencoded")
    assert (refused.status_code, "vượt quá dung lượng" in refused.content.decode()) == (413, True)
    problem = client.post("/api/v1/communes/", {"x": "y" * 2000}, content_type="application/json")
    assert (problem.status_code, problem["Content-Type"], problem.json()["status"]) == (
        413, "application/problem+json", 413,
    )  # fmt: skip


def test_browser_client_checks_tokens(db):
    """A page that sends a form to another site's taste is refused whatever its origin header says."""
    client = Client(enforce_csrf_checks=True)
    assert client.post("/dang-nhap/", {"username": "a"}, headers={"origin": "https://evil.example"}).status_code == 403
