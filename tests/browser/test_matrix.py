"""The matrix in the hands of a reader: the card beside a cell, the keyboard, sorting, the A3 sheet, the weight."""

import io
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

A3_LANDSCAPE = (1191, 842)
WEIGHT = """() => performance.getEntries()
  .filter(e => ['navigation', 'resource'].includes(e.entryType))
  .reduce((sum, e) => sum + e.transferSize, 0)"""


def cell(page: Page, code: str, number: int) -> Locator:
    return page.locator(f"tr[data-xa='{code}'] td[class^=cell-]").nth(number - 1)


def card(page: Page) -> Locator:
    return page.locator(".matrix-card")


def test_card_tells_reason_and_source_of_the_cell_under_the_pointer(page, complaints):
    page.goto("/ma-tran/?ngay=2020-10-13")
    cell(page, "23407", 6).hover()
    expect(card(page)).to_contain_text("Đăk Na · 6. Cơ sở vật chất văn hóa")
    expect(card(page)).to_contain_text("Chưa đạt chỉ tiêu 6.1, 6.3")
    cell(page, "23407", 1).hover()
    expect(card(page)).to_contain_text("Đăk Na · 1. Quy hoạch")
    expect(card(page)).to_contain_text("Nguồn: Số liệu minh họa tháng 09/2020, 30/09/2020 (13 ngày trước)")
    card(page).get_by_role("link", name="1.1").click()
    expect(page).to_have_url(re.compile(r"/so-cai/\d+/\?ngay=2020-10-13$"))
    assert complaints == []


def test_card_goes_with_escape_and_with_the_pointer(page):
    page.goto("/ma-tran/")
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.get_by_role("heading", level=1).hover()):
        cell(page, "23407", 6).hover()
        expect(card(page)).to_be_visible()
        leave()
        expect(card(page)).to_be_hidden()
        page.mouse.move(0, 0)


def test_arrows_walk_the_cells_and_enter_opens_the_criterion(page):
    page.goto("/ma-tran/")
    first = page.locator("tr[data-xa]").first.locator("td[class^=cell-]").first
    assert page.locator(".matrix tbody tr[data-xa] :is(a, td)[tabindex='0']").count() == 1
    first.focus()
    expect(card(page)).to_contain_text("1. Quy hoạch")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    row = page.locator("tr[data-xa]").nth(2)
    name, code = row.locator("th").inner_text(), row.get_attribute("data-xa")
    expect(card(page)).to_contain_text(f"{name} · 2. Giao thông")
    assert page.evaluate("document.activeElement.closest('tr').dataset.xa") == code
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/xa/{code}/#tc-2$"))
    expect(page.locator("#tc-2")).to_have_attribute("open", "")


def test_enter_on_a_cell_that_is_not_met_follows_its_link(page):
    page.goto("/ma-tran/?ngay=2020-10-13")
    cell(page, "23407", 6).locator("a").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/xa/23407/\?ngay=2020-10-13#tc-6$"))


def test_focus_is_seen_on_a_marked_cell_too(page):
    page.goto("/ma-tran/?so_voi=2019-12-31")
    marked = page.locator("td.cell-met.cell-changed").first
    at_rest = marked.evaluate("e => getComputedStyle(e).outlineColor")
    marked.locator("xpath=preceding-sibling::td[1]").locator("xpath=descendant-or-self::*[@tabindex]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(marked).to_be_focused()
    assert marked.evaluate("e => getComputedStyle(e).outlineColor") != at_rest


def test_walk_never_leaves_the_cell_under_the_header(page):
    page.set_viewport_size({"width": 560, "height": 600})
    page.goto("/ma-tran/")
    cell(page, "23407", 19).focus()
    for key in ["ArrowUp"] * 20 + ["ArrowLeft"] * 12:
        page.keyboard.press(key)
    page.wait_for_function(
        """() => {
            const [cell, head, names] = [document.activeElement, document.querySelectorAll(".matrix thead th")[3],
                document.querySelector(".matrix thead .corner")].map((e) => e.getBoundingClientRect());
            return cell.top >= head.bottom - 1 && cell.left >= names.right - 1;
        }""",
        timeout=2000,
    )


def test_sorting_swaps_the_matrix_alone_and_keeps_its_place(page, complaints):
    page.set_viewport_size({"width": 560, "height": 700})
    page.goto("/ma-tran/?ngay=2020-10-13")
    page.evaluate("window.stayed = true")
    page.locator(".matrix-wrap").evaluate("e => e.scrollTo(200, 0)")
    page.get_by_role("link", name=re.compile("^Môi trường và an toàn thực phẩm")).evaluate("e => e.click()")
    expect(page).to_have_url(re.compile(r"/ma-tran/\?ngay=2020-10-13&sap_xep=tc-17$"))
    expect(page.locator(".matrix th[data-tc='17']")).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate("[window.stayed, document.querySelector('.matrix-wrap').scrollLeft]") == [True, 200]
    page.get_by_role("link", name="Một danh sách").click()
    expect(page).to_have_url(re.compile(r"\?ngay=2020-10-13&sap_xep=tc-17&nhom=khong$"))
    expect(page.locator(".matrix .group")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    page.get_by_role("textbox", name="Ngày").fill("30/06/2020")
    page.get_by_role("button", name="Xem").click()
    expect(page).to_have_url(re.compile(r"\?sap_xep=tc-17&nhom=khong&ngay=2020-06-30$"))
    assert complaints == []


def test_swapped_matrix_has_its_card_and_its_keys(page):
    page.goto("/ma-tran/")
    page.get_by_role("link", name="Một danh sách").click()
    expect(page.locator(".matrix-list")).to_have_attribute("role", "grid")
    cell(page, "23407", 6).hover()
    expect(card(page)).to_contain_text("Đăk Na · 6. Cơ sở vật chất văn hóa")


def test_matrix_needs_no_script(chromium, address, cookies):
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto("/ma-tran/")
    page.locator("#xep-tc-17").click()
    expect(page).to_have_url(re.compile(r"\?sap_xep=tc-17$"))
    lacking = cell(page, "23407", 6).locator("a")
    expect(lacking).to_have_attribute("title", "Chưa đạt chỉ tiêu 6.1, 6.3")
    lacking.click()
    expect(page).to_have_url(re.compile(r"/xa/23407/#tc-6$"))
    context.close()


@pytest.mark.parametrize(
    "query", ["", "?nhom=khong&sap_xep=-dat", "?so_voi=2019-12-31", "?ngay=2020-10-13&biet_den=2020-10-13"]
)
def test_whole_province_is_one_a3_sheet(query, page):
    page.goto(f"/ma-tran/{query}")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    assert len(sheets) == 1
    assert tuple(round(float(side)) for side in sheets[0].mediabox[2:]) == A3_LANDSCAPE
    text = sheets[0].extract_text()
    shown = page.locator("tr[data-xa] th").all_inner_texts()
    assert [name for name in shown if name not in text] == []
    assert [text.count("Số xã đạt"), "Tải xlsx" in text, "Một danh sách" in text] == [1, False, False]
    assert re.search(r"Ma trận xã × tiêu chí\s+Tỉnh Kon Tum: 85 xã, bình quân [\d,]+ tiêu chí một xã", text)
    assert re.search(r"Số liệu đến ngày \d\d/\d\d/2020 \(có số liệu minh họa\)", text)
    assert "chưa đạt" in text
    signs = page.locator("tr[data-xa] td[class^=cell-]").all_inner_texts()
    assert text.count("✗") == sum("✗" in sign for sign in signs) + 1


def test_matrix_is_light_to_fetch(page):
    page.goto("/ma-tran/", wait_until="networkidle")
    first = page.evaluate(WEIGHT)
    page.goto("/ma-tran/", wait_until="networkidle")
    assert (first < 300_000, page.evaluate(WEIGHT) < 60_000) == (True, True)
