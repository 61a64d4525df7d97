"""A task on its way, in a real browser: a body accepts, tells, proposes; the office confirms; the board shows it."""

import subprocess
import sys

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import sign_in
from tests.browser.test_stories import OUTSIDE
from tests.factories.files import PDF

OFFICER = "viec-kon-plong"
PREPARE = f"""
from tests.factories.office import person
user = person("{OFFICER}", "UB613")
user.set_password("{DEMO_PASSWORD}")
user.must_change_password = False
user.save()
"""
TASK = "Hoàn thành các chỉ tiêu xã Măng Cành và trình hồ sơ công nhận"


@pytest.fixture(scope="module", autouse=True)
def officer_of_the_district(portal_environment, address) -> None:
    """Somebody of the committee of Kon Plông whom no other story touches."""
    manage = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
    subprocess.run(manage, cwd=settings.BASE_DIR, env=portal_environment, check=True, stdout=subprocess.DEVNULL)


def open_task(page: Page, username: str) -> None:
    """Sign in as somebody else, and go to the task by way of the board."""
    page.context.clear_cookies()
    sign_in(page, username, DEMO_PASSWORD)
    page.get_by_role("link", name="Nhiệm vụ", exact=True).click()
    page.get_by_role("link", name=TASK).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TASK)


def send(page: Page, act: str, **given: str) -> None:
    """Open an act of the part and send its form."""
    page.locator("summary", has_text=act).click()
    form = page.locator("details[open] form")
    for label, value in given.items():
        form.get_by_label(label.replace("_", " ")).fill(value)
    with page.expect_navigation():
        form.locator("button").click()


def test_part_of_a_body_goes_from_given_to_done(stranger):
    open_task(stranger, OFFICER)
    with stranger.expect_navigation():
        stranger.get_by_role("button", name="Nhận việc").click()
    expect(stranger.get_by_text("Đang làm")).to_be_visible()
    stranger.locator("summary", has_text="Cập nhật tiến độ").click()
    form = stranger.locator("details[open] form")
    form.get_by_label("Đã làm được (%)").fill("70")
    form.get_by_label("Đã làm được gì").fill("Đã xong đường trục, còn tiêu chí hộ nghèo.")
    form.get_by_label("Minh chứng").set_input_files(
        {"name": "Biên bản.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    form.get_by_label("Khó khăn, vướng mắc mới").fill("Thiếu vốn làm đường nội đồng")
    with stranger.expect_navigation():
        form.locator("button").click()
    expect(stranger.get_by_role("link", name="Biên bản.pdf")).to_be_visible()
    expect(stranger.get_by_text("Thiếu vốn làm đường nội đồng")).to_be_visible()
    send(stranger, "Đề nghị xác nhận xong", Kết_quả_thực_hiện="Đã trình hồ sơ.")
    expect(stranger.locator(".part .badge")).to_contain_text("Đề nghị xác nhận xong")

    open_task(stranger, "dieuphoi")
    send(stranger, "Xác nhận xong", Nhận_xét="Hồ sơ đủ.")
    expect(stranger.locator(".part .badge")).to_contain_text("Đã xong")
    stranger.goto("/nhiem-vu/?trang_thai=DONE")
    expect(stranger.get_by_role("row", name=TASK).last).to_contain_text("100%")


def test_office_reminds_from_the_board_and_saves_the_letter(stranger):
    sign_in(stranger, "dieuphoi", DEMO_PASSWORD)
    stranger.goto("/nhiem-vu/?nhom=don-vi")
    stranger.get_by_role("checkbox", name="Mọi việc chưa xong của Sở Y tế").check()
    stranger.get_by_label("Nội dung đôn đốc").fill("Đề nghị khẩn trương thực hiện.")
    with stranger.expect_navigation():
        stranger.get_by_role("button", name="Đôn đốc các đơn vị đã chọn").click()
    expect(stranger.get_by_text("Đã đôn đốc 1 đơn vị về 2 phần việc.")).to_be_visible()
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Tải dự thảo công văn đôn đốc").click()
    assert download.value.suggested_filename == "cong-van-don-doc-2020-10-20.docx"


@pytest.mark.parametrize("path", ["/nhiem-vu/", "/nhiem-vu/?nhom=don-vi", "/nhiem-vu/1/", "/tai-khoan/lich/"])
def test_pages_fit_a_telephone(path, page, complaints):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert [name for name in page.evaluate(OUTSIDE) if not name.startswith(("A.", "BUTTON.nav-more"))] == []
