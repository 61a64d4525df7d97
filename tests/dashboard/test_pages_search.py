"""The search box: however a name is typed, it is found; what is not a name finds nothing."""

import html
import re
import unicodedata

import pytest

pytestmark = pytest.mark.django_db

DAK_NA = [("/xa/23407/", "Xã Đăk Na"), ("/xa/23327/", "Xã Đăk Năng")]
NOTHING = "Không có xã, huyện nào tên “{}”. Thử gõ ít chữ hơn, ví dụ “dak na”."


def found(response) -> list[tuple[str, str]]:
    return re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', response.content.decode())


def empty_words(response) -> str:
    return html.unescape(re.search(r'<p class="empty">(.*?)</p>', response.content.decode()).group(1))


@pytest.mark.parametrize(
    "typed",
    ["dak na", "Đăk Na", unicodedata.normalize("NFD", "Đăk Na"), "Ðăk Na", "DAK  NA ", "đắk-na", "ĐĂK NA"],
    ids=["bare", "NFC", "NFD", "U+00D0", "spaces", "hyphen", "capitals"],
)
def test_commune_is_found_however_it_is_typed(typed, portal):
    assert found(portal.get("/tim/", {"q": typed})) == DAK_NA


@pytest.mark.parametrize("typed", ["Ia H’Drai", "ia h'drai", "IA HDRAI", "Ia HʼDrai", "618"])
def test_single_district_opens_at_once(typed, portal):
    response = portal.get("/tim/", {"q": typed})
    assert (response.status_code, response.headers["Location"]) == (302, "/huyen/618/")


def test_single_commune_opens_at_once(portal):
    assert portal.get("/tim/", {"q": "muong hoong"}).headers["Location"] == "/xa/23362/"


def test_districts_stand_before_communes(portal):
    assert found(portal.get("/tim/", {"q": "đăk hà"})) == [
        ("/huyen/615/", "Huyện Đăk Hà"),
        ("/xa/23500/", "Thị trấn Đăk Hà"),
        ("/xa/23425/", "Xã Đăk Hà"),
    ]


@pytest.mark.parametrize("typed", ["sài gòn", "???", "'", "%", "_", "-"])
def test_unknown_words_find_nothing_and_say_so(typed, portal):
    response = portal.get("/tim/", {"q": typed})
    assert response.status_code == 200
    assert (found(response), empty_words(response)) == ([], NOTHING.format(typed))


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "   "}])
def test_empty_search_says_what_to_type(query, portal):
    response = portal.get("/tim/", query)
    assert (found(response), empty_words(response)) == ([], "Gõ tên xã hoặc huyện, có dấu hay không dấu đều được.")


def test_html_in_the_words_is_only_text(portal):
    page = portal.get("/tim/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>" not in page
    assert page.count("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == 3


@pytest.mark.parametrize("typed", ["a" * 101, "dak\0na"], ids=["long", "NUL"])
def test_words_that_cannot_be_a_name_are_refused_in_vietnamese(typed, portal):
    response = portal.get("/tim/", {"q": typed})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Địa chỉ này có tham số không đọc được." in page
    assert re.findall(r"Ensure|characters|allowed", page) == []
