"""House rules that no reviewer has to remember: what is served, who may see it, how code and records are named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import django.contrib.admin
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from communes.models import Commune
from criteria.models import Assessment
from ntm_portal.accounts.permissions import DOORS
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.core.admin import PortalAdmin
from ntm_portal.core.models import LedgerCounter
from ntm_portal.core.readonly import ReadOnlyGetMiddleware, WriteDuringReadError
from ntm_portal.core.scoped import ScopedQuerySet

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
# From the bottom up: a foreign key points to its own app or to one before it.
ORDER = ["core", "communes", "accounts", "criteria", "directives", "reports", "dashboard"]
OWN_MODELS = [model for model in apps.get_models() if model._meta.app_label in ORDER]
FIELDS = [
    field
    for model in OWN_MODELS
    for field in model._meta.get_fields()
    if field.name != "id" and not field.auto_created and field.concrete
]
MOVES_POSITION = {
    "communes": {"Province", "District", "Commune", "Village", "Boundary"},
    "accounts": {"Department", "Sponsorship"},
    "criteria": {"CriteriaSet", "Criterion", "Indicator", "Measure", "Threshold", "Responsibility", "Recognition"},
    "directives": {"Directive", "Target"},
}
# Everything under /api/v1/ asks for a token or a session by itself, and answers 401.
PUBLIC = {"dang-nhap/", "quan-tri/login/", "healthz", "readyz"} | {
    "dang-nhap/ma/", "quen-mat-khau/", "quen-mat-khau/da-gui/",
    "dat-lai-mat-khau/<uidb64>/<token>/", "dat-lai-mat-khau/xong/", "lich/<str:key>.ics",
}  # fmt: skip
# What the portal's own kinds of path part accept; every other kind takes a 1.
CODES = {"district": "617", "commune": "23407", "gso": "23407"}
CODE_FOLDERS = ("ntm_portal", "communes", "criteria", "directives", "reports")
VAGUE_NAMES = {"utils", "helpers", "services", "selectors", "common", "misc"}
PAGES = [
    "/", "/huyen/617/", "/xa/23407/", "/xa/23281/", "/ma-tran/", "/ban-do/", "/muc-tieu/", "/muc-tieu/7/", "/tim/",
    "/so-cai/", "/tim/?q=dak", "/tim/nhanh/?q=dak",
    "/tieu-chi/", "/tieu-chi/17/", "/tieu-chi/99/", "/don-vi/", "/don-vi/SYT/", "/don-vi/UB617/",
    "/ma-tran/?nhom=khong&sap_xep=-tc-17&loc=thay-doi", "/ma-tran/o/23407/17/", "/ma-tran/o/23407/99/",
    "/tai-khoan/", "/tai-khoan/mat-khau/", "/tai-khoan/ma/", "/tai-khoan/xac-thuc/",
    "/thong-bao/", "/tai-khoan/thong-bao/", "/bao-cao/ky/", "/bao-cao/chua-nop/",
    "/vuong-mac/", "/vuong-mac/them/", "/vuong-mac/bao-cao/",
    "/nhiem-vu/", "/nhiem-vu/?nhom=don-vi", "/nhiem-vu/1/", "/nhiem-vu/?nhom=x", "/tai-khoan/lich/",
    "/thiet-ke/", "/so-sanh/", "/so-sanh/?xa=23407&xa=23362", "/so-sanh/?xa=99999",
    "/?ngay=2019-06-01", "/?ngay=2021-06-01", "/?ngay=abc", "/xa/99999/", "/khong-co/",
    "/quan-tri/", "/quan-tri/communes/commune/", "/quan-tri/communes/commune/nhap/",
    "/quan-tri/directives/target/add/", "/quan-tri/khong-co/",
    "/api/v1/docs/", "/api/v1/docs/?script", "/healthz",
]  # fmt: skip
LOOSE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>")
INLINE = re.compile(r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=[^>]*>", re.IGNORECASE)


def addresses(patterns, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every (pattern, view) of the portal."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


def filled_in(pattern: str) -> str:
    """An address that the pattern matches."""
    path = re.sub(r"\(\?P<\w+>(?:(\w+)\|[^)]*|\.\*)\)", lambda match: match.group(1) or "x", pattern)
    path = re.sub(r"<(\w+):code>", lambda match: CODES.get(match.group(1), "1"), path)
    path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", path)
    return "/" + re.sub(r"<[^>]+>", "1", path.replace("^", "").replace("$", ""))


def python_files() -> list[Path]:
    return [path for folder in CODE_FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def label(value: object) -> str:
    return value._meta.label if hasattr(value, "_meta") else str(value)


@pytest.mark.one_database
@pytest.mark.parametrize("page", PAGES)
def test_page_holds_nothing_inline(page, client, admin_user):
    client.force_login(admin_user)
    if page == "/so-cai/":
        page = f"/so-cai/{Assessment.objects.first().position}/"
    response = client.get(page)
    served = response.content.decode()
    if "html" in response["Content-Type"]:
        assert (LOOSE_SCRIPT.findall(served), INLINE.findall(served), "{{" in served) == ([], [], False)
    assert "unsafe-" not in response["Content-Security-Policy"]
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_sign_in_page_holds_nothing_inline(client, db):
    for page in (
        "/dang-nhap/",
        "/quan-tri/login/",
        "/quen-mat-khau/",
        "/quen-mat-khau/da-gui/",
        "/dat-lai-mat-khau/x/y/",
        "/dat-lai-mat-khau/xong/",
    ):
        served = client.get(page).content.decode()
        assert (LOOSE_SCRIPT.findall(served), INLINE.findall(served), "{{" in served) == ([], [], False)


def test_only_listed_views_are_public():
    found = {path for path, view in addresses(get_resolver().url_patterns) if not getattr(view, "login_required", True)}
    assert {path for path in found if not path.startswith("api/v1/")} == PUBLIC


def test_every_other_view_sends_a_stranger_to_sign_in(client, db):
    for pattern, view in addresses(get_resolver().url_patterns):
        if getattr(view, "login_required", True):
            path = filled_in(pattern)
            response = client.get(path)
            entrance = "/quan-tri/login/" if path.startswith("/quan-tri/") else "/dang-nhap/"
            assert (path, response.status_code, response.headers.get("Location")) in {
                (path, 302, f"{door}?next={quote(path)}") for door in {entrance, "/dang-nhap/"}
            }


def test_interface_answers_a_stranger_with_401(client, db):
    answers = {
        pattern: client.get(filled_in(pattern)).status_code
        for pattern, _ in addresses(get_resolver().url_patterns)
        if pattern.startswith("api/v1/")
    }
    unknown = {pattern: status for pattern, status in answers.items() if "rest" in pattern}
    assert set(unknown.values()) == {404}
    assert {answers[pattern] for pattern in answers.keys() - unknown.keys()} == {401}


def test_watching_pages_tell_nothing(client, db):
    assert [client.get(path).content for path in ("/healthz", "/readyz")] == [b"ok", b"ok"]


def test_foreign_keys_point_downwards():
    upward = [
        f"{field.model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for field in FIELDS
        if field.related_model is not None
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(field.model._meta.app_label)
    ]
    assert upward == []


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.model._meta.label}.{f.name}")
def test_field_has_a_vietnamese_label(field):
    assert str(field.verbose_name) not in {field.name, field.name.replace("_", " "), ""}


@pytest.mark.parametrize("model", OWN_MODELS, ids=label)
def test_record_has_a_vietnamese_name(model):
    default = re.sub(r"(?<!^)(?=[A-Z])", " ", model.__name__).lower()
    assert {default, f"{default}s"}.isdisjoint({str(model._meta.verbose_name), str(model._meta.verbose_name_plural)})


def test_what_answers_show_moves_the_position():
    found: dict[str, set[str]] = {}
    for model in OWN_MODELS:
        if getattr(model, "moves_position", False):
            found.setdefault(model._meta.app_label, set()).add(model.__name__)
    assert found == MOVES_POSITION


@pytest.mark.parametrize("model", [m for m in OWN_MODELS if m is not LedgerCounter], ids=label)
def test_record_says_whose_it_is(model, db):
    own = [name for name in ("visible_to", "editable_by") if hasattr(model._default_manager, name)]
    rows = model._default_manager.get_queryset()
    says = hasattr(model, "seen_through") or type(rows).visible_to is not ScopedQuerySet.visible_to
    assert (own, says) == (["visible_to", "editable_by"], True)
    for role in Role:
        scope = Scope(1, frozenset({role}), frozenset({0}), frozenset({0}))
        scope.__dict__.update(commune_ids=frozenset({0}), indicator_ids=frozenset({0}))
        rows.visible_to(scope).filter(pk=0).exists()


@pytest.mark.parametrize("model", django.contrib.admin.site._registry, ids=label)
def test_page_of_the_admin_has_doors_and_rows(model):
    if model._meta.app_label in ORDER:
        assert model._meta.label_lower in DOORS
        assert isinstance(django.contrib.admin.site.get_model_admin(model), PortalAdmin)


def test_every_part_with_a_form_is_handed_the_token_of_its_page():
    """`only` keeps it from the part, and a test client does not ask for it."""
    templates = {p.relative_to(TEMPLATES).as_posix(): p.read_text("utf-8") for p in TEMPLATES.rglob("*.html")}
    needing = [name for name, text in templates.items() if "{% csrf_token %}" in text]
    lacking = [
        (name, tag)
        for name, text in templates.items()
        for tag in re.findall(r"{%\s*include [^%]* only\s*%}", text)
        if any(f'"{part}"' in tag for part in needing) and "csrf_token=csrf_token" not in tag
    ]
    assert (lacking, len(needing) > 5) == ([], True)


def test_no_template_is_unused():
    folder = ROOT / "templates"
    djangos = Path(django.contrib.admin.__file__).parent / "templates"
    templates = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.html")}
    code = "".join(path.read_text("utf-8") for path in python_files())
    unused = [
        name
        for name in templates
        if not (djangos / name).exists()
        and not re.search(
            rf"""["']{re.escape(name)}["']""", code + "".join(t for other, t in templates.items() if other != name)
        )
    ]
    assert (unused, len(templates) > 15) == ([], True)


def test_no_file_is_longer_than_400_lines():
    assets = [path for kind in ("html", "css", "js") for path in ROOT.glob(f"[ts]*/**/*.{kind}")]
    files = [*python_files(), *assets]
    assert {p.name: n for p in files if (n := len(p.read_text("utf-8").splitlines())) > 400} == {}


def test_no_function_is_longer_than_40_lines():
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 40:
                long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = node.end_lineno - node.lineno + 1
    assert long == {}


def test_no_view_is_longer_than_25_lines():
    long = {}
    for path in python_files():
        if path.name != "views.py":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            is_view = isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "request"
            if is_view and node.end_lineno - node.lineno >= 25:
                long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = node.end_lineno - node.lineno + 1
    assert long == {}


def test_nothing_has_a_vague_name():
    own = [
        *python_files(),
        *(ROOT / "templates").rglob("*"),
        *(ROOT / "static").rglob("*"),
        *(ROOT / "tests").rglob("*"),
    ]
    assert [path for path in own if VAGUE_NAMES & {path.stem, path.name}] == []


def rename(request):
    Commune.objects.filter(code="23407").update(name="Khác")
    return HttpResponse("ok")


@pytest.mark.parametrize("method", ["get", "head"])
def test_view_that_writes_while_it_is_read_is_refused(method, db):
    request = getattr(RequestFactory(), method)("/")
    with pytest.raises(WriteDuringReadError), transaction.atomic():
        ReadOnlyGetMiddleware(rename)(request)
    assert Commune.objects.get(code="23407").name == "Đăk Na"


@pytest.mark.parametrize("statement", ["INSERT INTO", "UPDATE", "DELETE FROM", "  insert into", "\nupdate"])
def test_statement_that_writes_is_refused_before_it_runs(statement, db):
    def write(request):
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} no_such_table")

    with pytest.raises(WriteDuringReadError), transaction.atomic():
        ReadOnlyGetMiddleware(write)(RequestFactory().get("/"))


def test_view_may_write_when_something_is_sent(db):
    assert ReadOnlyGetMiddleware(rename)(RequestFactory().post("/")).content == b"ok"
    assert Commune.objects.get(code="23407").name == "Khác"
