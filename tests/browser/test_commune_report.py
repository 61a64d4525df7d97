"""A commune of a report as its author fills it in: kept when the browser closes, and when a colleague saves first."""

import subprocess
import sys

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import Complaints, sign_in

PREPARE = f"""
from tests.factories.office import COMMUNES, open_for, person, report_of
open_for("UB613")
for name in ("xa-mot", "xa-hai"):
    user = person(name, "UB613")
    user.set_password("{DEMO_PASSWORD}")
    user.must_change_password = False
    user.save()
print(report_of("UB613", what=COMMUNES).pk)
"""


@pytest.fixture(scope="module")
def report(portal_environment, address) -> str:
    """Address of the October report of the committee of Kon Plông in the running portal, with two who write it."""
    manage = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
    made = subprocess.run(
        manage, cwd=settings.BASE_DIR, env=portal_environment, check=True, capture_output=True, text=True
    )
    return f"/bao-cao/{made.stdout.split()[-1]}/"


@pytest.fixture
def author(stranger) -> Page:
    sign_in(stranger, "xa-mot", DEMO_PASSWORD)
    return stranger


def fill(page: Page, name: str, text: str) -> None:
    page.get_by_label(name, exact=False).first.fill(text)


def test_commune_is_filled_in_across_a_closed_browser_and_a_colleague(report, author, chromium, address):
    complaints = Complaints()
    complaints.listen(author)
    entry = f"{report}xa/23452/"
    author.goto(entry)
    roads = author.get_by_role("row", name="2 Giao thông")
    roads.get_by_role("combobox").select_option("Đạt")
    expect(roads.get_by_text("khác sổ cái", exact=False)).to_be_visible()
    fill(author, "Việc đã giúp xã", "Tặng 20 con bò giống")
    author.get_by_role("button", name="Thêm chuyến đi").click()
    second = author.get_by_role("group", name="Chuyến đi 2")
    second.get_by_label("Ngày đi").fill("2020-10-05")
    second.get_by_label("Thành phần").fill("Ông A Nhá")
    second.get_by_label("Kết quả").fill("Xem đường thôn")
    expect(author.get_by_text("Bản nháp giữ trên máy này", exact=False)).to_be_visible()
    again = author.context.new_page()
    author.close()
    complaints.listen(again)
    again.goto(entry)
    expect(again.get_by_text("Đã điền lại những gì bạn ghi", exact=False)).to_be_visible()
    expect(again.get_by_role("group", name="Chuyến đi 2").get_by_label("Thành phần")).to_have_value("Ông A Nhá")
    _colleague_saves(chromium, address, entry)
    again.get_by_role("button", name="Lưu", exact=True).click()
    expect(again.get_by_role("alert")).to_contain_text("người khác đã sửa cùng chỗ")
    expect(again.get_by_text("Giúp 5 tấn xi măng")).to_be_visible()
    expect(again.get_by_label("Việc đã giúp xã")).to_have_value("Tặng 20 con bò giống")
    roads = again.get_by_role("row", name="2 Giao thông")
    roads.get_by_role("textbox").fill("Đã bê tông hóa tới thôn cuối")
    again.get_by_role("button", name="Lưu và sang xã sau").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("Xã Đăk Ring")
    assert again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('ntm-xa:'))") == []
    assert [said for said in complaints if "412" not in said] == []
    again.goto(report)
    expect(again.get_by_role("row", name="Xã Đăk Nên")).to_contain_text("Đã ghi")


def _colleague_saves(chromium, address: str, entry: str) -> None:
    context = chromium.new_context(base_url=address, locale="vi-VN")
    page = context.new_page()
    sign_in(page, "xa-hai", DEMO_PASSWORD)
    page.goto(entry)
    fill(page, "Việc đã giúp xã", "Giúp 5 tấn xi măng")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("đã lưu lúc", exact=False)).to_be_visible()
    context.close()


def test_report_is_confirmed_and_sent(report, author):
    author.goto(report)
    author.get_by_role("button", name="còn lại giữ nguyên", exact=False).click()
    author.get_by_role("button", name="Gửi báo cáo").click()
    expect(author.get_by_text("Chờ duyệt").first).to_be_visible()
    author.get_by_role("link", name="Xã Đăk Ring").click()
    expect(author.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    author.go_back()
    author.get_by_role("button", name="Rút lại để sửa").click()
    expect(author.get_by_text("Đang soạn")).to_be_visible()
