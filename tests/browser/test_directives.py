"""Entering a directive as somebody new does it: paste its text, mark one target and two tasks, see them."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.factories.directives import LETTER, TARGET_WORDS

CHOOSE = """(words) => {
  const paragraph = [...document.querySelectorAll('[data-start]')].find(p => p.textContent.includes(words));
  const text = paragraph.firstChild, start = text.data.indexOf(words);
  getSelection().setBaseAndExtent(text, start, text, start + words.length);
}"""


FORGET = """
from directives.models import Directive, Target, Task
own = {"directive__number": "4012/UBND-NNTN"}
Task.objects.filter(**own).delete(), Target.objects.filter(**own).delete()
Directive.objects.filter(number="4012/UBND-NNTN").delete()
"""


@pytest.fixture
def forgotten(portal_environment) -> Iterator[None]:
    """Afterwards nothing of the letter is left: the portal is the same for every story."""
    yield
    command = [sys.executable, "manage.py", "shell", "-c", FORGET]
    subprocess.run(command, cwd=settings.BASE_DIR, env=portal_environment, check=True, stdout=subprocess.DEVNULL)


def enter(page: Page) -> None:
    """Paste the text, let it be read, and keep the directive."""
    page.goto("/van-ban/")
    page.get_by_role("link", name="Thêm văn bản").click()
    page.get_by_role("textbox", name="Toàn văn").fill(LETTER)
    page.get_by_role("button", name="Đọc văn bản").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã đọc từ văn bản: số, ký hiệu")
    expect(page.get_by_label("Số, ký hiệu")).to_have_value("4012/UBND-NNTN")
    expect(page.get_by_label("Ngày ban hành")).to_have_value("16/10/2020")
    expect(page.get_by_label("Người ký")).to_have_value("Nguyễn Văn Thử")
    page.get_by_role("button", name="Lưu và đánh dấu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đánh dấu văn bản: 4012/UBND-NNTN")


def mark(page: Page, words: str, what: str) -> None:
    passage = page.get_by_role("listitem").filter(has_text=words)
    passage.get_by_role("link", name=what, exact=True).click()


def test_directive_is_entered_with_a_target_and_two_tasks(page, complaints, forgotten):
    enter(page)
    mark(page, TARGET_WORDS, "Mục tiêu")
    expect(page.get_by_role("radio", checked=True)).to_have_value("NO_COMMUNE_BELOW")
    preview = page.get_by_role("region", name="Nếu lưu, hôm nay mục tiêu này")
    expect(preview).to_contain_text("Có nguy cơ")
    expect(preview.get_by_role("link", name="Đăk Na")).to_be_visible()
    page.get_by_role("button", name="Lưu mục tiêu").click()
    done = page.get_by_role("listitem").filter(has_text=TARGET_WORDS)
    expect(done).to_contain_text("Mục tiêu: Không còn xã dưới 10 tiêu chí")

    mark(page, "UBND huyện Kon Plông", "Nhiệm vụ")
    expect(page.get_by_role("textbox", name="Hạn")).to_have_value("30/11/2020")
    expect(page.get_by_label("Ủy ban nhân dân huyện Kon Plông")).to_be_checked()
    expect(page.get_by_label("Măng Cành")).to_be_checked()
    page.get_by_role("button", name="Giao nhiệm vụ").click()

    mark(page, "Sở Y tế thường xuyên", "Nhiệm vụ")
    expect(page.get_by_label("Lặp lại")).to_have_value("STANDING")
    expect(page.get_by_text("“Đăk Long” có thể là")).to_be_visible()
    search = page.get_by_label("Tìm trong xã")
    search.fill("dak long")
    expect(page.get_by_role("checkbox", name=re.compile("^Đăk Long"))).to_have_count(2)
    expect(page.get_by_label("Măng Cành")).to_be_hidden()
    page.get_by_label("Đăk Long (huyện Đăk Glei)").check()
    page.get_by_role("button", name="Giao nhiệm vụ").click()
    expect(page.get_by_role("status").first).to_contain_text("3/3 câu đã đánh dấu: 1 mục tiêu, 2 nhiệm vụ")

    page.get_by_role("link", name="Xong, về văn bản").click()
    expect(page.get_by_role("heading", name="Mục tiêu (1)")).to_be_visible()
    expect(page.get_by_role("heading", name="Nhiệm vụ (2)")).to_be_visible()
    expect(page.get_by_role("table", name="Nhiệm vụ (2)")).to_contain_text("UBND huyện Kon Plông")
    expect(page.locator(".passage-text .passage-muc-tieu")).to_contain_text(TARGET_WORDS)
    expect(page.locator(".passage-text .passage-nhiem-vu")).to_have_count(2)
    assert complaints == []


def test_words_chosen_with_the_mouse_open_a_form_with_their_quote(page, complaints):
    page.goto("/van-ban/?tim=3867")
    page.get_by_role("link", name="3867/UBND-NNTN").click()
    page.get_by_role("link", name="Đánh dấu văn bản").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đánh dấu văn bản: 3867/UBND-NNTN")
    page.wait_for_load_state()
    page.evaluate(CHOOSE, "Mường Hoong đạt 08 tiêu chí")
    bar = page.locator("[data-passage-bar]")
    expect(bar).to_contain_text("“Mường Hoong đạt 08 tiêu chí”")
    bar.get_by_role("link", name="Nhiệm vụ").click()
    expect(page.get_by_role("textbox", name="Câu trích")).to_have_value("Mường Hoong đạt 08 tiêu chí")
    assert complaints == []


def test_pages_fit_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/van-ban/?tim=3867")
    own = page.get_by_role("link", name="3867/UBND-NNTN").get_attribute("href")
    for address in (
        "/van-ban/",
        "/van-ban/them/",
        own,
        f"{own}danh-dau/",
        f"{own}muc-tieu/them/",
        f"{own}nhiem-vu/them/",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
