"""What comes out of the printer: the chairman's page on one sheet, a commune on two."""

import io

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

A4 = (595, 842)


def printed(page: Page, path: str) -> PdfReader:
    page.goto(path)
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 1), ("/?ngay=2020-03-31", 1), ("/xa/23407/", 2), ("/xa/23362/", 2), ("/xa/23434/", 2), ("/huyen/610/", 1)],
)
def test_page_fits_its_sheets(path, most, page):
    sheets = printed(page, path).pages
    assert len(sheets) <= most
    assert tuple(round(float(side)) for side in sheets[0].mediabox[2:]) == A4


def test_sheet_says_of_which_day_it_is_and_leaves_the_controls_out(page):
    text = printed(page, "/?ngay=2020-10-13").pages[0].extract_text()
    assert "Số liệu đến ngày 13/10/2020 (có số liệu minh họa)" in text
    assert "Mường Hoong: 8/19 tiêu chí" in text
    assert ["Đăng xuất" in text, "Tải xlsx" in text, "Bản trình diễn" in text] == [False, False, False]


def test_dark_screen_prints_black_on_white(chromium, address, cookies):
    context = chromium.new_context(base_url=address, color_scheme="dark")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto("/")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
    context.close()
