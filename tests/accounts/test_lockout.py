"""Wrong passwords in a row: who is locked out, from where, for how long; and where the door may lead."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings as configured
from django.test import Client, RequestFactory

from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.core.address import address_of

LIMIT = configured.AXES_FAILURE_LIMIT
DOOR = "/dang-nhap/"
pytestmark = pytest.mark.django_db


def attempt(username: str = "soyte", password: str = "sai-roi", address: str = "10.0.0.1", **headers: str):
    return Client().post(
        DOOR, {"username": username, "password": password}, REMOTE_ADDR=address, headers=headers or None
    )


def fail(times: int = LIMIT, forwarded: str = "", **given: str) -> list[int]:
    """Statuses of so many wrong passwords; `forwarded` is the header, with the number of the attempt filled in."""
    headers = [{"X-Forwarded-For": forwarded.format(number)} if forwarded else {} for number in range(times)]
    return [attempt(**given, **more).status_code for more in headers]


def test_account_is_locked_after_the_limit_even_for_the_right_password():
    assert fail() == [200] * (LIMIT - 1) + [429]
    answer = attempt(password=DEMO_PASSWORD)
    page = answer.content.decode()
    assert (answer.status_code, int(answer["Retry-After"]) in range(15 * 60 - 30, 15 * 60 + 1)) == (429, True)
    assert [
        words for words in ("Tạm khóa đăng nhập", "soyte", f"Đã nhập sai {LIMIT} lần", "15 phút") if words not in page
    ] == []


def test_page_is_the_same_for_an_account_that_does_not_exist():
    assert fail(username="khong-co") == [200] * (LIMIT - 1) + [429]


def test_lock_ends_by_itself_and_trying_does_not_prolong_it():
    fail()
    before = AccessAttempt.objects.get().attempt_time
    assert attempt().status_code == 429
    assert AccessAttempt.objects.get().attempt_time == before
    AccessAttempt.objects.update(attempt_time=before - configured.AXES_COOLOFF_TIME - timedelta(seconds=1))
    assert attempt(password=DEMO_PASSWORD).status_code == 302


def test_success_forgets_the_failures():
    fail(LIMIT - 1)
    assert attempt(password=DEMO_PASSWORD).status_code == 302
    assert fail(LIMIT - 1) == [200] * (LIMIT - 1)


def test_other_accounts_and_other_addresses_stay_open():
    fail()
    assert attempt("dieuphoi", DEMO_PASSWORD).status_code == 302
    assert attempt("soyte", DEMO_PASSWORD, address="10.0.0.2").status_code == 302


def test_another_browser_does_not_help():
    fail()
    assert attempt(password=DEMO_PASSWORD, **{"User-Agent": "khác"}).status_code == 429


def test_forged_header_does_not_evade_the_lock():
    assert fail(forwarded="192.0.2.{}") == [200] * (LIMIT - 1) + [429]


def test_forged_entry_before_a_trusted_proxy_does_not_evade_the_lock(settings):
    settings.TRUSTED_PROXIES = 1
    assert fail(forwarded="192.0.2.{}, 203.0.113.9") == [200] * (LIMIT - 1) + [429]


def test_people_behind_a_trusted_proxy_are_told_apart(settings):
    settings.TRUSTED_PROXIES = 1
    fail(forwarded="203.0.113.9")
    assert attempt(password=DEMO_PASSWORD, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert attempt(password=DEMO_PASSWORD, **{"X-Forwarded-For": "203.0.113.10"}).status_code == 302


@pytest.mark.parametrize(
    ("count", "header", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "khong-phai-dia-chi", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, None, "10.0.0.1"),
    ],
)
def test_address_is_what_the_outermost_own_proxy_saw(count, header, address, settings):
    settings.TRUSTED_PROXIES = count
    extra = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **extra)) == address


def test_administrator_sees_the_lock_and_opens_it(client, admin_user, officer):
    fail()
    client.force_login(admin_user)
    page = f"/quan-tri/accounts/user/{officer.pk}/change/"
    held = officer.memberships.get()
    inline = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": held.pk, "0-user": officer.pk, "0-role": held.role}
    sent = {f"memberships-{name}": value for name, value in (inline | {"0-department": held.department_id}).items()}
    sent |= {"username": "soyte", "is_active": "on", "unlock": "on"}
    assert client.get(page).context["adminform"].model_admin.is_locked(officer) == "có"
    assert client.post(page, sent).status_code == 302
    assert attempt(password=DEMO_PASSWORD).status_code == 302


def test_neither_password_nor_name_is_kept_in_what_was_sent():
    attempt(password="bi-mat-lam")
    assert "bi-mat-lam" not in str(vars(AccessAttempt.objects.get()))


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "http:evil.example", "https://testserver@evil.example/", " //evil.example",
        "/dang-nhap/", "/dang-nhap/?next=/dang-nhap/", "/quan-tri/login/?next=/",
    ],
)  # fmt: skip
def test_door_leads_nowhere_but_into_the_portal(target, client, officer):
    sent = {"username": "soyte", "password": DEMO_PASSWORD, "next": target}
    assert client.post(DOOR, sent).headers["Location"] == "/"
    assert client.get(DOOR, {"next": target}).headers["Location"] == "/"


def test_door_leads_where_one_wanted_to_go(client, db):
    sent = {"username": "soyte", "password": DEMO_PASSWORD}
    assert client.post("/dang-nhap/?next=/xa/23407/%3Fngay%3D2020-06-01", sent).headers["Location"] == (
        "/xa/23407/?ngay=2020-06-01"
    )
