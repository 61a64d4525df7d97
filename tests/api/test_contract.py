"""What is common to all answers: sign-in, problems, ETags, limits, the description."""

import json
import re
from datetime import date, timedelta
from io import BytesIO
from unicodedata import normalize

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.request import Request

from communes.models import Commune
from criteria.models import Recognition
from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.api.auth import ALLOWANCE, find_caller
from ntm_portal.api.parameters import Query
from ntm_portal.api.problems import problem_for
from ntm_portal.core import clock
from ntm_portal.core.ledger import Position
from ntm_portal.wsgi import application
from tests.factories.office import finish, open_for, report_of

STATUS_PATHS = [
    "communes/", "communes/23407/", "communes/23407/status/", "status/", "summary/", "summary/?by=district",
    "summary/?by=criterion", "summary/?by=department", "targets/", "districts/", "criteria-sets/",
    "criteria-sets/xa-ntm-2016-2020/", "communes/?kind=PHUONG", "communes/?as_of=2019-01-01",
    "communes/23407/history/", "changes/?since=0&limit=50", "villages/", "departments/", "recognitions/", "directives/",
    "directives/1/",
]  # fmt: skip


def problem_of(response) -> tuple[int, str, list[str]]:
    """Status, content type, and the pointers of the faults."""
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == response.status_code
    return response.status_code, response["Content-Type"], [fault["pointer"] for fault in body.get("errors", [])]


@pytest.mark.parametrize("path", STATUS_PATHS)
def test_no_sign_in_is_401(client, db, path):
    response = client.get(f"/api/v1/{path}")
    assert problem_of(response) == (401, "application/problem+json", [])
    assert response["WWW-Authenticate"] == "Token"


def test_session_reads_as_a_token_does(portal, api):
    assert portal.get("/api/v1/targets/").json() == api.json("targets/")


def test_user_without_a_role_is_403(client, db):
    client.force_login(User.objects.create_user("khach"))
    assert problem_of(client.get("/api/v1/communes/"))[0] == 403


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": clock.now},
        {"expires_at": lambda: clock.now() - timedelta(seconds=2)},
    ],
)
def test_token_revoked_or_expired_is_401(api, change):
    ApiToken.objects.update(**{name: value() for name, value in change.items()})
    assert api.get("communes/").status_code == 401


def test_token_of_an_inactive_user_is_401(api, coordinator):
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert api.get("communes/").status_code == 401


def test_public_reading_opens_status_when_the_province_says_so(client, db, settings):
    settings.PUBLIC_READ = True
    assert client.get("/api/v1/communes/").json()["count"] == 85


@pytest.mark.parametrize(
    ("path", "pointers"),
    [
        ("communes/?as_of=abc", ["?as_of"]), ("communes/?as_of=2020-02-31", ["?as_of"]),
        ("communes/?as_of=0001-01-01", ["?as_of"]), ("communes/?known_at=hôm qua", ["?known_at"]),
        ("communes/?foo=1&bar=2", ["?foo", "?bar"]), ("communes/?district=Tu Mơ Rông", ["?district"]),
        ("communes/?band=20", ["?band"]), ("communes/?criteria_met_max=nhiều", ["?criteria_met_max"]),
        ("communes/?criterion_not_met=20", ["?criterion_not_met"]), ("communes/?page=0", ["?page"]),
        ("communes/?page_size=501", ["?page_size"]), ("communes/?ordering=foo", ["?ordering"]),
        ("communes/?fields=code,foo", ["?fields"]), ("communes/?format=pdf", ["?format"]),
        ("communes/?meets_standard=có", ["?meets_standard"]), ("summary/?by=village", ["?by"]),
        ("status/?page=1", ["?page"]), ("summary/?format=csv", ["?format"]), ("targets/?state=BAD", ["?state"]),
        ("communes/?set=nope", ["?set"]), ("summary/?set=nope", ["?set"]), ("communes/?district=999", ["?district"]),
        ("communes/?district=999&set=nope", ["?set", "?district"]), ("targets/?directive=zzz", ["?directive"]),
        ("communes/?criterion_not_met=20&district=618&band=full", ["?criterion_not_met"]),
        ("communes/?criterion_not_met=0&kind=PHUONG", ["?criterion_not_met"]), ("communes/?set=", ["?set"]),
        ("communes/?meets_standard=", ["?meets_standard"]), ("communes/?search=", ["?search"]),
        ("communes/?search=%3F%3F", ["?search"]), ("districts/?ordering=", ["?ordering"]),
        ("targets/?fields=", ["?fields"]), ("targets/?directive=", ["?directive"]),
        ("communes/?as_of=2020-10-13&as_of=2020-09-30", ["?as_of"]), ("targets/?state=MET&state=MET", ["?state"]),
        ("communes/?format=csv&format=xlsx", ["?format"]), ("communes/?foo=1&foo=2", ["?foo"]),
        ("villages/?commune=x", ["?commune"]), ("villages/?kind=X&district=999", ["?district", "?kind"]),
        ("departments/?kind=X", ["?kind"]), ("departments/?as_of=2020-01-01", ["?as_of"]),
        ("recognitions/?tier=X", ["?tier"]), ("recognitions/?unit=x&known_at=x", ["?known_at", "?unit"]),
        ("directives/?kind=X", ["?kind"]), ("directives/1/?x=1", ["?x"]), ("villages/?as_of=1900-01-01", ["?as_of"]),
        ("communes/23407/history/?set=nope", ["?set"]), ("changes/", ["?since"]),
        ("criteria-sets/?tier=BAD", ["?tier"]), ("criteria-sets/xa-ntm-2016-2020/?as_of=2020-01-01", ["?as_of"]),
    ],
)  # fmt: skip
def test_faulty_query_is_a_problem_with_a_pointer(api, path, pointers):
    response = api.get(path)
    assert problem_of(response) == (400, "application/problem+json", pointers)


class Compared(Query):
    """An answer that takes one of its parameters several times."""

    xa = serializers.ListField(child=serializers.CharField())
    as_of = serializers.DateField(required=False)


def test_query_takes_several_values_where_it_says_so():
    def read(query: str) -> dict:
        return Compared.read(Request(RequestFactory().get(f"/?{query}")), Position("", 0))

    assert read("xa=23407&xa=23410&as_of=2020-10-13") == {"xa": ["23407", "23410"], "as_of": date(2020, 10, 13)}
    assert read("xa=23407") == {"xa": ["23407"]}
    with pytest.raises(ValidationError) as refused:
        read("xa=23407&as_of=2020-10-13&as_of=2020-10-12")
    assert refused.value.get_codes() == {"as_of": ["repeated"]}


@pytest.mark.parametrize(
    "path",
    ["communes/99999/", "communes/99999/status/", "communes/99999/history/", "directives/99999/", "reports/99999/",
     "targets/99999/", "criteria-sets/nope/", "nope/", "communes/?page=9",
     "communes/1/2/3/"],
)  # fmt: skip
def test_unknown_unit_or_address_is_404(api, path):
    assert problem_of(api.get(path))[:2] == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_any_act_but_reading_is_405(api, method):
    response = getattr(api.client, method)("/api/v1/communes/", headers=api.headers, content_type="application/json")
    assert problem_of(response)[:2] == (405, "application/problem+json")
    assert response["Allow"] == "GET, HEAD"


def test_kind_of_answer_that_is_not_there_is_a_vietnamese_406(api):
    response = api.get("communes/", {"Accept": "application/pdf"})
    assert problem_of(response) == (406, "application/problem+json", [])
    assert response.json()["detail"] == (
        "Câu trả lời là JSON; danh sách còn có CSV và XLSX (?format=csv, ?format=xlsx)."
    )


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UnsupportedMediaType("text/plain"), 415, "Nội dung gửi lên phải là JSON (Content-Type: application/json)."),
        (ParseError("Expecting value"), 400, "Nội dung gửi lên không phải JSON hợp lệ."),
    ],
)
def test_content_that_cannot_be_read_is_a_vietnamese_problem(error, status, said):
    response = problem_for(error, {"request": RequestFactory().post("/")})
    assert (response.status_code, json.loads(response.content)["detail"]) == (status, said)


@pytest.mark.parametrize("path", STATUS_PATHS)
def test_etag_is_strong_and_gives_304(api, path):
    first = api.get(path)
    again = api.get(path, {"If-None-Match": first["ETag"]})
    assert first["ETag"].startswith('"')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == "private, max-age=0, must-revalidate"


@pytest.mark.parametrize("path", STATUS_PATHS)
def test_head_tells_what_get_would(api, path):
    get, head = api.get(path), api.client.head(f"/api/v1/{path}", headers=api.headers)
    assert (head.status_code, head.content, dict(head.items())) == (200, b"", dict(get.items()))
    shown = api.headers | {"If-None-Match": get["ETag"]}
    assert api.client.head(f"/api/v1/{path}", headers=shown).status_code == 304


def test_etag_differs_by_query_day_and_position(api, clock_at):
    tags = [api.get("communes/")["ETag"], api.get("communes/?district=617")["ETag"]]
    Recognition.objects.filter(commune__code="23434").update(signer="Chủ tịch")
    tags.append(api.get("communes/")["ETag"])
    clock_at(date(2020, 10, 21))
    tags.append(api.get("communes/")["ETag"])
    assert len(set(tags)) == 4


def through_wsgi(token_key: str, path: str, etag: str = "", method: str = "GET") -> tuple[str, dict, bytes]:
    """One request as the server sends it, through the layer that stands before Django."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": f"/api/v1/{path}", "QUERY_STRING": query, "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "HTTP_HOST": "testserver", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http", "HTTP_AUTHORIZATION": f"Token {token_key}", "wsgi.errors": BytesIO(),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False, "wsgi.version": (1, 0),
    }  # fmt: skip
    if etag:
        environ["HTTP_IF_NONE_MATCH"] = etag
    told = {}
    body = b"".join(application(environ, lambda status, headers: told.update(status=status, headers=dict(headers))))
    return told["status"][:3], told["headers"], body


def test_answer_from_memory_equals_the_first_one(api, token_key):
    first = api.get("communes/?district=617")
    status, headers, body = through_wsgi(token_key, "communes/?district=617")
    assert (status, body, headers) == ("200", first.content, dict(first.items()))
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_head_from_memory_has_the_headers_and_no_body(api, token_key):
    first = api.get("communes/?district=617")
    assert through_wsgi(token_key, "communes/?district=617", method="HEAD") == ("200", dict(first.items()), b"")


def test_memory_is_never_stale(api, token_key):
    etag = api.get("communes/23407/")["ETag"]
    assert through_wsgi(token_key, "communes/23407/", etag)[0] == "304"
    Commune.objects.filter(code="23407").update(name="Đăk Na mới")
    assert api.get("communes/23407/", {"If-None-Match": etag}).json()["name"] == "Đăk Na mới"


def test_memory_does_not_answer_a_revoked_token(api, token_key, client):
    api.get("communes/")
    ApiToken.objects.update(revoked_at=clock.now())
    assert client.get("/api/v1/communes/", headers=api.headers).status_code == 401
    assert find_caller(token_key) is None


def test_limit_is_429_with_retry_after(api, token_key, settings):
    settings.API_RATE_PER_MINUTE = 3
    etag = api.get("districts/")["ETag"]
    answers = [through_wsgi(token_key, "districts/", etag) for _ in range(3)]
    assert [status for status, _, _ in answers] == ["304", "304", "429"]
    assert 0 < int(answers[2][1]["Retry-After"]) <= 60
    refused = api.get("communes/")
    assert problem_of(refused)[:2] == (429, "application/problem+json")
    assert int(refused["Retry-After"]) <= 61
    ALLOWANCE.reset()


WARM_LISTS = [
    "communes/", "communes/?page_size=1", "communes/?district=617", "communes/?kind=PHUONG", "communes/?format=csv",
    "communes/?set=xa-ntm-2016-2020", "targets/", "targets/?directive=3867/UBND-NNTN", "districts/", "criteria-sets/",
    "criteria-sets/?tier=STANDARD", "villages/?district=617", "departments/", "recognitions/?tier=STANDARD",
    "directives/",
]  # fmt: skip


@pytest.mark.parametrize("path", WARM_LISTS)
def test_warm_list_needs_two_queries_with_a_token_and_three_with_a_session(api, portal, path):
    """One finds the token and the position, or two the session and the position; one the person with the rights."""
    spent = {}
    for name, get in (("token", api.get), ("session", lambda path: portal.get(f"/api/v1/{path}"))):
        get(path)
        with CaptureQueriesContext(connection) as captured:
            assert get(path).status_code == 200
        spent[name] = len(captured)
    # The query that finds a token goes around Django, and so around its count.
    # A file that leaves the portal is recorded.
    told = 1 if "format=" in path else 0
    assert spent == {"token": 1 + told, "session": 3 + told}


def test_session_loses_its_rights_at_once(portal, coordinator):
    before = portal.get("/api/v1/communes/").status_code
    coordinator.memberships.all().delete()
    assert (before, portal.get("/api/v1/communes/").status_code) == (200, 403)


@pytest.fixture(scope="module")
def description() -> dict:
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))


def check_answer(description: dict, response, method: str = "get") -> None:
    """What was answered is as the description says of the address, the method and the status."""
    bare = response.request["PATH_INFO"].replace("/23407/", "/{code}/").replace("/xa-ntm-2016-2020/", "/{code}/")
    bare = re.sub(r"/\d+/", "/{id}/", bare)
    told = description["paths"][bare][method]["responses"][str(response.status_code)]["content"]
    shape = told[response["Content-Type"].partition(";")[0]]["schema"]
    Draft202012Validator({**shape, "components": description["components"]}).validate(response.json())


@pytest.mark.parametrize("path", [*STATUS_PATHS, "targets/{id}/"])
def test_answer_is_valid_against_the_description(api, description, path):
    if "{id}" in path:
        path = f"targets/{api.json('targets/')['results'][0]['id']}/"
    response = api.get(path)
    assert response.status_code == 200
    check_answer(description, response)


def test_reports_and_acts_are_as_the_description_says(health, office, officer, description):
    """The whole way of a report, and one refusal of each kind."""
    open_for("SYT", "UB617")
    report = finish(report_of(), officer)
    at, other = f"reports/{report.pk}/", f"reports/{report_of('UB617', what='COMMUNES').pk}/"
    for path in ("reports/", "obligations/", "reporting-periods/", at, other, "reports/999/", "reports/?page=99"):
        check_answer(description, office.get(path))
    lines, fresh = {"lines": [{"line": report.lines.first().pk, "note": "đã xem"}]}, {"If-Match": "*"}
    for body, headers in ((lines, {}), (lines, {"If-Match": '"0"'}), ({"lines": [{"line": 0}]}, fresh), (lines, fresh)):
        check_answer(description, health.patch(f"{at}lines/", body, headers), "patch")
    key = {"Idempotency-Key": "1"}
    notes = {"notes": [{"text": "Xem lại"}]}
    acts = [(office, "submit", {}), (health, "submit", {}), (health, "withdraw", {}), (health, "submit", {})]
    acts += [(office, "send-back", notes), (health, "submit", {}), (office, "approve", {}), (office, "approve", {})]
    for caller, act, body in acts:
        check_answer(description, caller.post(f"{at}{act}/", body, key if act == "withdraw" else {}), "post")
    for reason, headers in (("Nhầm", {}), ("", {}), ("Nhầm lần nữa", key)):
        check_answer(description, health.post("reports/", {"report": report.pk, "reason": reason}, headers), "post")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("query", ["", "?nope=1", "?since=x", "?format=pdf"])
def test_address_takes_only_the_methods_that_it_describes(api, description, method, query):
    for path, operations in description["paths"].items():
        if method not in operations and "schema" not in path:
            filled = path.replace("{code}", "23407").replace("{id}", "1")
            response = getattr(api.client, method)(filled + query, headers=api.headers, content_type="application/json")
            assert (path, response.status_code) == (path, 405)


LISTS = ["communes", "targets", "districts", "criteria-sets", "villages", "departments", "recognitions", "directives"]
LISTS += ["reports", "obligations", "reporting-periods", "tasks", "obstacles"]
VIETNAMESE = re.compile("[\u0300-\u036fđ]")


def descriptions(part, place: str = "") -> list[tuple[str, str]]:
    """Every text of the description that a person reads, with where it stands."""
    if isinstance(part, list):
        return [found for index, item in enumerate(part) for found in descriptions(item, f"{place}/{index}")]
    if not isinstance(part, dict):
        return []
    own = [(place, part[name]) for name in ("summary", "description") if isinstance(part.get(name), str)]
    return own + [found for name, item in part.items() for found in descriptions(item, f"{place}/{name}")]


def test_description_speaks_vietnamese(description):
    texts = [(place, words) for place, words in descriptions(description) if not words.startswith("* `")]
    assert len(texts) > 100
    assert [(place, words) for place, words in texts if not VIETNAMESE.search(normalize("NFD", words))] == []
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert [o["operationId"] for o in operations if not o.get("summary") or not o.get("description")] == []


@pytest.mark.parametrize("name", LISTS)
def test_description_of_a_list_declares_its_files_and_what_it_accepts(description, api, name):
    operation = description["paths"][f"/api/v1/{name}/"]["get"]
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert list(operation["responses"]["200"]["content"]) == ["application/json", "text/csv", xlsx]
    for kind in ("csv", "xlsx"):
        served = api.get(f"{name}/?format={kind}")["Content-Type"].partition(";")[0]
        assert served in operation["responses"]["200"]["content"]
    told = {p["name"]: p.get("description", "") for p in operation["parameters"]}
    for parameter in ("ordering", "fields"):
        accepted = api.get(f"{name}/?{parameter}=").json()["detail"].removeprefix("Nhận: ")
        assert told[parameter].endswith(f": {accepted}")


def test_description_and_its_pages_are_served(portal):
    assert portal.get("/api/v1/schema/").status_code == 200
    page = portal.get("/api/v1/docs/").content.decode()
    assert "drf_spectacular_sidecar" in page
    assert "<style" not in page


def test_create_token_prints_the_key_alone_on_the_last_line(db, client, capsys):
    call_command("create_token", "lanhdao", "--name", "Kho dữ liệu")
    key = capsys.readouterr().out.splitlines()[-1]
    assert client.get("/api/v1/districts/", headers={"Authorization": f"Token {key}"}).status_code == 200
    assert not ApiToken.objects.filter(digest=key).exists()


def test_health_needs_no_sign_in(client, db):
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    assert reverse("healthz") == "/healthz"
