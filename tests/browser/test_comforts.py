"""What a script adds: the palette, the calendar, columns, density, theme; each without a full reload or a complaint."""

import re

import pytest
from playwright.sync_api import Page, expect

SHEET = "document.querySelector('link[data-dark]').media"


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Đi nhanh đến")).to_be_visible()


def test_palette_jumps_to_a_commune_by_keyboard(page, complaints):
    page.goto("/")
    open_palette(page)
    page.keyboard.type("muong hoong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Mường Hoong")
    assert complaints == []


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("ho ngheo", "Tiêu chí 11: Hộ nghèo"),
        ("so y te", "Sở Y tế"),
        ("3867", "Công văn 3867/UBND-NNTN"),
        ("ma tran", "Ma trận xã × tiêu chí"),
        ("ubnd huyen ia h'drai", "Huyện Ia H'Drai"),
    ],
)
def test_palette_finds_everything_that_has_a_name(typed, heading, page):
    page.goto("/")
    open_palette(page)
    page.keyboard.type(typed)
    page.locator(".palette-found a").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_palette_is_walked_with_arrows_and_closed_with_escape(page):
    page.goto("/")
    open_palette(page)
    page.keyboard.type("dak")
    expect(page.locator(".palette-found li")).to_have_count(12)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".palette-found a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox", name="Tên xã, huyện")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Đi nhanh đến")).to_be_hidden()


def test_sorting_swaps_the_table_alone_and_stays_in_the_address(page):
    page.goto("/huyen/617/")
    page.evaluate("window.isSamePage = true")
    page.get_by_role("link", name="Xã", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Xã")
    expect(page).to_have_url(re.compile(r"/huyen/617/\?sap_xep=xa$"))
    assert page.evaluate("window.isSamePage") is True
    page.reload()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Xã")


def test_columns_that_one_does_not_want_stay_away(page):
    page.goto("/huyen/617/")
    head = page.locator("thead").last
    expect(head.get_by_text("Khu vực")).to_be_hidden()
    page.get_by_text("Cột", exact=True).click()
    page.get_by_role("checkbox", name="Khu vực").check()
    page.get_by_role("checkbox", name="Công nhận").uncheck()
    expect(head.get_by_text("Khu vực")).to_be_visible()
    expect(head.get_by_text("Công nhận")).to_be_hidden()
    page.goto("/huyen/610/")
    page.goto("/huyen/617/")
    expect(head.get_by_text("Khu vực")).to_be_visible()
    page.get_by_role("link", name="Tiêu chí", exact=True).last.click()
    expect(page.locator("th[aria-sort]")).to_be_visible()
    expect(head.get_by_text("Công nhận")).to_be_hidden()


def test_density_and_theme_are_remembered(page):
    page.goto("/huyen/617/")
    row = page.locator(".table-frame tbody tr").first
    tall = row.bounding_box()["height"]
    page.get_by_role("button", name="Dòng sát").click()
    expect(page.get_by_role("button", name="Dòng sát")).to_have_attribute("aria-pressed", "true")
    assert row.bounding_box()["height"] < tall
    for expected in ("not all", "screen"):
        page.get_by_role("button", name=re.compile("^Giao diện")).click()
        assert page.evaluate(SHEET) == expected
    page.reload()
    assert page.evaluate(SHEET) == "screen"
    assert page.evaluate("document.documentElement.dataset.density") == "compact"


def test_calendar_writes_the_day_as_it_is_read(page):
    page.goto("/?ngay=2020-10-13")
    native = page.locator(".time-native").first
    native.evaluate("e => { e.value = '2020-09-30'; e.dispatchEvent(new Event('change', {bubbles: true})) }")
    expect(page.get_by_role("textbox", name="Ngày")).to_have_value("30/09/2020")


def test_everything_stands_without_scripts(chromium, address, cookies):
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto("/huyen/617/")
    expect(page.locator("thead").last.get_by_text("Khu vực")).to_be_visible()
    expect(page.get_by_role("button", name="In", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Xã", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Xã")
    page.get_by_role("searchbox").first.fill("muong hoong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Mường Hoong")
    page.locator("#tc-17 summary").click()
    expect(page.locator("#tc-17 table")).to_be_visible()
    context.close()
