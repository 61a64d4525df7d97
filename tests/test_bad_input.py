"""Whatever is sent to whichever address: refused or ignored in plain words, and never a fault of the server."""

import json
import re
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from communes.models import Boundary, Commune
from criteria.models import Assessment
from directives.models import Target
from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken, User
from tests.factories.office import one_of_each
from tests.form_reader import untouched
from tests.test_consistency import addresses, filled_in

ROUTES = [(pattern, filled_in(pattern)) for pattern, _ in addresses(get_resolver().url_patterns)]
PATHS = sorted({path for _, path in ROUTES})
IN_PATHS = re.compile(r"<[^>]+>")
ELSEWHERE = [
    "//evil.example", "///evil.example", "https://evil.example/", "https:evil.example", "https:///evil.example",
    "/\\evil.example", "\\\\evil.example", "\t//evil.example", "javascript:alert(1)", "data:text/html,x",
    "//testserver@evil.example", "http://testserver.evil.example/", "http://testserver:80@evil.example/", "ftp://testserver/",
]  # fmt: skip
STRANGE = {
    "nul": "a%00b",
    "surrogate": "%ED%A0%80",
    "broken utf-8": "%C3%28%FF",
    "long": "x" * 20_000,
    "script": quote("<script>alert(1)</script>"),
    "quotes": quote("' OR 1=1 --\""),
    "number": "9" * 40,
    "negative": "-1",
    "braces": quote("{{7*7}}{%x%}%s"),
    "lines": quote("a\r\nSet-Cookie: x=1"),
}
# One at a time the most used; all at once every other way of asking.
ASKED = ["q", "ngay", "&".join(f"{name}={{0}}" for name in ("xuat", "sap_xep", "loc", "nhom", "xa", "lop", "p", "o"))]
PAGES = ["/", "/ma-tran/", "/ban-do/", "/don-vi/SYT/", "/so-sanh/", "/tim/", "/tim/nhanh/", "/api/v1/communes/"]
PAGES += ["/quan-tri/communes/commune/", "/quan-tri/criteria/assessment/", "/dang-nhap/"]
TAKING = {"/api/v1/reports/", "/api/v1/obstacles/", "/api/v1/tasks/1/updates/"}
TAKING |= {*(f"/api/v1/reports/1/{act}/" for act in ("submit", "withdraw", "approve", "send-back"))}
EDITABLE = sorted(
    (model for model in admin.site._registry if model._meta.app_label not in {"auth", "sessions"}),
    key=lambda model: model._meta.label,
)


@pytest.fixture
def quan_tri(client, admin_user):
    """Browser of the administrator, who may do the most."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def strict(admin_user):
    """The same with tokens of forms checked, as in production."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    return client


@pytest.mark.one_database
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_taken_without_the_token_of_a_form(path, strict):
    assert strict.post(path, {"username": "x"}).status_code in {403, 404}
    assert strict.post(path, {"csrfmiddlewaretoken": "x" * 64}).status_code in {403, 404}


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_methods_nobody_asked_for_change_nothing(method, quan_tri):
    before = [model._base_manager.count() for model in EDITABLE]
    answers = {path: getattr(quan_tri, method)(path).status_code for path in PATHS}
    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert [model._base_manager.count() for model in EDITABLE] == before


@pytest.mark.parametrize(
    "tampered", ["0", "-1", "9" * 40, "1%20OR%201=1", "%00", "%C3%A9", "%ED%A0%80", "..%2f", "1;--"]
)
def test_tampered_ids_are_not_found(tampered, quan_tri):
    for pattern, _ in ROUTES:
        # A link for a new password says kindly that it no longer holds, whatever stands in it.
        if not IN_PATHS.search(pattern) or "(?P" in pattern or pattern.startswith("dat-lai-mat-khau/"):
            continue
        path = "/" + IN_PATHS.sub(tampered, pattern)
        response = quan_tri.get(path)
        known = response.status_code in {403, 404, 405} or response.status_code == 302 and path.startswith("/quan-tri/")
        assert (path, known) == (path, True)


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("page", PAGES)
def test_strange_questions_are_answered_in_plain_words(page, kind, quan_tri):
    for asked in ASKED:
        query = asked.format(STRANGE[kind]) if "=" in asked else f"{asked}={STRANGE[kind]}"
        response = quan_tri.get(f"{page}?{query}")
        assert response.status_code in {200, 302, 400, 404}
        assert b"<script>alert(1)" not in response.content
        assert "Set-Cookie: x" not in str(response.headers)


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/", "/quan-tri/communes/commune/", "/api/v1/communes/", "/dang-nhap/"])
def test_too_many_fields_are_refused(path, quan_tri):
    many = "&".join(f"a{n}=1" for n in range(1001))
    assert quan_tri.get(f"{path}?{many}").status_code == 400
    sent = quan_tri.post(path, many, content_type="application/x-www-form-urlencoded")
    assert sent.status_code in {400, 405}


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
@pytest.mark.parametrize("path", ["/dang-nhap/", "/quan-tri/communes/commune/add/", "/api/v1/communes/", "/"])
def test_body_of_ten_megabytes_is_refused(path, kind, quan_tri):
    assert quan_tri.post(path, b"x" * 10_000_000, content_type=kind).status_code == 413


@pytest.mark.parametrize("username", ["a\0b", "x" * 100_000, "\u202e", "' OR 1=1 --", "<script>alert(1)</script>"])
def test_strange_names_do_not_sign_in(username, client, db):
    response = client.post("/dang-nhap/", {"username": username, "password": DEMO_PASSWORD})
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("door", ["/dang-nhap/", "/quan-tri/login/"])
def test_sign_in_leads_nowhere_else(door, elsewhere, client, db):
    for address, sent in ((door, {"next": elsewhere}), (f"{door}?next={quote(elsewhere)}", {})):
        client.logout()
        given = {"username": "dieuphoi", "password": DEMO_PASSWORD, **sent}
        response = client.post(address, given)
        if door != "/dang-nhap/":  # the admin has no door of its own
            assert response["Location"].startswith("/dang-nhap/?next=")
            response = client.post(response["Location"], given)
        assert (response.status_code, response["Location"]) == (302, "/")


def test_sign_in_leads_to_the_own_host(client, db):
    own = "http://testserver/xa/23407/"
    response = client.post("/dang-nhap/", {"username": "dieuphoi", "password": DEMO_PASSWORD, "next": own})
    assert response["Location"] == own


def tampered_value(field: models.Field) -> str | None:
    """Something that the field would take, other than what most rows have."""
    if field.related_model is not None:
        last = field.related_model._base_manager.order_by("pk").last()
        return None if last is None else str(last.pk)
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.IntegerField | models.DecimalField):
        return "987"
    if isinstance(field, models.DateTimeField):
        return "2020-01-02 03:04:05"
    return "2020-01-02" if isinstance(field, models.DateField) else "TAMPERED"


def make_missing(model: type[models.Model]) -> None:
    """A row of a model of which the loaded data have none."""
    if model is ApiToken:
        ApiToken.issue(User.objects.get(username="soyte"), "thử", at=timezone.now())
    elif model is Boundary:
        unit = Commune.objects.get(code="23407")
        Boundary.objects.create(
            commune=unit, outline=[], source_name="x.geojson", sha256="0" * 64, loaded_at=timezone.now()
        )
    else:
        one_of_each()


@pytest.mark.parametrize("model", EDITABLE, ids=lambda m: m._meta.label)
def test_only_fields_of_the_form_are_taken(model, quan_tri, settings, tmp_path):
    """Mass assignment: every other column of the record is sent too, and stays as it is."""
    if not model._base_manager.exists():
        settings.FILES_DIR = tmp_path
        make_missing(model)
    record = model._base_manager.order_by("pk").first()
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk])
    shown = quan_tri.get(page)
    sent, form = untouched(shown), shown.context["adminform"].form
    closed = [f for f in model._meta.concrete_fields if f.name not in form.fields and f.name not in sent]
    before = model._base_manager.values(*(field.attname for field in closed)).get(pk=record.pk)
    tampered = {name: value for f in closed for name in (f.name, f.attname) if (value := tampered_value(f)) is not None}
    response = quan_tri.post(page, sent | tampered)
    errors = response.context["adminform"].form.errors if response.status_code == 200 else {}
    assert (response.status_code in {302, 403}, dict(errors)) == (True, {})
    assert model._base_manager.values(*before).get(pk=record.pk) == before


def test_coordinator_cannot_make_herself_administrator(portal, coordinator):
    page = reverse("admin:accounts_user_change", args=[coordinator.pk])
    sent = {"username": "dieuphoi", "is_active": "on", "is_superuser": "on", "is_staff": "on"}
    assert portal.post(page, sent).status_code == 403
    assert User.objects.get(pk=coordinator.pk).is_superuser is False


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("/api/v1/")])
def test_interface_takes_nothing_but_what_it_says(path, admin_user):
    """An administrator files no reports; what she may review she must find, and every body has names of its own.

    For an obstacle she may speak, but not in these names.
    """
    client = Client()
    client.force_login(admin_user)
    row = Assessment.objects.values("position", "recorded_by_id").last()
    body = json.dumps({"recorded_by": 1, "department": 1, "position": 1, "is_superuser": True, "conclusion": "MET"})
    refused = {403, 404} if path in TAKING else {404, 405}
    if path == "/api/v1/obstacles/":
        refused = {400}
    for query in ("", "?nope=1", "?since=x"):
        expected = {400} if query and path in TAKING else refused
        assert client.post(path + query, body, content_type="application/json").status_code in expected
    assert Assessment.objects.values("position", "recorded_by_id").last() == row


@pytest.mark.parametrize(
    "parameters",
    ["[" * 100_000, "{" * 10, "NaN", '{"count": NaN}', '"\\u0000"', "null", "[]", "9" * 5000, '{"criteria": 1e999}',
     '{"criteria": true}', '{"criteria": 10, "is_superuser": true}'],
)  # fmt: skip
def test_parameters_that_are_no_parameters_are_refused_at_their_field(parameters, quan_tri, db):
    target = Target.objects.filter(kind="NO_COMMUNE_BELOW").first()
    page = reverse("admin:directives_target_change", args=[target.pk])
    sent = untouched(quan_tri.get(page)) | {"parameters": parameters}
    response = quan_tri.post(page, sent)
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["parameters"]
    assert Target.objects.get(pk=target.pk).parameters == target.parameters


@pytest.mark.parametrize(("field", "value"), [("kind", "FORGED"), ("due_on", "31/02/2020"), ("directive", "999999"),
                                              ("order", "-1"), ("title", "x" * 201), ("title", "a\0b")])  # fmt: skip
def test_forged_choices_are_refused_at_their_field(field, value, quan_tri, db):
    target = Target.objects.filter(kind="NO_COMMUNE_BELOW").first()
    page = reverse("admin:directives_target_change", args=[target.pk])
    response = quan_tri.post(page, untouched(quan_tri.get(page)) | {field: value})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert Target.objects.values().get(pk=target.pk) == {
        f.attname: getattr(target, f.attname) for f in Target._meta.fields
    }
