"""Every address of the portal, asked by every role for what is its own and for what is not, against one table.

`role_table.csv` says what each gets. A new route or record is not in it, and fails here until it is listed:
run these tests with NTM_ROLE_TABLE=write, and read in the difference what you have just promised.
Records are asked for with an empty form, so a POST tells who may write and writes next to nothing.
"""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from communes.models import Boundary, Commune
from criteria.models import Assessment, CriteriaSet
from directives.models import Assignment, Directive, Obstacle, Target, Task
from ntm_portal.accounts.models import ApiToken, Department, Membership, Notice, User
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.core.models import StoredFile
from ntm_portal.core.scoped import visible
from ntm_portal.core.uploads.storing import Checked, store
from reports.models import Obligation, Observation, Report
from tests.factories.files import PDF
from tests.factories.office import HEALTH, one_of_each, open_for
from tests.test_consistency import addresses

pytestmark = pytest.mark.one_database

TABLE = Path(__file__).with_name("role_table.csv")
ROLES = {
    "anonymous": None,
    "officer_so": "soyte",
    "officer_huyen": "konplong",
    "coordinator": "dieuphoi",
    "leader": "lanhdao",
    "admin": "quantri",
}
COLUMNS = ["address", "record", "method", *ROLES]
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
WRITING = ("/add/", "/change/", "/delete/", "/password/", "/nhap/")
NEED_ROWS = (
    "quan-tri/",
    "tai-khoan/",
    "tep/",
    "bao-cao/",
    "thong-bao/",
    "nhiem-vu/",
    "vuong-mac/",
    "van-ban/",
    "muc-tieu/",
    "api/v1/reports/",
    "api/v1/tasks/",
    "api/v1/obstacles/",
)
OF_A_MODEL = re.compile(r"quan-tri/(\w+)/(\w+)/")
# What a page needs to be asked for, so that it answers with more than a complaint.
QUERIES = {
    "quan-tri/autocomplete/": "?app_label=communes&model_name=village&field_name=commune",
    "tim/nhanh/": "?q=dak",
    "api/v1/changes/": "?since=0",
}

Line = tuple[str, str, str]


@pytest.fixture
def short_lists(db, monkeypatch, settings, tmp_path):
    """Lists of the admin show one row: this is about who opens them. Files have a folder of their own."""
    settings.FILES_DIR = tmp_path
    for page in admin.site._registry.values():
        monkeypatch.setattr(page, "list_per_page", 1)


def make_missing_rows() -> None:
    """A row of every record that the loaded data lack; of files and keys one that is foreign to everybody."""
    now = timezone.now()
    kept, _ = [store(Checked(f"{n}.pdf", StoredFile.Kind.PDF, PDF), by=None) for n in ("3867", "không của ai")]
    Directive.objects.filter(number__startswith="3867").update(file=kept)
    for code in ("23407", "23455"):
        unit = Commune.objects.get(code=code)
        Boundary.objects.create(commune=unit, outline=[], source_name="x.geojson", sha256="0" * 64, loaded_at=now)
    for username in filter(None, ROLES.values()):
        ApiToken.issue(User.objects.get(username=username), "thử", at=now)
        Notice.objects.create(
            recipient=User.objects.get(username=username), kind="reminder", key="thử", url="/bao-cao/", created_at=now
        )
    one_of_each()
    open_for("PCKT", "SNNPTNT")


def walk() -> list[str]:
    """Pages first, as long as nothing new has been recorded: what they remember serves the next role too."""
    patterns = [pattern for pattern, _ in addresses(get_resolver().url_patterns)]
    return sorted(patterns, key=lambda pattern: pattern.startswith(NEED_ROWS))


def scope_of(role: str) -> Scope:
    """The scope of who asks; a stranger asks for what is an officer's. That of the department also helps a commune."""
    helper = Department.objects.get(code="PCKT")
    Membership.objects.create(user=User.objects.get(username="soyte"), department=helper, role=Role.OFFICER)
    return User.objects.get(username=ROLES[role] or "soyte").scope


def record_ids(pattern: str, scope: Scope) -> dict[str, str]:
    """A record of the admin page that is the asker's, and one that is not, where there is such a thing."""
    rows = apps.get_model(*OF_A_MODEL.match(pattern).groups())._default_manager.order_by("pk")
    seen = visible(rows, scope)
    foreign = rows.exclude(pk__in=seen.values("pk")).values_list("pk", flat=True)[:1]
    own = (seen.values_list("pk", flat=True)[:1] or foreign or [1])[0]
    return {"own": str(own)} | ({"foreign": str(foreign[0])} if foreign and own != foreign[0] else {})


def of_the_pages(pattern: str, scope: Scope) -> dict[str, dict[str, str]]:
    """What to put into the address of a page or of the API: own, and foreign where a place or a body is asked for."""
    rural = Commune.objects.filter(kind=Commune.Kind.XA).select_related("district").order_by("pk")
    own = rural.visible_to(scope)[0]
    other = rural.exclude(district=own.district).exclude(pk__in=scope.commune_ids)[0]
    bodies = Department.objects.order_by("pk")
    body = bodies.visible_to(scope)[0]
    fixed = {
        "number": "17",
        "position": str(Assessment.objects.order_by("position").values_list("position", flat=True)[0]),
        "pk": str(Target.objects.order_by("pk")[0].pk),
        "rest": "khong-co",
        "uidb64": "MQ",
        "token": "khong-co",
        "key": "khong-co",
    }
    if pattern.startswith("tep/"):
        files = StoredFile.objects.order_by("name").values_list("pk", flat=True)
        return {"own": {"pk": str(files[0])}, "foreign": {"pk": str(files[1])}}
    if about := work_of(pattern, scope):
        return about
    if pattern.startswith("tai-khoan/"):
        keys = ApiToken.objects.order_by("pk")
        own, foreign = keys.filter(user=scope.user_id)[0], keys.exclude(user=scope.user_id)[0]
        return {"own": {"pk": str(own.pk)}, "foreign": {"pk": str(foreign.pk)}}
    if "bao-cao/" in pattern or "reports/" in pattern:
        return of_reports(pattern, scope)
    if "criteria-sets" in pattern:
        return {"own": {**fixed, "code": CriteriaSet.objects.order_by("pk")[0].code}}
    if "don-vi" in pattern:
        return {"own": {"code": body.code}, "foreign": {"code": bodies.exclude(pk=body.pk)[0].code}}
    found = {"own": {**fixed, "code": own.code}, "foreign": {**fixed, "code": other.code}}
    if "<district:" in pattern:
        found = {"own": {"code": own.district.code}, "foreign": {"code": other.district.code}}
    return found if "code>" in pattern else {"own": fixed}


def work_of(pattern: str, scope: Scope) -> dict[str, dict[str, str]]:
    """A directive or a task, which everybody reads; a notice, a part of a task or an obstacle, own and foreign."""
    if pattern.startswith("thong-bao/"):
        told = Notice.objects.order_by("pk")
        own, foreign = told.filter(recipient=scope.user_id)[0], told.exclude(recipient=scope.user_id)[0]
        return {"own": {"pk": str(own.pk)}, "foreign": {"pk": str(foreign.pk)}}
    open_to_all = {"van-ban/": Directive, "directives/": Directive, "nhiem-vu/<": Task, "tasks/": Task}
    somebodys = {"nhiem-vu/phan/": Assignment, "vuong-mac/": Obstacle, "obstacles/": Obstacle}
    for start, model in somebodys.items():
        if start in pattern:
            rows = model.objects.order_by("pk")
            seen = rows.visible_to(scope)
            own, foreign = seen.first() or rows[0], rows.exclude(pk__in=seen.values("pk")).first()
            return {"own": {"pk": str(own.pk)}} | ({"foreign": {"pk": str(foreign.pk)}} if foreign else {})
    for start, model in open_to_all.items():
        if start in pattern:
            return {"own": {"pk": str(model.objects.order_by("pk")[0].pk)}}
    return {}


def of_reports(pattern: str, scope: Scope) -> dict[str, dict[str, str]]:
    """A report of one's own bodies (for who has none, of the department of health), and one of somebody else."""
    what = Obligation.Kind.COMMUNES if "<commune:" in pattern else Obligation.Kind.CRITERIA
    reports = Report.objects.filter(obligation__kind=what).order_by("pk")
    bodies = scope.department_ids or {Department.objects.get(code=HEALTH).pk}
    own = reports.filter(obligation__department__in=bodies).first() or reports[0]
    foreign = reports.exclude(obligation__department__in=bodies).first() or Report.objects.exclude(pk=own.pk)[0]
    return {whose: in_a_report(pattern, report) for whose, report in (("own", own), ("foreign", foreign))}


def in_a_report(pattern: str, report: Report) -> dict[str, str]:
    """What to put into an address below a report, or of something in it."""
    first = {name: getattr(report, name).order_by("pk").first() for name in ("lines", "entries", "evidence")}
    entry = first["entries"]
    about = report.pk
    if "/ky/" in pattern:
        about = report.obligation.period_id
    elif "/mau-thuan/" in pattern:
        about = (entry.observations if entry else Observation.objects).order_by("pk")[0].pk
    return {
        "pk": str(about),
        "line": str(first["lines"].pk if first["lines"] else 1),
        "code": entry.commune.code if entry else "23407",
        "evidence": str(first["evidence"].pk if first["evidence"] else 1),
        "file": str(StoredFile.objects.order_by("name")[0].pk),
    }


def paths(pattern: str, scope: Scope) -> Iterator[tuple[str, str]]:
    """(own, foreign or nothing; the address to ask for) of a pattern."""
    plain = re.sub(r"\(\?P<(\w+)>(?:(\w+)\|[^)]*|\.\*)\)", lambda m: m[2] or "khong-co", pattern)
    plain = plain.replace("^", "").replace("$", "")
    query = QUERIES.get(pattern, "")
    if not PLACE.search(plain):
        yield "", f"/{plain}{query}"
    elif "<uuid:" in pattern and pattern.startswith("quan-tri/"):
        yield "", "/" + PLACE.sub("00000000-0000-4000-8000-000000000000", plain)
    elif OF_A_MODEL.match(pattern):
        for whose, pk in record_ids(pattern, scope).items():
            yield whose, "/" + PLACE.sub(pk, plain)
    elif pattern.startswith("quan-tri/"):
        yield "", "/" + PLACE.sub("1", plain)
    else:
        kinds = of_the_pages(pattern, scope)
        for whose, values in kinds.items():
            yield whose if len(kinds) > 1 else "", "/" + PLACE.sub(lambda m, given=values: given[m[1]], plain)


def methods_of(pattern: str) -> tuple[str, ...]:
    """All that could write; pages of the admin that only show the past or lead on have nothing to send."""
    if pattern.startswith("api/"):
        return ("GET", "POST", "PUT", "PATCH", "DELETE")
    return ("GET",) if pattern.endswith(("<path:object_id>/", "/history/")) else ("GET", "POST")


def answers(role: str) -> dict[Line, str]:
    """What the role gets from every address."""
    scope, client, found, has_rows = scope_of(role), Client(raise_request_exception=False), {}, False
    user = User.objects.get(username=ROLES[role]) if ROLES[role] else None
    for pattern in walk():
        if pattern.startswith(NEED_ROWS) and not has_rows:
            make_missing_rows()
            has_rows = True
        methods = methods_of(pattern)
        for whose, path in paths(pattern, scope):
            for method in methods:
                if user and "_auth_user_id" not in client.session:
                    client.force_login(user)
                answer = client.generic(method, path)
                b"".join(answer)  # a file is closed at its end
                found[pattern, whose, method] = str(answer.status_code)
    return found


def read_table() -> dict[Line, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["address"], row["record"], row["method"]): row for row in csv.DictReader(file)}


def write_column(role: str, found: dict[Line, str]) -> None:
    """Put what a role gets into the table; lines that nobody gets anything from any more go."""
    table = read_table() if TABLE.exists() else {}
    lines = {**dict.fromkeys(found), **dict.fromkeys(line for line in table if line not in found)}
    rows = []
    for line in lines:
        row = {**dict(zip(COLUMNS, line, strict=False)), **table.get(line, {}), role: found.get(line, "")}
        if any(row.get(name) for name in ROLES):
            rows.append({name: row.get(name, "") for name in COLUMNS})
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["address"], row["record"] != "own", row["method"])))


@pytest.mark.parametrize("role", ROLES)
def test_role_gets_what_the_table_says(role, short_lists):
    found = answers(role)
    if os.environ.get("NTM_ROLE_TABLE") == "write":
        write_column(role, found)
    table = {line: row[role] for line, row in read_table().items() if row[role]}
    differing = sorted(
        f"{method} {address} {whose}: the table says {table.get((address, whose, method), 'nothing')}, "
        f"{role} gets {found.get((address, whose, method), 'no such address')}"
        for address, whose, method in table.keys() | found.keys()
        if table.get((address, whose, method)) != found.get((address, whose, method))
    )
    assert differing == []


def test_table_holds_no_failure_and_lets_no_leader_write():
    rows = read_table()
    assert [line for line, row in rows.items() if any(row[role].startswith("5") for role in ROLES)] == []
    changing = {
        line: row["leader"]
        for line, row in rows.items()
        if line[2] == "POST" and line[0].endswith(WRITING) and row["leader"] not in {"", "403", "404"}
    }
    assert changing == {}


def test_foreign_record_is_not_found_by_officers():
    shown = {
        line: (row["officer_so"], row["officer_huyen"])
        for line, row in read_table().items()
        if line[1] == "foreign" and line[2] == "GET" and OF_A_MODEL.match(line[0]) and line[0].endswith("change/")
    }
    assert {status for pair in shown.values() for status in pair if status} == {"403", "404"}
    open_to_officers = {line for line, row in read_table().items() if line[1] == "own" and row["officer_so"] == "200"}
    closed = [a for (a, _, m), pair in shown.items() if (a, "own", m) in open_to_officers and "403" in pair]
    assert closed == []
