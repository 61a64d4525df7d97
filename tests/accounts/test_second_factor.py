"""The second factor: set up, asked after the password, required where the office says so, taken off when lost."""

import html
import re
import time

import pytest
from django.conf import settings as configured
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from ntm_portal.accounts import second_factor
from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditEntry, Kind

PAGE = "/tai-khoan/xac-thuc/"
STEP = "/dang-nhap/ma/"


def code_of(device: TOTPDevice) -> str:
    """What the app shows now; what it has shown before may be used again in a test."""
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1)
    return f"{totp(device.bin_key):06d}"


def wrong_code_of(device: TOTPDevice) -> str:
    """Six digits that no app shows in these minutes."""
    right = {f"{totp(device.bin_key, drift=step):06d}" for step in range(-3, 4)}
    return next(
        code
        for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777")
        if code not in right
    )


def enrol(user: User) -> tuple[TOTPDevice, list[str]]:
    second_factor.begin_enrolment(user)
    device = second_factor.unconfirmed(user)
    return device, second_factor.confirm(device)


def show_password(username: str = "soyte", target: str = "/dang-nhap/") -> Client:
    """A browser in which the right password was typed."""
    browser = Client()
    browser.answer = browser.post(target, {"username": username, "password": DEMO_PASSWORD})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/tai-khoan/").status_code == 200


def test_setting_up_asks_for_password_and_code_and_shows_eight_backup_codes(client, officer):
    client.force_login(officer)
    assert client.post(f"{PAGE}bat-dau/").headers["Location"] == PAGE
    device = TOTPDevice.objects.get()
    page = client.get(PAGE).content.decode()
    assert device.confirmed is False
    assert re.search(r'<svg class="qr".*?<path d="M\d+ \d+h1v1h-1z', page, re.DOTALL)
    refused = client.post(f"{PAGE}xac-nhan/", {"password": "sai", "code": wrong_code_of(device)})
    assert refused.context["confirm_form"].errors == {
        "password": ["Mật khẩu không đúng."],
        "code": ["Mã không đúng hoặc đã dùng. Hãy xem lại giờ của điện thoại."],
    }
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    before = client.session.session_key
    done = client.post(f"{PAGE}xac-nhan/", {"password": DEMO_PASSWORD, "code": code_of(device)})
    shown = re.findall(r'<code class="secret">(\w{8})</code>', done.content.decode())
    assert (sorted(shown), len(shown)) == (sorted(StaticToken.objects.values_list("token", flat=True)), 8)
    assert (client.session.session_key == before, TOTPDevice.objects.get().confirmed) == (False, True)
    assert device.key not in client.get(PAGE).content.decode()


def test_password_alone_no_longer_signs_in(officer):
    device, _ = enrol(officer)
    browser = show_password(target="/dang-nhap/?next=/xa/23407/")
    assert (browser.answer.headers["Location"], is_in(browser)) == (f"{STEP}?next=%2Fxa%2F23407%2F", False)
    before = browser.session.session_key
    answer = browser.post(f"{STEP}?next=/xa/23407/", {"code": code_of(device)})
    assert (answer.headers["Location"], is_in(browser)) == ("/xa/23407/", True)
    assert browser.session.session_key != before


def test_code_page_leads_nowhere_else(officer):
    device, _ = enrol(officer)
    answer = show_password().post(STEP, {"code": code_of(device), "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_code_is_used_once(officer):
    device, _ = enrol(officer)
    code = code_of(device)
    first, second = show_password(), show_password()
    first.post(STEP, {"code": code})
    second.post(STEP, {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)


def test_backup_code_signs_in_once(officer):
    _, codes = enrol(officer)
    first, second = show_password(), show_password()
    first.post(STEP, {"code": f" {codes[0].upper()} "})
    second.post(STEP, {"code": codes[0]})
    assert (is_in(first), is_in(second), second_factor.backup_codes_left(officer)) == (True, False, 7)


def test_wrong_codes_make_one_wait(officer):
    device, _ = enrol(officer)
    browser = show_password()
    browser.post(STEP, {"code": wrong_code_of(device)})
    TOTPDevice.objects.update(throttling_failure_count=6)
    waits = browser.post(STEP, {"code": code_of(device)})
    (said,) = waits.context["form"].errors["code"]
    assert (re.fullmatch(r"Đã nhập sai nhiều lần; hãy chờ \d+ giây rồi nhập lại.", said) is None, is_in(browser)) == (
        False,
        False,
    )


def test_code_of_another_person_does_not_fit(officer, leader):
    enrol(officer)
    other, codes = enrol(leader)
    browser = show_password()
    browser.post(STEP, {"code": code_of(other)})
    browser.post(STEP, {"code": codes[0]})
    assert is_in(browser) is False


def test_code_page_is_closed_without_a_password(client, officer):
    enrol(officer)
    assert client.get(STEP).headers["Location"] == "/dang-nhap/"


@pytest.mark.parametrize("change", ["late", "password", "left"])
def test_half_a_sign_in_ends(change, officer):
    device, _ = enrol(officer)
    browser = show_password()
    session = browser.session
    if change == "late":
        session["second_step"] = session["second_step"] | {"at": time.time() - 601}
        session.save()
    elif change == "password":
        officer.set_password("Hoa-Khac-7777")
        officer.save()
    else:
        User.objects.filter(pk=officer.pk).update(is_active=False)
    assert browser.post(STEP, {"code": code_of(device)}).headers["Location"] == "/dang-nhap/"
    assert is_in(browser) is False


def test_factor_is_taken_off_with_the_password(client, officer):
    enrol(officer)
    client.force_login(officer)
    client.post(f"{PAGE}tat/", {"password": "sai"})
    assert second_factor.device_of(officer) is not None
    client.post(f"{PAGE}tat/", {"password": DEMO_PASSWORD})
    assert (second_factor.device_of(officer), second_factor.backup_codes_left(officer)) == (None, 0)
    assert is_in(show_password())


def test_trail_tells_who_put_a_factor_on_and_who_took_it_off(client, admin_user, officer):
    client.force_login(officer)
    client.post(f"{PAGE}bat-dau/")
    sent = {"password": DEMO_PASSWORD, "code": code_of(TOTPDevice.objects.get())}
    client.post(f"{PAGE}xac-nhan/", sent)
    client.post(f"{PAGE}tat/", {"password": DEMO_PASSWORD})
    second_factor.remove(officer)
    kinds = [Kind.SECOND_FACTOR_ON, Kind.SECOND_FACTOR_OFF]
    told = AuditEntry.objects.filter(kind__in=kinds).order_by("pk")
    assert [str(entry) for entry in told] == [
        "Cán bộ Sở Y tế (soyte) bật xác thực hai bước của Cán bộ Sở Y tế (soyte)",
        "Cán bộ Sở Y tế (soyte) tắt xác thực hai bước của Cán bộ Sở Y tế (soyte)",
    ]


def test_device_in_use_is_not_replaced_without_the_password(client, officer):
    device, _ = enrol(officer)
    client.force_login(officer)
    client.post(f"{PAGE}bat-dau/")
    assert TOTPDevice.objects.get() == device


def test_administrator_takes_off_a_lost_device(client, admin_user, officer):
    enrol(officer)
    client.force_login(admin_user)
    held = officer.memberships.get()
    inline = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": held.pk, "0-user": officer.pk, "0-role": held.role}
    sent = {f"memberships-{name}": value for name, value in (inline | {"0-department": held.department_id}).items()}
    sent |= {"username": "soyte", "is_active": "on", "remove_second_factor": "on"}
    assert client.post(f"/quan-tri/accounts/user/{officer.pk}/change/", sent).status_code == 302
    entry = AuditEntry.objects.get(kind=Kind.SECOND_FACTOR_OFF)
    assert (entry.user_id, entry.record_id) == (admin_user.pk, officer.pk)
    assert is_in(show_password())


@pytest.mark.parametrize("username", ["quantri", "dieuphoi"])
def test_required_factor_is_set_up_before_anything_else(username, settings, db):
    settings.REQUIRE_2FA = True
    browser = show_password(username)
    for page in ("/", "/xa/23407/", "/quan-tri/", "/tai-khoan/", "/tai-khoan/ma/"):
        assert browser.get(page).headers["Location"] == PAGE
    assert browser.get("/api/v1/districts/").status_code == 403
    assert "Vai trò của bạn phải dùng xác thực hai bước" in html.unescape(browser.get(PAGE).content.decode())
    browser.post(f"{PAGE}bat-dau/")
    sent = {"password": DEMO_PASSWORD, "code": code_of(TOTPDevice.objects.get())}
    assert browser.post(f"{PAGE}xac-nhan/", sent).status_code == 200
    assert is_in(browser)


def test_required_factor_is_asked_of_a_session_from_before_it(settings, coordinator):
    browser = show_password("dieuphoi")
    device, _ = enrol(coordinator)
    settings.REQUIRE_2FA = True
    assert browser.get("/").headers["Location"] == STEP
    browser.post(STEP, {"code": code_of(device)})
    assert is_in(browser)


def test_factor_is_not_required_of_others_nor_of_tokens(settings, officer, coordinator):
    settings.REQUIRE_2FA = True
    key = ApiToken.issue(coordinator, "thử", at=clock.now())[1]
    assert is_in(show_password("soyte"))
    assert Client().get("/api/v1/districts/", headers={"Authorization": f"Token {key}"}).status_code == 200


def test_factor_is_optional_by_default():
    assert configured.REQUIRE_2FA is False
