"""One drawing for both themes: the browser takes the colours from the page, under the strict policy."""

import re

import pytest
from playwright.sync_api import expect

LINE = "figure.chart >> nth=0 >> svg path[stroke-width='2.5']"
STROKE = "line => getComputedStyle(line).stroke"


def test_charts_take_colour_and_font_from_the_page(page, complaints):
    page.goto("/")
    drawn = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        drawn[theme] = page.locator(LINE).evaluate(STROKE)
    assert drawn == {"light": "rgb(11, 106, 92)", "dark": "rgb(26, 122, 107)"}
    fonts = "svg => [svg.querySelector('text'), document.body].map(e => getComputedStyle(e).fontFamily)"
    assert len(set(page.locator("figure.chart svg").first.evaluate(fonts))) == 1
    assert complaints == []


def test_chart_is_an_image_with_words_and_figures(page):
    page.goto("/")
    figure = page.locator("figure.chart").first
    expect(figure.get_by_role("img", name=re.compile("bình quân một xã đạt 14,18 trên 19 tiêu chí"))).to_be_visible()
    expect(figure.get_by_role("table")).to_be_hidden()
    figure.get_by_text("Xem số liệu").click()
    figure.get_by_role("link", name="30/09/2020").click()
    expect(page).to_have_url(re.compile(r"/\?ngay=2020-09-30$"))


@pytest.mark.parametrize("path", ["/", "/xa/23407/", "/muc-tieu/"])
def test_charts_fit_a_telephone(path, page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path)
    widths = page.locator("figure.chart svg").evaluate_all("all => all.map(svg => svg.getBoundingClientRect().width)")
    assert (min(widths) > 280, max(widths) < 390) == (True, True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
