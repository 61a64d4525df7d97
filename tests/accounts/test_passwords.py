"""Passwords: how they are chosen, when they must be changed, what a change ends, and the way back in by e-mail."""

import html
import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken, Department, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock

NEW = "Hoa-Sen-Ngoc-Linh-7"
PAGE = "/tai-khoan/mat-khau/"


def change(browser, new=NEW, old=DEMO_PASSWORD, again=None):
    return browser.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again or new})


def errors_of(answer) -> dict[str, list[str]]:
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def signed_in(username: str, password: str) -> Client:
    """A browser that went through the form."""
    browser = Client()
    browser.post("/dang-nhap/", {"username": username, "password": password})
    return browser


def test_account_page_says_who_one_is_and_in_which_role(client, officer):
    client.force_login(officer)
    page = client.get("/tai-khoan/").content.decode()
    said = ["Cán bộ Sở Y tế", "soyte", "Cán bộ sở, ngành, huyện", "Sở Y tế"]
    assert [word for word in said if word not in page] == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("Sen-Hong-7", None),
        ("Sen-Hong7", "Mật khẩu quá ngắn: phải có ít nhất 10 ký tự."),
        ("8250147369", "Mật khẩu này chỉ gồm chữ số."),
        ("1234567890", "Mật khẩu này quá phổ biến."),
        ("cánbộsởytế", "Mật khẩu quá giống với họ và tên."),
        (DEMO_PASSWORD, "Mật khẩu mới phải khác mật khẩu hiện nay."),
    ],
)
def test_rules_of_a_new_password_are_said_at_the_field(new, said, client, officer):
    client.force_login(officer)
    answer = change(client, new)
    if said is None:
        assert (answer.status_code, answer.url) == (302, "/tai-khoan/")
    else:
        found = [words for field, words in errors_of(answer).items() if field != "old_password"]
        assert said in [word for words in found for word in words]


def test_present_password_is_asked_and_both_new_ones_agree(client, officer):
    client.force_login(officer)
    answer = change(client, old="sai", again="Hoa-Khac-7777")
    assert errors_of(answer) == {
        "old_password": ["Mật khẩu hiện nay không đúng."],
        "new_password2": ["Hai lần nhập mật khẩu mới không giống nhau."],
    }


def test_changed_password_ends_the_other_sessions_and_keeps_its_own(client, officer):
    other = signed_in("soyte", DEMO_PASSWORD)
    client.force_login(officer)
    assert other.get("/tai-khoan/").status_code == 200
    change(client)
    assert (client.get("/tai-khoan/").status_code, other.get("/tai-khoan/").status_code) == (200, 302)
    assert signed_in("soyte", NEW).get("/tai-khoan/").status_code == 200


@pytest.fixture
def newcomer(officer) -> User:
    """Who got the password from the administrator."""
    officer.must_change_password = True
    officer.save(update_fields=["must_change_password"])
    return officer


@pytest.mark.parametrize("page", ["/", "/tai-khoan/", "/xa/23407/", "/quan-tri/"])
def test_every_page_leads_to_the_change_until_it_is_done(page, client, newcomer):
    client.force_login(newcomer)
    assert (client.get(page).status_code, client.get(page).headers["Location"]) == (302, PAGE)
    assert client.post(page).headers["Location"] == PAGE
    assert "Mật khẩu hiện nay do người quản trị đặt" in client.get(PAGE).content.decode()
    change(client)
    newcomer.refresh_from_db()
    assert newcomer.must_change_password is False
    assert client.get("/tai-khoan/").status_code == 200


def test_one_who_must_change_may_leave(client, newcomer):
    client.force_login(newcomer)
    assert client.post("/dang-xuat/").headers["Location"] == "/dang-nhap/"


def test_interface_waits_for_the_change_with_a_session_and_not_with_a_token(client, newcomer):
    key = ApiToken.issue(newcomer, "thử", at=clock.now())[1]
    client.force_login(newcomer)
    refused = client.get("/api/v1/districts/")
    assert (refused.status_code, refused.json()["detail"]) == (403, "Bạn phải đổi mật khẩu trước.")
    assert client.get("/api/v1/districts/", headers={"Authorization": f"Token {key}"}).status_code == 200


def test_password_given_by_the_administrator_must_be_changed(client, admin_user, officer):
    client.force_login(admin_user)
    sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    client.post(f"/quan-tri/accounts/user/{officer.pk}/password/", sent)
    officer.refresh_from_db()
    assert (officer.check_password(NEW), officer.must_change_password) == (True, True)
    person = {"username": "moi", "full_name": "Người mới", "password1": NEW, "password2": NEW}
    role = {"department": Department.objects.get(code="SYT").pk, "role": Role.OFFICER}
    forms = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
    client.post("/quan-tri/accounts/user/add/", person | forms | {f"memberships-0-{k}": v for k, v in role.items()})
    assert User.objects.get(username="moi").must_change_password is True


def test_admin_site_has_no_second_page_for_ones_own_password(client, admin_user):
    client.force_login(admin_user)
    assert client.get("/quan-tri/password_change/").headers["Location"] == PAGE


def test_accounts_of_the_demonstration_are_exempt(db):
    assert not User.objects.filter(must_change_password=True).exists()


def forgotten(address: str):
    return Client().post("/quen-mat-khau/", {"email": address}, follow=True)


def test_answer_does_not_tell_whether_an_address_is_known(officer):
    User.objects.filter(pk=officer.pk).update(email="yte@kontum.example")
    known, unknown = forgotten("yte@kontum.example"), forgotten("ai-do@kontum.example")
    bodies = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", a.content.decode()) for a in (known, unknown)]
    assert (known.redirect_chain, bodies[0]) == (unknown.redirect_chain, bodies[1])
    assert [letter.to for letter in mail.outbox] == [["yte@kontum.example"]]


def test_no_letter_goes_to_an_account_that_ended(officer):
    User.objects.filter(pk=officer.pk).update(email="yte@kontum.example", is_active=False)
    assert forgotten("yte@kontum.example").status_code == 200
    assert mail.outbox == []


def test_link_from_the_letter_sets_a_password_once(newcomer, client):
    User.objects.filter(pk=newcomer.pk).update(email="yte@kontum.example")
    forgotten("yte@kontum.example")
    (letter,) = mail.outbox
    assert letter.subject == "Đặt lại mật khẩu Cổng nông thôn mới"
    link = urlsplit(re.search(r"https?://\S+", letter.body)[0]).path
    form = client.get(link, follow=True)
    assert "Đặt mật khẩu mới" in form.content.decode()
    done = client.post(form.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Từ nay hãy đăng nhập bằng mật khẩu mới" in done.content.decode()
    assert signed_in("soyte", NEW).get("/tai-khoan/").status_code == 200
    assert "Liên kết không dùng được" in html.unescape(Client().get(link).content.decode())


def test_faulty_link_is_told_in_words(client, db):
    page = client.get("/dat-lai-mat-khau/MQ/khong-dung/")
    assert (page.status_code, "Liên kết không dùng được" in page.content.decode()) == (200, True)
