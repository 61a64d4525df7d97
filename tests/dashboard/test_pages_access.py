"""Who may open which page, and what everybody else gets instead."""

import re
from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory

from criteria.models import Assessment
from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import User
from ntm_portal.dashboard import faults

PAGES = [
    "/",
    "/huyen/610/",
    "/xa/23407/",
    "/xa/23281/",
    "/ma-tran/",
    "/ma-tran/o/23407/17/",
    "/muc-tieu/",
    "/tim/",
    "/tim/?q=zzz",
    "/so-cai/",
]
ROLES = {"quantri": "ADMIN", "dieuphoi": "COORDINATOR", "soyte": "OFFICER", "lanhdao": "LEADER"}
FORBIDDEN = "Vai trò của bạn không được làm việc này."


def address_of(page: str) -> str:
    """The page itself; of the ledger, its first row."""
    if page != "/so-cai/":
        return page
    return f"/so-cai/{Assessment.objects.order_by('position').values_list('position', flat=True)[0]}/"


def sign_in(client, password: str = DEMO_PASSWORD, **fields):
    return client.post("/dang-nhap/", {"username": "dieuphoi", "password": password, **fields})


@pytest.mark.parametrize("username", ROLES, ids=ROLES.values())
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_for_every_role(page, username, client, db):
    user = User.objects.get(username=username)
    assert user.scope.roles == {ROLES[username]}
    client.force_login(user)
    assert client.get(address_of(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_page_sends_a_stranger_to_the_sign_in(page, client, db):
    address = address_of(page)
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, f"/dang-nhap/?next={quote(address)}")


@pytest.mark.parametrize("page", PAGES)
def test_page_is_closed_to_a_user_without_a_role(page, client, db):
    client.force_login(User.objects.create(username="moi"))
    response = client.get(address_of(page))
    assert response.status_code == 403
    assert FORBIDDEN in response.content.decode()


def test_user_whose_account_ended_is_put_out(portal, coordinator):
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert portal.get("/").headers["Location"] == "/dang-nhap/?next=/"


def test_right_password_opens_the_page_that_was_asked_for(client, db):
    response = sign_in(client, next="/xa/23407/?ngay=2020-10-13")
    assert (response.status_code, response.headers["Location"]) == (302, "/xa/23407/?ngay=2020-10-13")


@pytest.mark.parametrize("password", ["sai", DEMO_PASSWORD.upper()])
def test_wrong_password_is_said_in_vietnamese(password, client, db):
    response = sign_in(client, password)
    assert response.status_code == 200
    assert re.findall(r'role="alert">(.*?)<', response.content.decode()) == [
        "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa và chữ thường."
    ]


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "///evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_sign_in_never_leads_elsewhere(elsewhere, client, db):
    assert sign_in(client, next=elsewhere).headers["Location"] == "/"


def test_sign_in_page_sends_those_who_are_in_home(portal):
    assert portal.get("/dang-nhap/").headers["Location"] == "/"


def test_sign_out_needs_a_post_and_ends_the_session(portal):
    assert portal.get("/dang-xuat/").status_code == 405
    assert portal.post("/dang-xuat/").headers["Location"] == "/dang-nhap/"
    assert portal.get("/").headers["Location"] == "/dang-nhap/?next=/"


def test_form_without_its_token_is_refused_by_a_page_of_the_portal(db):
    response = sign_in(Client(enforce_csrf_checks=True))
    page = response.content.decode()
    assert response.status_code == 403
    assert ("<style" in page, "CSRF" in page, 'id="noi-dung"' in page) == (False, False, True)


def test_page_of_a_server_error_needs_no_database():
    """Most often it is the database that failed."""
    response = faults.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Lỗi máy chủ" in response.content.decode()
