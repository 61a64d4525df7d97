"""Keys for other systems: made and revoked by their owner, bound to one role, noted once a day."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ntm_portal.accounts.models import ApiToken, Department, Membership, User
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.api.auth import find_caller
from ntm_portal.api.gate import AnswersFromMemory
from ntm_portal.core import clock

PAGE = "/tai-khoan/ma/"
SENT = {"name": "Kho dữ liệu", "role": "OFFICER", "days": "30"}


@pytest.fixture
def mine(client, officer):
    """Browser of the officer whose keys these are."""
    client.force_login(officer)
    return client


def call(key: str) -> int:
    """Status that another system gets."""
    return Client().get("/api/v1/districts/", headers={"Authorization": f"Token {key}"}).status_code


def pass_the_gate(key: str) -> bool:
    """Whether the layer before Django finds the caller; what stands behind it here answers nothing."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/x/", "HTTP_AUTHORIZATION": f"Token {key}"}
    AnswersFromMemory(lambda environ, start_response: [])(environ | {"wsgi.url_scheme": "http"}, None)
    return find_caller(key) is not None


def test_key_is_shown_once_and_opens_the_interface(mine, officer):
    made = mine.post(PAGE, SENT)
    key = re.search(r'<code class="secret">([\w-]{43})</code>', made.content.decode())[1]
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.role, token.digest) == (
        officer,
        "Kho dữ liệu",
        "OFFICER",
        ApiToken.digest_of(key),
    )
    assert token.expires_at - token.created_at == timedelta(days=30)
    assert "no-store" in made["Cache-Control"]
    assert key not in mine.get(PAGE).content.decode()
    assert call(key) == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "ADMIN"}, "role"),
        ({"role": ""}, "role"),
        ({"days": "366"}, "days"),
        ({"days": "0"}, "days"),
        ({"name": " "}, "name"),
    ],
)
def test_key_needs_a_name_an_own_role_and_at_most_a_year(change, field, mine):
    answer = mine.post(PAGE, SENT | change)
    assert (list(answer.context["form"].errors), ApiToken.objects.count()) == ([field], 0)


def test_form_sent_twice_makes_one_key(mine):
    mine.post(PAGE, SENT)
    again = mine.post(PAGE, SENT)
    assert again.context["form"].errors["name"] == ["Bạn đã có mã đang dùng với nhãn này."]
    assert ApiToken.objects.count() == 1


def test_owner_revokes_a_key_and_nobody_elses(mine, officer, coordinator):
    own, key = ApiToken.issue(officer, "của tôi", at=clock.now(), role=Role.OFFICER)
    other = ApiToken.issue(coordinator, "của người khác", at=clock.now())[0]
    assert mine.get(f"{PAGE}{own.pk}/thu-hoi/").status_code == 405
    assert mine.post(f"{PAGE}{other.pk}/thu-hoi/").status_code == 404
    assert mine.post(f"{PAGE}{own.pk}/thu-hoi/").headers["Location"] == PAGE
    assert call(key) == 401
    other.refresh_from_db()
    assert other.revoked_at is None
    assert [(token.name, state) for token, state in mine.get(PAGE).context["tokens"]] == [("của tôi", "đã thu hồi")]


def test_scope_of_a_token_is_that_of_its_role(officer):
    Membership.objects.create(user=officer, department=Department.objects.get(code="VPDP"), role=Role.COORDINATOR)
    health = Department.objects.get(code="SYT")
    only = {role: User.with_scope(officer.pk, role=role).scope for role in ("OFFICER", "COORDINATOR", "LEADER")}
    assert only == {
        "OFFICER": Scope(officer.pk, frozenset({Role.OFFICER}), frozenset({health.pk})),
        "COORDINATOR": Scope(officer.pk, frozenset({Role.COORDINATOR})),
        "LEADER": Scope(officer.pk),
    }


@pytest.mark.parametrize(
    ("role", "roles"),
    [("ADMIN", {Role.ADMIN}), ("OFFICER", {Role.OFFICER}), ("", set(Role) - {Role.LEADER, Role.COORDINATOR})],
)
def test_superuser_is_an_administrator_only_through_that_role(role, roles, officer):
    User.objects.filter(pk=officer.pk).update(is_superuser=True)
    assert User.with_scope(officer.pk, role=role).scope.roles == roles


def test_interface_acts_in_the_role_of_the_token(client, officer):
    Membership.objects.create(user=officer, department=Department.objects.get(code="VPDP"), role=Role.COORDINATOR)
    key = ApiToken.issue(officer, "thử", at=clock.now(), role=Role.OFFICER)[1]
    answer = client.get("/api/v1/districts/", headers={"Authorization": f"Token {key}"})
    assert answer.status_code == 200
    assert answer.renderer_context["request"].user.scope.roles == {Role.OFFICER}


def lose_the_role(user):
    user.memberships.filter(role=Role.OFFICER).update(role=Role.LEADER)


def become_superuser(user):
    lose_the_role(user)
    User.objects.filter(pk=user.pk).update(is_superuser=True)


@pytest.mark.parametrize("change", [lose_the_role, become_superuser])
def test_token_ends_with_the_role_it_is_bound_to(change, officer):
    key = ApiToken.issue(officer, "thử", at=clock.now(), role=Role.OFFICER)[1]
    unbound = ApiToken.issue(officer, "cũ", at=clock.now())[1]
    change(officer)
    assert (find_caller(key), find_caller(unbound).user_id) == (None, officer.pk)


def test_day_of_use_is_written_once_a_day(officer, clock_at):
    token, key = ApiToken.issue(officer, "thử", at=clock.now(), role=Role.OFFICER)
    days, writes = [], []
    for day in (date(2020, 10, 20), date(2020, 10, 20), date(2020, 10, 21), date(2020, 10, 21)):
        clock_at(day)
        with CaptureQueriesContext(connection) as asked:
            assert pass_the_gate(key)
        token.refresh_from_db()
        days.append(token.last_used_on)
        writes.append(sum("UPDATE" in query["sql"] for query in asked))
    assert days == [date(2020, 10, 20)] * 2 + [date(2020, 10, 21)] * 2
    assert writes == [1, 0, 1, 0]


def test_command_binds_the_token_to_the_only_role_or_the_one_named(officer):
    call_command("create_token", "soyte", "--name", "một", stdout=StringIO())
    Membership.objects.create(user=officer, department=Department.objects.get(code="VPDP"), role=Role.LEADER)
    call_command("create_token", "soyte", "--name", "hai", "--role", "LEADER", stdout=StringIO())
    assert dict(ApiToken.objects.values_list("name", "role")) == {"một": "OFFICER", "hai": "LEADER"}
    assert {(t.expires_at - t.created_at).days for t in ApiToken.objects.all()} == {180}


@pytest.mark.parametrize("given", [(), ("--role", "ADMIN"), ("--role", "LEADER", "--days", "366")])
def test_command_refuses_an_unclear_or_foreign_role_and_more_than_a_year(given, officer):
    Membership.objects.create(user=officer, department=Department.objects.get(code="VPDP"), role=Role.LEADER)
    with pytest.raises(CommandError):
        call_command("create_token", "soyte", "--name", "x", *given, stdout=StringIO())
    assert ApiToken.objects.count() == 0
