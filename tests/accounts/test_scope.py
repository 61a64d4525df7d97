"""Scopes and roles: what several memberships add up to, and the whole matrix of roles and acts."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client, RequestFactory

from communes.models import Commune, District, Village
from criteria.models import Assessment, Indicator, Measurement, Responsibility
from ntm_portal.accounts import permissions
from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken, Department, Membership, Sponsorship, User
from ntm_portal.accounts.permissions import NotAllowedError, may, register_acts, require
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.core import clock

pytestmark = pytest.mark.django_db

ACTS = {
    #                    ADMIN, COORDINATOR, OFFICER, LEADER
    "read_status": (True, True, True, True),
    "read_own_work": (True, True, True, True),
    "read_records": (True, True, False, True),
    "edit_master_data": (True, True, False, False),
    "edit_catalogue": (True, True, False, False),
    "edit_recognitions": (True, True, False, False),
    "edit_directives": (True, True, False, False),
    "give_tasks": (True, True, False, False),
    "do_tasks": (False, False, True, False),
    "confirm_tasks": (True, True, False, False),
    "raise_obstacles": (True, True, True, False),
    "answer_obstacles": (True, True, True, False),
    "escalate_obstacles": (True, True, False, False),
    "edit_obstacles": (False, False, False, False),
    "edit_periods": (True, True, False, False),
    "file_reports": (False, False, True, False),
    "review_reports": (True, True, False, False),
    "remind_bodies": (True, True, False, False),
    "edit_workflow": (False, False, False, False),
    "edit_contact": (True, True, True, False),
    "see_design": (True, True, False, False),
    "manage_accounts": (True, False, False, False),
    "read_audit": (True, True, False, False),
}
MASTER = (
    "communes.change_commune",
    "criteria.add_threshold",
    "directives.delete_target",
    "reports.change_reportingperiod",
    "criteria.add_recognition",
    "accounts.add_department",
    "accounts.delete_sponsorship",
)
OWN_VIEWS = (
    "communes.view_commune",
    "criteria.view_assessment",
    "reports.view_reportingperiod",
    "reports.view_report",
    "directives.view_obstacle",
    "directives.view_task",
    "directives.view_assignment",
    "accounts.view_department",
    "accounts.view_sponsorship",
)
RECORD_VIEWS = (
    "communes.view_district",
    "criteria.view_threshold",
    "criteria.view_recognition",
    "directives.view_target",
)
ACCOUNTS = (
    "accounts.change_user",
    "accounts.add_apitoken",
    "accounts.delete_membership",
    "accounts.view_user",
    "accounts.view_apitoken",
)
FOREIGN = (
    "reports.change_report",
    "directives.add_obstacle",
    "directives.change_assignment",
    "directives.delete_taskupdate",
    "auth.change_group",
    "sessions.delete_session",
    "core.change_ledgercounter",
    "nothing",
)
PERMISSIONS = {
    **dict.fromkeys(MASTER, (True, True, False, False)),
    **dict.fromkeys(OWN_VIEWS, (True, True, True, True)),
    **dict.fromkeys(RECORD_VIEWS, (True, True, False, True)),
    "accounts.change_department": (True, True, True, False),
    **dict.fromkeys(ACCOUNTS, (True, False, False, False)),
    **dict.fromkeys(FOREIGN, (False, False, False, False)),
}
ROLES = (Role.ADMIN, Role.COORDINATOR, Role.OFFICER, Role.LEADER)
MATRIX = [(act, role, allowed) for act, row in ACTS.items() for role, allowed in zip(ROLES, row, strict=True)]
PERMISSION_MATRIX = [
    (p, role, allowed) for p, row in PERMISSIONS.items() for role, allowed in zip(ROLES, row, strict=True)
]
REFUSED = "Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi."


def make_user(*held: tuple[Role, str], **fields) -> User:
    """A person with these (role, code of a body)."""
    user = User.objects.create(username="thu", **fields)
    for role, code in held:
        Membership.objects.create(user=user, department=Department.objects.get(code=code), role=role)
    return user


def call(key: str):
    """What another system gets with the key."""
    return Client().get("/api/v1/districts/", headers={"Authorization": f"Token {key}"})


def test_scope_adds_up_memberships():
    user = make_user((Role.OFFICER, "UB613"), (Role.OFFICER, "SYT"), (Role.LEADER, "UB613"))
    bodies = Department.objects.filter(code__in=["UB613", "SYT"])
    kon_plong = District.objects.get(code="613")
    assert user.scope == Scope(
        user.pk,
        frozenset({Role.OFFICER, Role.LEADER}),
        frozenset(body.pk for body in bodies),
        frozenset({kon_plong.pk}),
    )


def test_scope_of_nobody_allows_nothing():
    user = make_user()
    assert user.scope == Scope(user.pk)
    assert [may(user, act) for act in ACTS] == [False] * len(ACTS)


def test_superuser_is_an_administrator_without_a_body():
    user = make_user(is_superuser=True)
    assert user.scope == Scope(user.pk, frozenset({Role.ADMIN}))


def test_scope_is_frozen_and_read_once(django_assert_num_queries):
    user = make_user((Role.OFFICER, "SYT"))
    with django_assert_num_queries(1):
        assert [user.scope.has_any(roles) for roles in ({Role.OFFICER, Role.ADMIN}, {Role.ADMIN}, set())] == [
            True,
            False,
            False,
        ]
    with pytest.raises(FrozenInstanceError):
        user.scope.roles = frozenset(Role)


def test_bodies_led_from_above_are_read_and_not_worked_for():
    scope = make_user((Role.OFFICER, "SYT"), (Role.LEADER, "UB613")).scope
    own = Department.objects.get(code="SYT")
    assert (scope.department_ids, scope.district_ids) == (frozenset({own.pk}), frozenset())
    assert list(Department.objects.editable_by(scope)) == [own]
    assert Department.objects.visible_to(scope).count() == Department.objects.count()


def test_reach_of_a_scope_costs_one_query_each_and_only_when_asked_for(django_assert_num_queries):
    user = make_user((Role.OFFICER, "SYT"), (Role.OFFICER, "UB613"))
    with django_assert_num_queries(1):
        scope = user.scope
    with django_assert_num_queries(2):
        for _ in range(3):
            assert scope.commune_ids
            assert scope.indicator_ids


@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR, Role.LEADER])
def test_reach_of_those_who_read_all_asks_nothing(role, django_assert_num_queries):
    scope = make_user((role, "VPDP")).scope
    with django_assert_num_queries(0):
        assert (scope.commune_ids, scope.indicator_ids) == (frozenset(), frozenset())


def test_district_body_works_for_its_communes_and_department_for_its_indicators():
    kon_plong, health = make_user((Role.OFFICER, "UB613")).scope, Department.objects.get(code="SYT")
    own = set(Commune.objects.filter(district__code="613").values_list("pk", flat=True))
    assert (kon_plong.commune_ids, kon_plong.indicator_ids) == (own, frozenset())
    health_scope = User.objects.get(username="soyte").scope
    held = Responsibility.objects.filter(department=health).values_list("indicator_id", flat=True)
    assert (health_scope.commune_ids, health_scope.indicator_ids) == (frozenset(), set(held))


def test_sponsored_commune_is_reached_while_the_assignment_holds(clock_at):
    body, unit = Department.objects.get(code="SYT"), Commune.objects.get(code="23407")
    Sponsorship.objects.create(
        department=body,
        commune=unit,
        kind="DO_DAU",
        basis="thử",
        valid_from=date(2020, 1, 1),
        valid_to=date(2020, 10, 20),
    )
    assert make_user((Role.OFFICER, "SYT")).scope.commune_ids == {unit.pk}
    clock_at(date(2020, 10, 21))
    assert User.with_scope(User.objects.get(username="thu").pk).scope.commune_ids == frozenset()


def test_rows_of_several_bodies_add_up():
    scope = make_user((Role.OFFICER, "SYT"), (Role.OFFICER, "UB613")).scope
    ledger = Assessment.objects.visible_to(scope)
    own = Q(commune__district__code="613") | Q(indicator__responsibilities__department__code="SYT")
    assert set(ledger.values_list("pk", flat=True)) == set(Assessment.objects.filter(own).values_list("pk", flat=True))
    assert 0 < ledger.count() < Assessment.objects.count()
    values = Measurement.objects.visible_to(scope).exclude(assessment__in=ledger)
    assert (values.count(), Village.objects.visible_to(scope).exclude(commune__district__code="613").count()) == (0, 0)


def test_ledger_is_edited_by_nobody_and_catalogue_by_the_office():
    admin, officer = make_user((Role.ADMIN, "VPDP")).scope, User.objects.get(username="soyte").scope
    leader = User.objects.get(username="lanhdao").scope
    assert [Assessment.objects.editable_by(scope).exists() for scope in (admin, officer, leader)] == [False] * 3
    assert [Indicator.objects.editable_by(scope).exists() for scope in (admin, officer, leader)] == [True, False, False]


def test_accounts_are_seen_by_the_administrator_alone():
    scopes = [User.objects.get(username=name).scope for name in ("quantri", "dieuphoi", "lanhdao", "soyte")]
    assert [User.objects.visible_to(scope).exists() for scope in scopes] == [True, False, False, False]
    assert [Membership.objects.editable_by(scope).exists() for scope in scopes] == [True, False, False, False]


def test_two_apps_never_mean_different_things_by_an_act():
    with pytest.raises(ImproperlyConfigured):
        register_acts({"read_status": frozenset({Role.ADMIN})}, {})
    assert permissions.ACTS["read_status"] == frozenset(Role)


@pytest.mark.parametrize("held", [[], [(Role.OFFICER, "SYT")], [(Role.LEADER, "VPDP")]])
def test_whoever_has_a_role_enters_the_admin(held):
    assert make_user(*held).is_staff is bool(held)


def test_people_are_made_without_saying_who_enters_the_admin():
    assert User.objects.create_user("cu", password="Kon-Tum-2020").is_staff is False
    assert User.objects.create_superuser("chu", password="Kon-Tum-2020").is_staff is True


def test_matrix_names_every_act_and_role():
    assert (set(ACTS), set(ROLES)) == (set(permissions.ACTS), set(Role))


@pytest.mark.parametrize(("act", "role", "allowed"), MATRIX)
def test_role_may_do_what_the_matrix_says(act, role, allowed):
    user = make_user((role, "VPDP"))
    assert may(user, act) is allowed
    if not allowed:
        with pytest.raises(NotAllowedError) as refused:
            require(user, act)
        assert (refused.value.status, refused.value.details) == (403, {"act": act})


@pytest.mark.parametrize(("permission", "role", "allowed"), PERMISSION_MATRIX)
def test_role_has_the_permission_that_the_matrix_says(permission, role, allowed):
    assert make_user((role, "VPDP")).has_perm(permission) is allowed


@pytest.mark.parametrize("permission", [*MASTER, *OWN_VIEWS, *RECORD_VIEWS, *ACCOUNTS])
def test_administrator_who_left_has_no_permission(permission):
    assert make_user((Role.ADMIN, "VPDP"), is_active=False, is_superuser=True).has_perm(permission) is False


@pytest.mark.parametrize("role", ROLES)
def test_role_sees_the_apps_of_master_data_in_the_admin(role):
    user = make_user((role, "VPDP"))
    shown = ["communes", "accounts", "criteria", "directives", "reports", "auth", "sessions"]
    assert [user.has_module_perms(app) for app in shown] == [True, True, True, True, True, False, False]
    assert user.get_all_permissions() == set()


def test_right_password_does_not_open_an_account_that_ended():
    User.objects.filter(username="soyte").update(is_active=False)
    request = RequestFactory().post("/dang-nhap/")
    assert authenticate(request, username="soyte", password=DEMO_PASSWORD) is None
    assert authenticate(request, username="dieuphoi", password=DEMO_PASSWORD).username == "dieuphoi"


def test_create_token_prints_a_key_that_opens_the_api():
    printed = StringIO()
    call_command("create_token", "soyte", "--name", "Kho dữ liệu", "--days", "30", stdout=printed)
    said, key = printed.getvalue().splitlines()
    assert said == "Mã “Kho dữ liệu” của Cán bộ Sở Y tế, hết hạn 19/11/2020. Chỉ hiện một lần:"
    assert call(key).status_code == 200
    token = ApiToken.objects.get()
    assert (token.digest, key in str(vars(token))) == (ApiToken.digest_of(key), False)


@pytest.mark.parametrize("username", ["khong-co", "soyte"])
def test_create_token_is_refused_for_who_is_not_here(username):
    User.objects.filter(username="soyte").update(is_active=False)
    with pytest.raises(CommandError) as refused:
        call_command("create_token", username, "--name", "x", stdout=StringIO())
    assert str(refused.value) == f"Không có người dùng {username} đang hoạt động."
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize("days", ["0", "-1"])
def test_create_token_refuses_days_that_are_over(days):
    with pytest.raises(CommandError):
        call_command("create_token", "soyte", "--name", "x", "--days", days, stdout=StringIO())


def refused_after(change) -> tuple[int, str]:
    """Answer to a token that worked until something changed."""
    user = make_user((Role.OFFICER, "SYT"))
    token, key = ApiToken.issue(user, "thử", at=clock.now())
    assert call(key).status_code == 200
    change(token, user)
    response = call(key)
    return response.status_code, response.json()["detail"]


def expire(token, user):
    ApiToken.objects.filter(pk=token.pk).update(expires_at=clock.now() - timedelta(seconds=1))


def revoke(token, user):
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=clock.now())


def leave(token, user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def lose_the_role(token, user):
    user.memberships.all().delete()


@pytest.mark.parametrize("change", [expire, revoke, leave, lose_the_role])
def test_token_stops_at_once(change):
    assert refused_after(change) == (401, REFUSED)


def test_token_that_expires_later_still_opens():
    user = make_user((Role.OFFICER, "SYT"))
    key = ApiToken.issue(user, "thử", at=clock.now(), expires_at=clock.now() + timedelta(minutes=1))[1]
    assert call(key).status_code == 200
