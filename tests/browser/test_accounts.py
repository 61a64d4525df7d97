"""An account as its owner knows it: a first password, a mistyped one, a key for a warehouse, a second factor."""

import sqlite3
from base64 import b32decode
from contextlib import closing

import pytest
from django_otp.oath import totp

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import sign_in
from tests.browser.test_access import faults_of

NEW = "Hoa-Sen-Ngoc-Linh-7"


@pytest.fixture
def sql(portal_environment):
    """Callable that changes the running portal's database, as an administrator did before the story."""

    def run(statement: str) -> None:
        with closing(sqlite3.connect(portal_environment["DATABASE_URL"].removeprefix("sqlite:///"))) as database:
            database.execute(statement)
            database.commit()

    return run


def press(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_first_password_is_changed_before_anything_else(stranger, sql):
    sql("UPDATE accounts_user SET must_change_password = 1 WHERE username = 'konplong'")
    sign_in(stranger, "konplong", DEMO_PASSWORD)
    assert stranger.url.endswith("/tai-khoan/mat-khau/")
    stranger.goto("/ban-do/")
    assert stranger.url.endswith("/tai-khoan/mat-khau/")
    assert faults_of(stranger) == []
    stranger.get_by_label("Mật khẩu hiện nay").fill(DEMO_PASSWORD)
    stranger.get_by_label("Mật khẩu mới", exact=False).first.fill("ngan")
    stranger.get_by_label("Nhập lại mật khẩu mới").fill("ngan")
    press(stranger, "Đổi mật khẩu")
    assert stranger.get_by_text("Mật khẩu quá ngắn: phải có ít nhất 10 ký tự.").is_visible()
    stranger.get_by_label("Mật khẩu hiện nay").fill(DEMO_PASSWORD)
    stranger.get_by_label("Mật khẩu mới", exact=False).first.fill(NEW)
    stranger.get_by_label("Nhập lại mật khẩu mới").fill(NEW)
    press(stranger, "Đổi mật khẩu")
    assert stranger.get_by_text("Đã đổi mật khẩu.").is_visible()
    stranger.goto("/ban-do/")
    assert stranger.url.endswith("/ban-do/")


def test_five_wrong_passwords_lock_the_door_and_say_until_when(stranger, sql):
    for _ in range(5):
        sign_in(stranger, "lanhdao", "khong-nho")
    assert stranger.get_by_role("heading", name="Tạm khóa đăng nhập").is_visible()
    assert stranger.get_by_text("15 phút").is_visible()
    assert faults_of(stranger) == []
    stranger.goto("/dang-nhap/")
    sign_in(stranger, "lanhdao", DEMO_PASSWORD)
    assert stranger.get_by_role("heading", name="Tạm khóa đăng nhập").is_visible()
    sql("DELETE FROM axes_accessattempt")


def test_key_for_a_warehouse_is_made_used_and_revoked(stranger):
    sign_in(stranger, "soyte", DEMO_PASSWORD)
    stranger.get_by_role("link", name="Cán bộ Sở Y tế").click()
    stranger.get_by_role("link", name="Mã của tôi").click()
    stranger.get_by_label("Nhãn").fill("Kho dữ liệu của tỉnh")
    press(stranger, "Tạo mã")
    key = stranger.locator(".secret").inner_text()
    assert faults_of(stranger) == []
    call = {"headers": {"Authorization": f"Token {key}", "Cookie": ""}}
    assert stranger.request.get("/api/v1/districts/", **call).status == 200
    stranger.goto("/tai-khoan/ma/")
    assert stranger.locator(".secret").count() == 0
    assert stranger.get_by_role("row", name="Kho dữ liệu của tỉnh").get_by_text("20/10/2020").count() == 2
    press(stranger, "Thu hồi mã Kho dữ liệu của tỉnh")
    assert stranger.get_by_text("Đã thu hồi mã “Kho dữ liệu của tỉnh”.").is_visible()
    assert stranger.request.get("/api/v1/districts/", **call).status == 401


def code_for(secret: str) -> str:
    return f"{totp(b32decode(secret.replace(' ', ''))):06d}"


def test_second_factor_is_set_up_and_asked_at_the_next_sign_in(stranger, sql):
    sign_in(stranger, "dieuphoi", DEMO_PASSWORD)
    stranger.goto("/tai-khoan/xac-thuc/")
    press(stranger, "Bắt đầu thiết lập")
    assert stranger.get_by_role("img", name="Mã QR của khóa bí mật").is_visible()
    assert faults_of(stranger) == []
    secret = stranger.locator(".secret").inner_text()
    stranger.get_by_label("Mật khẩu hiện nay").fill(DEMO_PASSWORD)
    stranger.get_by_label("Mã xác thực").fill(code_for(secret))
    press(stranger, "Bật xác thực hai bước")
    backup = stranger.locator(".codes .secret").all_inner_texts()
    assert len(backup) == 8
    press(stranger, "Đăng xuất")
    sign_in(stranger, "dieuphoi", DEMO_PASSWORD)
    assert "/dang-nhap/ma/" in stranger.url
    assert faults_of(stranger) == []
    # The app's next code would have to be waited for; this one counts as not used yet.
    sql("UPDATE otp_totp_totpdevice SET last_t = -1")
    stranger.get_by_label("Mã xác thực").fill(code_for(secret))
    press(stranger, "Tiếp tục")
    assert stranger.get_by_role("link", name="Cán bộ điều phối").is_visible()
    press(stranger, "Đăng xuất")
    sign_in(stranger, "dieuphoi", DEMO_PASSWORD)
    stranger.get_by_label("Mã xác thực").fill(backup[0])
    press(stranger, "Tiếp tục")
    stranger.goto("/tai-khoan/xac-thuc/")
    assert stranger.get_by_text("Còn 7 mã dự phòng.").is_visible()
    stranger.get_by_label("Mật khẩu hiện nay").fill(DEMO_PASSWORD)
    press(stranger, "Tắt")
    assert stranger.get_by_text("Đã tắt xác thực hai bước.").is_visible()
