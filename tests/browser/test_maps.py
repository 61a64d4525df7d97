"""The map in a real browser: one tab stop, arrow keys, a card, and modes without loading the page again."""

import re

from playwright.sync_api import Page, expect

KEYS = ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight")
REACHED = """keys => {
  const units = [...document.querySelectorAll('[data-map] .map-unit')];
  const seen = new Set([units[0]]);
  const left = [units[0]];
  while (left.length) {
    const from = left.pop();
    for (const key of keys) {
      from.focus();
      from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      if (!seen.has(document.activeElement)) {
        seen.add(document.activeElement);
        left.push(document.activeElement);
      }
    }
  }
  return [seen.size, units.length, units.filter(unit => unit.getAttribute('tabindex') === '0').length];
}"""
SMALLEST_TILE = (
    """() => Math.min(...[...document.querySelectorAll('.map-shape')].map(e => e.getBoundingClientRect().width))"""
)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")


def test_arrow_keys_lead_to_every_unit_from_one_tab_stop(page, complaints):
    page.goto("/ban-do/")
    assert page.evaluate(REACHED, KEYS) == [102, 102, 1]
    page.locator(".map-unit[href^='/xa/23407/']").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("Xã Măng Ri, huyện Tu Mơ Rông. 11/19 tiêu chí")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-map-card]")).to_have_text(re.compile("^Xã Đăk Na, huyện Tu Mơ Rông"))
    page.keyboard.press("Escape")
    expect(page.locator("[data-map-card]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Đăk Na")
    assert complaints == []


def test_pointing_shows_the_card(page, complaints):
    page.goto("/ban-do/?ngay=2020-10-13")
    page.locator(".map-unit[href^='/xa/23407/']").hover()
    expect(page.locator("[data-map-card]")).to_have_text(re.compile("8/19 tiêu chí, nhóm 5–9 tiêu chí"))
    page.get_by_role("heading", level=1).hover()
    expect(page.locator("[data-map-card]")).to_be_hidden()
    assert complaints == []


def test_modes_change_without_loading_the_page_and_the_time_control_knows(page, complaints):
    page.goto("/ban-do/?ngay=2020-10-13")
    page.evaluate("window.isSame = true")
    page.get_by_role("link", name="Mức công nhận").click()
    expect(page).to_have_url(re.compile(r"\?ngay=2020-10-13&to_mau=cong-nhan$"))
    expect(page.get_by_role("heading", name="Các xã theo mức công nhận")).to_be_visible()
    expect(page.locator("form.time input[name=to_mau]")).to_have_value("cong-nhan")
    assert page.evaluate("window.isSame")
    assert page.evaluate(REACHED, KEYS) == [102, 102, 1]
    assert complaints == []


def test_tiles_are_large_enough_for_a_finger(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/ban-do/")
    assert page.evaluate(SMALLEST_TILE) >= 28
