"""Nothing that keeps people out: axe finds nothing serious on any page, in either theme, on a desk or a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_stories import OTHER_PAGES, STATUS_PAGES, first_row

PAGES = [*STATUS_PAGES, *OTHER_PAGES, "/khong-co/", "/?ngay=abc"]
SERIOUS = {"serious", "critical"}


def faults_of(page) -> list[str]:
    """Each serious finding with the places where it is."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(path, scheme, page):
    page.emulate_media(color_scheme=scheme)
    page.goto(path.replace("/so-cai/{}/", first_row(page)) if "{}" in path else path)
    assert faults_of(page) == []


def test_axe_finds_nothing_serious_where_one_signs_in(stranger):
    stranger.goto("/dang-nhap/")
    assert faults_of(stranger) == []


def test_axe_finds_nothing_serious_with_everything_open(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/xa/23407/")
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert faults_of(page) == []
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("dak")
    page.locator(".palette-found a").first.wait_for()
    assert faults_of(page) == []
