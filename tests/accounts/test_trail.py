"""Signing in and out, tokens and exports are in the audit trail."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditEntry, Kind
from ntm_portal.core.ledger import Memory
from ntm_portal.wsgi import application


@pytest.fixture
def seen(db):
    """Callable for (kind, person, record, address) of what was written since the test began, the oldest first."""
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()

    def entries(**about) -> list[tuple]:
        found = AuditEntry.objects.filter(pk__gt=last, **about).order_by("pk")
        return list(found.values_list("kind", "user_name", "record_name", "address"))

    return entries


@pytest.fixture
def key(officer):
    """A key of the officer of the department of health."""
    return ApiToken.issue(officer, "Hệ thống báo cáo", at=clock.now())[1]


def sign_in(client, name: str, password: str = DEMO_PASSWORD):
    return client.post("/dang-nhap/", {"username": name, "password": password}, REMOTE_ADDR="10.1.2.3")


def test_signing_in_and_out_is_recorded(client, seen):
    sign_in(client, "soyte")
    client.post("/dang-xuat/", REMOTE_ADDR="10.1.2.3")
    person = "Cán bộ Sở Y tế (soyte)"
    assert seen() == [
        (Kind.SIGNED_IN, person, person, "10.1.2.3"),
        (Kind.SIGNED_OUT, person, person, "10.1.2.3"),
    ]


def test_failed_sign_in_is_recorded_with_the_name_and_without_the_password(client, seen):
    sign_in(client, "soyte", "mat-khau-sai-1")
    sign_in(client, "khong\x01co", "mat-khau-sai-2")
    stranger = "người chưa đăng nhập"
    assert seen() == [
        (Kind.SIGN_IN_FAILED, stranger, "Cán bộ Sở Y tế (soyte)", "10.1.2.3"),
        (Kind.SIGN_IN_FAILED, stranger, "“khongco”", "10.1.2.3"),
    ]
    assert "mat-khau-sai" not in str(list(AuditEntry.objects.values_list()))


def test_own_password_changed_is_recorded(client, admin_user, seen):
    client.force_login(admin_user)
    new = "Mat-khau-2021-moi"
    given = {"old_password": DEMO_PASSWORD, "new_password1": new, "new_password2": new}
    client.post("/tai-khoan/mat-khau/", given, REMOTE_ADDR="10.1.2.3")
    person = "Quản trị cổng (quantri)"
    assert seen(kind=Kind.PASSWORD_CHANGED) == [(Kind.PASSWORD_CHANGED, person, person, "10.1.2.3")]


def test_token_made_and_revoked_is_recorded(client, admin_user, officer, seen):
    token, _ = ApiToken.issue(officer, "Hệ thống báo cáo", at=clock.now())
    client.force_login(admin_user)
    client.post("/quan-tri/accounts/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    kinds = [Kind.TOKEN_MADE, Kind.TOKEN_REVOKED]
    assert [(kind, record) for kind, _, record, _ in seen(kind__in=kinds)] == [
        (kind, "Hệ thống báo cáo (Cán bộ Sở Y tế)") for kind in kinds
    ]


def test_use_of_a_token_is_recorded_once_a_day_and_address(client, key, seen):
    for address in ("10.1.2.3", "10.1.2.3", "10.1.2.4"):
        client.get("/api/v1/targets/", headers={"Authorization": f"Token {key}"}, REMOTE_ADDR=address)
    Memory.forget_all()  # another process, which has seen nothing yet
    client.get("/api/v1/targets/", headers={"Authorization": f"Token {key}"}, REMOTE_ADDR="10.1.2.3")
    used = (Kind.TOKEN_USED, "Cán bộ Sở Y tế (soyte)", "Hệ thống báo cáo (Cán bộ Sở Y tế)")
    assert seen(kind=Kind.TOKEN_USED) == [(*used, "10.1.2.3"), (*used, "10.1.2.4")]


def test_use_of_a_token_costs_no_query_once_it_is_recorded(client, key):
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/api/v1/targets/", headers={"Authorization": f"Token {key}"})
        return len(asked)

    ask()
    warm = ask()
    assert [ask() for _ in range(3)] == [warm] * 3


def test_answer_comes_also_when_the_trail_cannot_be_written(committed_db, client, key, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry RENAME TO gone")
    answer = client.get("/api/v1/targets/", headers={"Authorization": f"Token {key}"})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone RENAME TO core_auditentry")
    assert answer.status_code == 200
    assert "The audit trail could not take the use of token" in caplog.text


@pytest.mark.parametrize("path", ["/?xuat=xlsx", "/ma-tran/?xuat=xlsx", "/api/v1/communes/?format=csv"])
def test_export_is_recorded(path, portal, seen):
    portal.get(path, REMOTE_ADDR="10.1.2.3")
    ((kind, person, _, address),) = seen(kind=Kind.EXPORTED)
    assert (kind, person, address) == (Kind.EXPORTED, "Cán bộ điều phối (dieuphoi)", "10.1.2.3")


def test_file_given_again_from_memory_is_recorded_again(client, key, seen):
    asked = {"Authorization": f"Token {key}", "Host": "testserver"}
    first = client.get("/api/v1/communes/?format=csv", headers=asked, REMOTE_ADDR="10.1.2.3")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/communes/", "QUERY_STRING": "format=csv",
        "HTTP_AUTHORIZATION": f"Token {key}", "HTTP_HOST": "testserver", "REMOTE_ADDR": "10.1.2.3",
    }  # fmt: skip
    again = application(environ, lambda *_: None)
    assert again == [first.content]
    exported = (Kind.EXPORTED, "Cán bộ Sở Y tế (soyte)", "commune-so-lieu-minh-hoa.csv", "10.1.2.3")
    assert seen(kind=Kind.EXPORTED) == [exported] * 2
