"""Guessing behind the door: in a session of somebody else, with a code, with a header that says nothing."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings as configured
from django.core import mail
from django.test import Client
from django.urls import reverse

from ntm_portal.accounts import lockout
from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.core.audit import AuditEntry, Kind
from reports.models import ReportingPeriod
from tests.accounts.test_second_factor import STEP, enrol, show_password, wrong_code_of

LIMIT = configured.AXES_FAILURE_LIMIT
FORGED = {"Authorization": "Token x"}
GUESSES = {
    "/tai-khoan/mat-khau/": {"old_password": "sai", "new_password1": "Moi-2020-moi", "new_password2": "Moi-2020-moi"},
    "/tai-khoan/xac-thuc/tat/": {"password": "sai"},
}
pytestmark = pytest.mark.django_db


def told(kind: Kind, user: User) -> list[str]:
    return list(AuditEntry.objects.filter(kind=kind, record_id=user.pk).order_by("pk").values_list("note", flat=True))


@pytest.mark.parametrize("page", GUESSES)
def test_wrong_passwords_inside_are_counted_and_told_like_those_at_the_door(page, client, officer):
    client.force_login(officer)
    assert [client.post(page, GUESSES[page]).status_code for _ in range(LIMIT)] == [200] * (LIMIT - 1) + [429]
    assert told(Kind.SIGN_IN_FAILED, officer) == [""] * LIMIT
    right = {name: DEMO_PASSWORD if said == "sai" else said for name, said in GUESSES[page].items()}
    assert client.post(page, right).status_code == 429
    assert officer.check_password(DEMO_PASSWORD)


def test_wrong_codes_are_told(officer):
    device, _ = enrol(officer)
    browser = show_password()
    browser.post(STEP, {"code": wrong_code_of(device)})
    assert told(Kind.SIGN_IN_FAILED, officer) == ["mã xác thực không đúng"]


def test_unlocking_is_told_once(client, admin_user, officer):
    for _ in range(LIMIT):
        Client().post("/dang-nhap/", {"username": "soyte", "password": "sai"})
    lockout.unlock(officer)
    lockout.unlock(officer)
    assert (told(Kind.UNLOCKED, officer), AccessAttempt.objects.count()) == ([""], 0)


def test_new_password_by_mail_opens_a_locked_door(client, officer):
    User.objects.filter(pk=officer.pk).update(email="soyte@kontum.example")
    for _ in range(LIMIT):
        client.post("/dang-nhap/", {"username": "soyte", "password": "sai"})
    client.post("/quen-mat-khau/", {"email": "soyte@kontum.example"})
    link = next(word for word in mail.outbox[0].body.split() if "/dat-lai-mat-khau/" in word)
    page = client.get(link.partition("testserver")[2], follow=True)
    chosen = "Rung-xanh-2020"
    client.post(page.redirect_chain[-1][0], {"new_password1": chosen, "new_password2": chosen})
    assert client.post("/dang-nhap/", {"username": "soyte", "password": chosen}).status_code == 302


@pytest.mark.parametrize("page", ["/", "/tai-khoan/ma/", "/quan-tri/", "/quan-tri/reports/reportingperiod/add/"])
def test_header_of_a_token_opens_no_page_before_the_steps_of_entering(page, client, coordinator, settings):
    settings.REQUIRE_2FA = True
    client.force_login(coordinator)
    periods = ReportingPeriod.objects.count()
    for ask in (client.get, client.post):
        answer = ask(page, headers=FORGED)
        assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan/xac-thuc/")
    assert (ReportingPeriod.objects.count(), ApiToken.objects.count()) == (periods, 0)


def test_header_of_a_token_does_not_lift_the_duty_to_change_a_password(client, officer):
    User.objects.filter(pk=officer.pk).update(must_change_password=True)
    client.force_login(officer)
    assert client.get("/tai-khoan/", headers=FORGED)["Location"] == reverse("accounts:password")
