"""What people do with the portal, in a real browser against the real server."""

import re

import pytest
from playwright.sync_api import Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import sign_in

STATUS_PAGES = [
    "/",
    "/huyen/617/",
    "/xa/23407/",
    "/ma-tran/",
    "/muc-tieu/",
    "/tieu-chi/",
    "/tieu-chi/17/",
    "/don-vi/",
    "/don-vi/SYT/",
    "/so-sanh/",
    "/so-sanh/?xa=23407&xa=23362",
]
OTHER_PAGES = ["/thiet-ke/", "/xa/23281/", "/tim/", "/tim/?q=dak", "/so-cai/{}/", "/?ngay=2019-06-01"]
ADMIN_PAGES = ["/quan-tri/", "/quan-tri/communes/commune/", "/quan-tri/criteria/assessment/"]
OUTSIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !e.closest('.table-wrap, .sr-only, .skip');
}).map(e => e.tagName + '.' + e.className)"""


def first_row(page: Page) -> str:
    page.goto("/xa/23407/")
    return page.locator("a[href^='/so-cai/']").first.get_attribute("href")


def test_wrong_password_is_told_and_right_one_opens(stranger):
    stranger.goto("/xa/23407/?ngay=2020-10-13")
    expect(stranger).to_have_title(re.compile("^Đăng nhập"))
    for password in ("sai", DEMO_PASSWORD):
        stranger.get_by_label("Tên đăng nhập").fill("dieuphoi")
        stranger.get_by_label("Mật khẩu").fill(password)
        with stranger.expect_navigation():
            stranger.get_by_role("button", name="Đăng nhập").click()
        if password == "sai":
            expect(stranger.get_by_role("alert")).to_have_text(
                "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa và chữ thường."
            )
    expect(stranger).to_have_url(re.compile(r"/xa/23407/\?ngay=2020-10-13$"))
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Xã Đăk Na")


def test_blocker_leads_to_the_row_that_it_rests_on(page):
    page.goto("/")
    page.locator("#T7").get_by_role("link", name="Đăk Na").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Đăk Na")
    criterion = page.locator("#tc-17")
    expect(criterion).not_to_have_attribute("open", re.compile(""))
    expect(criterion.locator("summary")).to_contain_text("Chưa đạt chỉ tiêu 17.5, 17.6, 17.7")
    criterion.locator("summary").click()
    expect(criterion.locator("table")).to_be_visible()
    expect(criterion.locator("tr", has_text="17.1").locator(".measure")).to_have_count(2)
    criterion.get_by_role("link", name="Số liệu minh họa tháng 09/2020").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Dòng sổ cái \d+$"))
    expect(page.locator(".pairs")).to_contain_text("chỉ tiêu 17.1")
    page.get_by_role("navigation", name="Đường dẫn").get_by_role("link", name="Xã Đăk Na").click()
    expect(page).to_have_url(re.compile(r"/xa/23407/$"))
    page.get_by_role("link", name=re.compile("^1 ?✓? Quy hoạch: Đạt")).click()
    expect(page.locator("#tc-1 table")).to_be_visible()


def test_another_day_is_in_the_address_and_stays_along_the_way(page):
    page.goto("/")
    day = page.get_by_role("textbox", name="Ngày")
    expect(day).to_have_value("20/10/2020")
    day.fill("13/10/2020")
    with page.expect_navigation():
        day.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?ngay=2020-10-13$"))
    expect(page.get_by_role("contentinfo")).to_contain_text("Số liệu ngày 13/10/2020")
    page.locator("#T7").get_by_role("link", name="Mường Hoong").click()
    expect(page).to_have_url(re.compile(r"/xa/23362/\?ngay=2020-10-13$"))
    page.get_by_role("navigation", name="Chính").get_by_role("link", name="Ma trận").click()
    expect(page).to_have_url(re.compile(r"/ma-tran/\?ngay=2020-10-13$"))
    page.get_by_role("link", name="Mới nhất").click()
    expect(page).to_have_url(re.compile(r"/ma-tran/$"))


def test_search_box_opens_the_only_one(page):
    page.goto("/")
    page.get_by_role("searchbox").fill("ia h'drai")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Huyện Ia H'Drai")


def test_matrix_keeps_its_header_and_first_column(page):
    page.set_viewport_size({"width": 560, "height": 600})
    page.goto("/ma-tran/")
    frame = page.locator(".matrix-wrap")
    before = frame.bounding_box()
    frame.evaluate("e => e.scrollTo(300, 900)")
    assert frame.evaluate("e => [e.scrollLeft > 50, e.scrollTop]") == [True, 900]
    inside = frame.bounding_box()
    header = page.locator(".matrix thead th:not(.corner)").nth(12).bounding_box()
    corner = page.locator(".matrix .corner").bounding_box()
    assert inside == before
    for sticky in (corner["y"], header["y"]):
        assert abs(sticky - inside["y"]) <= 2
    names = [cell.bounding_box() for cell in page.locator(".matrix tbody th[scope=row]").all()[::9]]
    assert {abs(box["x"] - inside["x"]) <= 2 for box in [corner, *names]} == {True}
    total = page.locator(".matrix tfoot th").bounding_box()
    assert abs(total["y"] + total["height"] - inside["y"] - inside["height"]) <= 20


@pytest.mark.parametrize("address_of_page", STATUS_PAGES)
def test_first_tab_reaches_the_skip_link(address_of_page, page):
    page.goto(address_of_page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#noi-dung$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)") is True


def test_no_page_scrolls_sideways_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    row = first_row(page)
    wide = {}
    others = [p.replace("/so-cai/{}/", row) for p in OTHER_PAGES]
    for path in [*STATUS_PAGES, *others, *ADMIN_PAGES, "/api/v1/docs/", "/khong-co/"]:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide[path] = page.evaluate(OUTSIDE)[:5]
    assert wide == {}


def test_sign_in_fits_a_phone(stranger):
    stranger.set_viewport_size({"width": 320, "height": 640})
    stranger.goto("/dang-nhap/")
    assert stranger.evaluate("document.documentElement.scrollWidth") == 320


def test_browser_has_nothing_to_complain_about(page, complaints):
    row = first_row(page)
    for path in [*STATUS_PAGES, *(p.replace("/so-cai/{}/", row) for p in OTHER_PAGES), *ADMIN_PAGES]:
        assert page.goto(path).status == 200
    assert complaints == []


def test_page_of_a_fault_is_styled(page):
    for path, status in (("/khong-co/", 404), ("/?ngay=abc", 400)):
        assert page.goto(path).status == status
        expect(page.get_by_role("link", name="Về trang đầu")).to_be_visible()
        assert page.locator(".card").evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"


def test_description_of_the_interface_is_drawn(page, complaints):
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name=re.compile("Cổng nông thôn mới: API trạng thái"))).to_be_visible()
    described = page.request.get("/api/v1/schema/?format=json").json()["paths"]
    expect(page.locator(".opblock")).to_have_count(sum(map(len, described.values())))
    assert complaints == []


def test_sign_out_closes_the_pages(stranger):
    sign_in(stranger, "lanhdao", DEMO_PASSWORD)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Tỉnh Kon Tum")
    with stranger.expect_navigation():
        stranger.get_by_role("button", name="Đăng xuất").click()
    expect(stranger).to_have_url(re.compile("/dang-nhap/$"))
    stranger.go_back()
    stranger.goto("/ma-tran/")
    expect(stranger).to_have_url(re.compile(r"/dang-nhap/\?next=/ma-tran/$"))
