"""An officer files a report in the grid: by keyboard, from Excel, through a lost connection, beside a colleague."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import Complaints, sign_in
from tests.browser.test_access import faults_of
from tests.factories.files import PDF

OPEN = """
from ntm_portal.accounts.models import Department
from reports.actions.opening import open_period
from reports.models import Report, ReportingPeriod
body = Department.objects.get(code="SYT").pk
for number in range(3, 9):
    period = ReportingPeriod.objects.get(kind="MONTH", year=2020, number=number)
    open_period(period, bodies={body})
    report = Report.objects.get(obligation__period=period, obligation__department=body, obligation__kind="CRITERIA")
    print("report", report.pk)
"""
SAVED = re.compile(r"^Đã lưu \d\d:\d\d$")


@pytest.fixture(scope="module")
def drafts(address, portal_environment) -> Iterator[str]:
    """Addresses of untouched drafts of the department of health, one a story."""
    command = [sys.executable, "manage.py", "shell", "-c", OPEN]
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=portal_environment, check=True, capture_output=True, text=True
    )
    return iter([f"/bao-cao/{pk}/" for pk in re.findall(r"^report (\d+)$", ran.stdout, re.MULTILINE)])


@pytest.fixture(scope="module")
def officer_cookies(address, chromium) -> list[dict]:
    """The session of an officer of the department of health."""
    context = chromium.new_context(base_url=address)
    sign_in(context.new_page(), "soyte", DEMO_PASSWORD)
    found = context.cookies()
    context.close()
    return found


@pytest.fixture
def desk(context: BrowserContext, officer_cookies) -> BrowserContext:
    """The officer's browser."""
    context.add_cookies(officer_cookies)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return context


@pytest.fixture
def draft(desk, drafts) -> Page:
    """A draft that nobody has touched, opened."""
    page = desk.new_page()
    page.goto(next(drafts))
    return page


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of the nth commune: 1 and 2 are value and conclusion of 15.1, 3 is 15.2, 4 and 5 are 15.3."""
    return page.locator("#bang tr[data-xa]").nth(row).locator("td.cell").nth(column - 1)


def state(page: Page) -> Locator:
    return page.locator("#trang-thai")


def enter(page: Page, at: Locator, text: str) -> None:
    at.click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def paste(page: Page, at: Locator, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    at.click()
    page.keyboard.press("Control+v")


def test_keyboard_writes_and_the_server_judges_as_one_types(draft):
    complaints = Complaints()
    complaints.listen(draft)
    cell(draft, 0, 1).click()
    draft.keyboard.type("84,95")
    draft.keyboard.press("Enter")
    draft.keyboard.type("171/200")
    draft.keyboard.press("Tab")
    draft.keyboard.press("ArrowRight")
    draft.keyboard.press("k")
    expect(cell(draft, 0, 2)).to_contain_text("✗ Chưa đạt")
    expect(cell(draft, 1, 1)).to_contain_text("85,5")
    expect(cell(draft, 1, 2)).to_contain_text("✓ Đạt")
    expect(cell(draft, 1, 3)).to_contain_text("Không xét")
    expect(state(draft)).to_have_text(SAVED)
    expect(draft.locator("#kiem-tra")).to_contain_text("Không xét mà thiếu căn cứ pháp lý")
    draft.keyboard.press("Control+z")
    expect(cell(draft, 1, 3)).to_contain_text("✓ Đạt")
    draft.reload()
    expect(cell(draft, 0, 1)).to_contain_text("84,95")
    assert complaints == []


def test_number_that_reads_two_ways_stays_at_its_cell(draft):
    enter(draft, cell(draft, 0, 1), "1.234")
    expect(cell(draft, 0, 1)).to_have_class(re.compile("is-bad"))
    assert "đọc được hai cách" in cell(draft, 0, 1).get_attribute("title")
    expect(state(draft)).to_contain_text("1 ô không đọc được")
    draft.reload()
    expect(cell(draft, 0, 1)).to_contain_text("1.234")
    enter(draft, cell(draft, 0, 1), "91,5")
    expect(state(draft)).to_have_text(SAVED)
    # A block from Excel over a value and its conclusion, then one value down to the end of the district.
    paste(draft, cell(draft, 1, 1), "91,5\tĐạt\r\n60\tChưa đạt\r\n")
    expect(cell(draft, 2, 2)).to_contain_text("✗ Chưa đạt")
    expect(cell(draft, 1, 1)).not_to_have_class(re.compile("is-pending|is-open"))
    cell(draft, 3, 1).click()
    draft.keyboard.type("99")
    draft.keyboard.press("Enter")
    draft.keyboard.press("ArrowUp")
    draft.keyboard.press("Control+d")
    first_district = draft.locator("#bang tbody").first.locator("tr[data-xa]")
    expect(first_district.last.locator("td.cell").first).to_contain_text("99")
    expect(cell(draft, first_district.count(), 1)).not_to_contain_text("99")
    expect(state(draft)).to_have_text(SAVED)


def test_lost_connection_is_shown_and_what_was_typed_survives_the_browser(desk, draft):
    draft.route("**/luu/", lambda route: route.abort())
    enter(draft, cell(draft, 0, 1), "90,5")
    expect(state(draft)).to_contain_text("Mất kết nối, sẽ thử lại")
    draft.unroute("**/luu/")
    expect(state(draft)).to_have_text(SAVED)
    draft.route("**/luu/", lambda route: route.abort())
    enter(draft, cell(draft, 1, 1), "66,5")
    expect(state(draft)).to_contain_text("Mất kết nối")
    address = draft.url
    draft.close()
    again = desk.new_page()
    again.goto(address)
    expect(state(again)).to_have_text(SAVED)
    expect(cell(again, 1, 2)).to_contain_text("✗ Chưa đạt")
    assert again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('bao-cao:')).length") == 0


def test_two_officers_see_both_values_and_choose(desk, draft):
    colleague = desk.new_page()
    colleague.goto(draft.url)
    enter(colleague, cell(colleague, 0, 1), "88")
    enter(colleague, cell(colleague, 1, 1), "89")
    expect(state(colleague)).to_have_text(SAVED)
    enter(draft, cell(draft, 0, 1), "77")
    enter(draft, cell(draft, 1, 1), "78")
    notes = draft.locator(".sheet-conflict")
    expect(notes).to_have_count(2)
    expect(notes.first).to_contain_text(re.compile("đã ghi “88” lúc .*; bạn ghi “77”"))
    notes.first.get_by_role("button", name="Ghi của tôi").click()
    expect(cell(draft, 0, 2)).to_contain_text("✗ Chưa đạt")
    expect(notes).to_have_count(1)
    notes.first.get_by_role("button", name="Giữ của họ").click()
    expect(cell(draft, 1, 1)).to_contain_text("89")
    expect(notes).to_have_count(0)
    box = draft.get_by_label("Kết quả thực hiện")
    box.fill("Đã phủ 85 xã.")
    expect(draft.locator("[data-section=RESULTS]")).to_contain_text("Đã lưu")
    colleague.get_by_label("Kết quả thực hiện").fill("Lời khác.")
    expect(colleague.locator("[data-section=RESULTS]")).to_contain_text(
        re.compile("Người khác vừa sửa mục này: ?Đã phủ")
    )
    colleague.get_by_role("button", name="Giữ của họ").click()
    expect(colleague.get_by_label("Kết quả thực hiện")).to_have_value("Đã phủ 85 xã.")


def test_note_and_evidence_of_a_line_without_leaving_the_grid(draft, tmp_path):
    file = tmp_path / "bien-ban.pdf"
    file.write_bytes(PDF)
    enter(draft, cell(draft, 0, 1), "84")
    cell(draft, 0, 2).locator(".cell-more").click()
    dialog = draft.get_by_role("dialog")
    expect(dialog).to_contain_text("phải ghi lý do vào ghi chú")
    dialog.get_by_label("Ghi chú").fill("Một thôn mới sáp nhập.")
    dialog.get_by_role("button", name="Lưu dòng").click()
    expect(dialog).not_to_contain_text("phải ghi lý do")
    dialog.get_by_label("Tệp minh chứng").set_input_files(file)
    dialog.get_by_role("button", name="Đính kèm").click()
    expect(dialog.get_by_role("link", name="bien-ban.pdf")).to_be_visible()
    draft.keyboard.press("Escape")
    expect(cell(draft, 0, 2).locator(".cell-more")).to_have_text("📎1")
    expect(draft.locator("#kiem-tra")).to_contain_text("1/425 dòng đã trả lời")
    assert faults_of(draft) == []


def test_little_changed_is_filed_with_a_few_keys(draft):
    enter(draft, cell(draft, 0, 1), "97,5")
    draft.get_by_role("button", name="Xác nhận không thay đổi cho phần còn lại").click()
    expect(draft.locator("#thong-bao")).to_contain_text("Đã xác nhận 424 dòng không thay đổi.")
    expect(draft.locator("#kiem-tra")).to_contain_text("425/425 dòng đã trả lời")
    draft.get_by_role("link", name="Chỉ dòng thay đổi").click()
    expect(draft.locator("#bang tr[data-xa]:visible")).to_have_count(1)
    draft.get_by_role("button", name="Gửi báo cáo").dblclick()
    expect(draft.locator(".page-head .badge")).to_contain_text("Chờ duyệt")
    draft.get_by_role("button", name="Rút về để sửa").click()
    expect(draft.locator(".page-head .badge")).to_contain_text("Đang soạn")
