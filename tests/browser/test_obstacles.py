"""An obstacle from the commune's page to its solution, by those whose it is, in a browser without its scripts too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import Complaints, sign_in

WORDS = "Trạm y tế xã xuống cấp, thiếu trang thiết bị khám chữa bệnh."
ALIKE = "Tram y te xa xuong cap, thieu trang thiet bi"


@pytest.fixture
def plain(chromium: Browser, address: str) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_obstacle_is_raised_once_joined_answered_and_solved(stranger, plain):
    complaints = Complaints()
    complaints.listen(stranger)
    sign_in(stranger, "soyte", DEMO_PASSWORD)
    stranger.goto("/vuong-mac/them/?xa=23407")
    expect(stranger.get_by_label("Ở xã")).to_have_value("23407")
    stranger.get_by_label("Khó khăn, vướng mắc gì").fill(WORDS)
    stranger.get_by_role("button", name="Nêu vướng mắc").click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Mới nêu")
    page = stranger.url

    sign_in(plain, "dieuphoi", DEMO_PASSWORD)
    plain.goto("/vuong-mac/them/?xa=23407")
    plain.get_by_label("Khó khăn, vướng mắc gì").fill(ALIKE)
    plain.get_by_label("Đơn vị nêu").select_option("UB617")
    plain.get_by_role("button", name="Nêu vướng mắc").click()
    plain.get_by_role("button", name="Cũng là việc này").click()
    assert plain.url == page
    expect(plain.get_by_text("Cùng nêu", exact=True)).to_be_visible()
    plain.get_by_role("textbox", name="Trả lời").fill("Đã đưa vào kế hoạch năm 2021")
    plain.get_by_role("button", name="Trả lời").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Đang giải quyết")

    stranger.goto(page)
    stranger.get_by_label("Đã giải quyết thế nào").fill("Trạm đã sửa xong")
    stranger.get_by_role("button", name="Xác nhận đã giải quyết").click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Đã giải quyết")
    assert complaints == []
