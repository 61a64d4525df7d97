"""A whole month: opened, filed by keyboard, sent back, corrected, approved, and seen everywhere it shows."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import Complaints, sign_in

DAK_NA = "23407"
SAVED = re.compile(r"^Đã lưu \d\d:\d\d$")


@pytest.fixture(scope="module")
def people(address, chromium: Browser):
    """Callable for a page of somebody who has signed in, each in a browser of their own."""
    opened: dict[str, Page] = {}
    contexts = []

    def page_of(username: str) -> Page:
        if username not in opened:
            context = chromium.new_context(base_url=address, locale="vi-VN", viewport={"width": 1280, "height": 800})
            contexts.append(context)
            opened[username] = context.new_page()
            sign_in(opened[username], username, DEMO_PASSWORD)
        return opened[username]

    yield page_of
    for context in contexts:
        context.close()


def cell(page: Page, commune: str, column: int):
    """A cell of the commune of that name: 1 and 2 are value and conclusion of 15.1, 3 is 15.2, 4 and 5 are 15.3."""
    row = page.locator("#bang tr[data-xa]", has=page.get_by_role("rowheader", name=commune, exact=True)).first
    return row.locator("td.cell").nth(column - 1)


def write(page: Page, commune: str, column: int, text: str) -> None:
    cell(page, commune, column).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def give_reason(page: Page, commune: str, reason: str) -> None:
    cell(page, commune, 2).locator("a.cell-more").click()
    dialog = page.get_by_role("dialog", name="Chi tiết dòng")
    dialog.get_by_label("Ghi chú").fill(reason)
    before = page.locator("#bao-cao").get_attribute("data-revision")
    dialog.get_by_role("button", name="Lưu dòng").click()
    expect(page.locator("#bao-cao")).not_to_have_attribute("data-revision", before)
    dialog.get_by_role("button", name="Đóng").click()
    expect(dialog).to_be_hidden()


def test_month_goes_from_the_office_to_the_ledger_and_back_into_every_page(people):
    office, officer = people("dieuphoi"), people("soyte")
    complaints = Complaints()
    complaints.listen(officer)

    _open_october(office)
    report = _file(officer)
    _send_back(office, report)
    _correct(officer, report)
    _approve(office, report)
    _seen_everywhere(office, report)
    assert complaints == []


def _open_october(office: Page) -> None:
    office.goto("/bao-cao/ky/")
    row = office.locator("tr", has_text="Tháng 10/2020").first
    row.get_by_role("button", name=re.compile("Mở kỳ|Bổ sung đơn vị")).click()
    expect(office.locator("tr", has_text="Tháng 10/2020").first).to_contain_text("Đang mở")


def _file(officer: Page) -> str:
    """Three communes by keyboard, the rest confirmed, handed in; returns the number of the report."""
    officer.goto("/bao-cao/")
    officer.get_by_role("link", name="Báo cáo tiêu chí Tháng 10/2020").click()
    write(officer, "Đăk Na", 1, "84,95")
    write(officer, "Mường Hoong", 4, "26,5")
    write(officer, "Ngọc Linh", 1, "171/200")
    expect(cell(officer, "Đăk Na", 2)).to_contain_text("Chưa đạt")
    expect(cell(officer, "Ngọc Linh", 1)).to_contain_text("85,5")
    give_reason(officer, "Đăk Na", "Thẻ bảo hiểm hết hạn, chưa gia hạn")
    expect(officer.locator("#trang-thai")).to_have_text(SAVED)
    officer.get_by_role("button", name="Xác nhận không thay đổi cho phần còn lại").click()
    expect(officer.locator("#kiem-tra")).to_contain_text("425/425")
    officer.get_by_role("button", name="Gửi báo cáo").click()
    expect(officer.get_by_text("Chờ duyệt").first).to_be_visible()
    return re.search(r"/bao-cao/(\d+)/", officer.url).group(1)


def _send_back(office: Page, report: str) -> None:
    office.goto("/bao-cao/duyet/")
    office.get_by_role("link", name=re.compile("Sở Y tế")).first.click()
    office.goto(f"/bao-cao/{report}/duyet/")
    fallen = office.locator("tr", has_text="Đăk Na").filter(has_text="15.1").first
    expect(fallen).to_contain_text("Thẻ bảo hiểm hết hạn")
    fallen.locator("textarea").fill("Nêu rõ bao nhiêu thẻ và khi nào gia hạn.")
    office.get_by_role("button", name=re.compile("Trả lại")).last.click()
    expect(office.get_by_text("Trả lại").first).to_be_visible()


def _correct(officer: Page, report: str) -> None:
    officer.goto(f"/bao-cao/{report}/")
    expect(officer.get_by_text("Nêu rõ bao nhiêu thẻ").first).to_be_attached()
    give_reason(officer, "Đăk Na", "142 thẻ hết hạn ngày 30/9, gia hạn trong tháng 11")
    officer.get_by_role("button", name="Gửi lại").click()
    expect(officer.get_by_text("Chờ duyệt").first).to_be_visible()


def _approve(office: Page, report: str) -> None:
    """A remark that would be thrown away keeps the report from being approved."""
    office.goto(f"/bao-cao/{report}/duyet/")
    approve = office.get_by_role("button", name=re.compile("Duyệt toàn bộ")).first
    office.get_by_label("Ý kiến chung").fill("Chưa rõ")
    approve.click()
    expect(office.get_by_role("alert").first).to_contain_text("muốn duyệt thì xóa ý kiến")
    office.get_by_label("Ý kiến chung").fill("")
    approve.click()
    expect(office.get_by_text("Đã duyệt").first).to_be_visible()


def _seen_everywhere(page: Page, report: str) -> None:
    page.goto(f"/xa/{DAK_NA}/")
    criterion = page.locator("#tc-15")
    expect(criterion).to_contain_text("Chưa đạt")
    expect(criterion).to_contain_text("84,95")
    source = criterion.locator("a", has_text=re.compile("Báo cáo tiêu chí .* của Sở Y tế")).first
    expect(source).to_be_attached()
    page.goto("/ma-tran/")
    expect(page.locator(f"tr[data-xa='{DAK_NA}'] td[class*=cell-]").nth(14)).to_have_class(re.compile("cell-not"))
    page.goto("/muc-tieu/")
    expect(page.locator("main")).to_contain_text("Đăk Na")
    status = page.request.get(f"/api/v1/communes/{DAK_NA}/status/").json()
    assert status["criteria_met"] == 7
    (indicator,) = [i for c in status["criteria"] for i in c["indicators"] if i["code"] == "15.1"]
    assert indicator["source"]["url"].endswith(f"/bao-cao/{report}/")
    assert indicator["result"] == "NOT_MET"
    since = status["ledger_position"] - 425
    changes = page.request.get(f"/api/v1/changes/?since={since}&limit=500").json()
    assert (changes["position"], len(changes["changes"])) == (status["ledger_position"], 425)
    (fell,) = [c for c in changes["changes"] if c["indicator"]["code"] == "15.1" and c["commune"]["code"] == DAK_NA]
    assert (fell["from"], fell["to"]) == ("MET", "NOT_MET")
    targets = page.request.get("/api/v1/targets/").json()["results"]
    (target,) = [t for t in targets if t["code"] == "F2"]
    assert target["actual"] == 7
