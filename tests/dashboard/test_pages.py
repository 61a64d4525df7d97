"""Status pages: the figures of the demonstration, every number with its source, and what a day may be."""

import html
import re
from datetime import date
from urllib.parse import quote

import pytest
from django import forms
from django.http import QueryDict

from criteria.models import Assessment
from ntm_portal.core.errors import BadQueryError
from ntm_portal.dashboard.forms import QueryForm
from tests.factories.ledger import DAK_NA

pytestmark = pytest.mark.django_db

KON_DAO, MANG_CANH, QUANG_TRUNG = "23434", "23470", "23281"
YEAR_END = date(2020, 12, 31)
STATUS_PAGES = ["/", "/huyen/617/", f"/xa/{DAK_NA}/", "/ma-tran/", "/muc-tieu/"]
NO_SUCH_DAY = "Ngày phải có thật, viết như 13/10/2020 hoặc 2020-10-13."
FAR_YEAR = "Phải trong khoảng năm 2000 đến 2100."
BAD_DAYS = {
    "31/02/2020": NO_SUCH_DAY,
    "abc": NO_SUCH_DAY,
    "2020-13-01": NO_SUCH_DAY,
    "20/10/20": NO_SUCH_DAY,
    "1900-01-01": FAR_YEAR,
    "9999-12-31": FAR_YEAR,
}


def words(fragment: str) -> str:
    """What a person reads of a piece of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", fragment)).split())


def main_of(response) -> str:
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL).group()


def part(response, tag: str, marked: str) -> str:
    """The first element of that tag with that attribute; it must not hold another of its kind."""
    return re.search(rf"<{tag}\b[^>]*{marked}.*?</{tag}>", response.content.decode(), re.DOTALL).group()


def cells(row: str) -> list[str]:
    return [words(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]


def items(listed: str) -> list[str]:
    return [words(item) for item in re.findall(r"<li>.*?</li>", listed, re.DOTALL)]


def said_by(response) -> str:
    """What a page of faults says between its title and its way home."""
    return words(re.sub(r"<form.*?</form>", "", main_of(response), flags=re.DOTALL)).removesuffix(" Về trang đầu")


def test_province_names_the_communes_below_ten(portal):
    target = re.search(
        r'<li class="target-row" id="T7">.*', main_of(portal.get("/?ngay=2020-10-13")), re.DOTALL
    ).group()
    blockers = re.search(r"<ul.*?</ul>", target, re.DOTALL).group()
    assert re.findall(r'<a href="/xa/(\d+)/\?ngay=2020-10-13">(.*?)</a>:\s*(\d+)/19', blockers) == [
        ("23362", "Mường Hoong", "8"),
        ("23407", "Đăk Na", "8"),
        ("23365", "Ngọc Linh", "9"),
    ]
    assert words(re.search(r"<h3>(.*?)</a>", target, re.DOTALL).group()) == "Không còn xã dưới 10 tiêu chí"


def test_province_shows_the_bands_at_the_end_of_the_year(portal, clock_at):
    clock_at(YEAR_END)
    bands = part(portal.get("/?ngay=2020-12-31"), "section", 'aria-labelledby="phan-nhom"')
    assert re.findall(r'</span>([^<]+)</th>\s*<td class="num">(\d+)</td>', bands) == [
        ("Đạt đủ tiêu chí", "28"),
        ("15–18 tiêu chí", "10"),
        ("10–14 tiêu chí", "45"),
        ("5–9 tiêu chí", "2"),
        ("Dưới 5 tiêu chí", "0"),
    ]


def test_districts_add_up_to_the_province(portal):
    table = part(portal.get("/"), "section", 'aria-labelledby="bang-huyen-ten"')
    rows = [cells(row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)]
    districts, total = rows[1:-1], rows[-1]
    numeric = [1, 4, 5, 6, 7, 8, 9]
    assert [sum(int(row[i]) for row in districts) for i in numeric] == [int(total[i]) for i in numeric]
    assert len(districts) == 10


@pytest.mark.parametrize("page", STATUS_PAGES)
def test_both_ways_to_write_a_date_give_the_same_page(page, portal):
    written = [main_of(portal.get(page, {"ngay": day})) for day in ("2020-10-13", "13/10/2020", "13-10-2020")]
    assert written == [written[0]] * 3


@pytest.mark.parametrize(("given", "accepted"), BAD_DAYS.items())
@pytest.mark.parametrize("page", STATUS_PAGES)
def test_faulty_day_is_answered_with_what_is_accepted(page, given, accepted, portal):
    response = portal.get(page, {"ngay": given})
    assert response.status_code == 400
    assert said_by(response) == f"Lỗi 400 Yêu cầu không hợp lệ Địa chỉ này có tham số không đọc được. {accepted}"


@pytest.mark.parametrize(
    ("page", "accepted"),
    [
        ("/", "ngay, so_voi, biet_den, sap_xep, xuat"),
        ("/huyen/617/", "ngay, so_voi, biet_den, sap_xep, xuat"),
        (f"/xa/{DAK_NA}/", "ngay, so_voi, biet_den"),
        ("/muc-tieu/", "ngay, so_voi, biet_den"),
        ("/so-sanh/", "ngay, so_voi, biet_den, xa"),
        ("/tim/", "q"),
    ],
)
def test_unknown_parameter_is_answered_with_what_is_accepted(page, accepted, portal):
    response = portal.get(page, {"nagy": "2020-10-13"})
    assert response.status_code == 400
    assert said_by(response).endswith(f"Không có tham số “nagy”. Nhận: {accepted}.")


@pytest.mark.parametrize(
    ("page", "name"),
    [*((page, name) for page in STATUS_PAGES for name in ("ngay", "so_voi", "biet_den")), ("/tim/", "q")],
)
def test_parameter_written_twice_is_refused(page, name, portal):
    value = "dak" if name == "q" else "2020-10-13"
    response = portal.get(page, {name: [value, value]})
    assert response.status_code == 400
    assert said_by(response).endswith(f"Tham số “{name}” chỉ được ghi một lần.")


class Compared(QueryForm):
    """A page that takes one of its parameters several times."""

    xa = forms.MultipleChoiceField(choices=[("23407", "Đăk Na"), ("23410", "Măng Ri")])
    ngay = forms.DateField(required=False)


def test_form_takes_several_values_where_it_says_so():
    assert Compared.read(QueryDict("xa=23407&xa=23410&ngay=2020-10-13")) == {
        "xa": ("23407", "23410"), "ngay": date(2020, 10, 13),
    }  # fmt: skip
    with pytest.raises(BadQueryError) as refused:
        Compared.read(QueryDict("xa=23407&ngay=2020-10-13&ngay=2020-10-12&nagy=1"))
    assert refused.value.errors == {
        "nagy": ["Không có tham số “nagy”. Nhận: xa, ngay."], "ngay": ["Tham số “ngay” chỉ được ghi một lần."],
    }  # fmt: skip


@pytest.mark.parametrize("day", ["01/06/2019", "01/01/2012"])
@pytest.mark.parametrize("page", STATUS_PAGES)
def test_day_before_the_first_data_leads_to_the_first(page, day, portal):
    response = portal.get(page, {"ngay": day})
    assert response.status_code == 200
    notice = part(response, "p", "note-warning")
    assert words(notice) == (
        f"Chưa có số liệu vào ngày {day}: số liệu đầu tiên là của ngày 31/12/2019. Xem ngày 31/12/2019"
    )
    (link,) = re.findall(r'href="([^"]*)"', notice)
    assert link == f"{page}?ngay=2019-12-31"
    assert "note-warning" not in main_of(portal.get(link))


@pytest.mark.parametrize("page", STATUS_PAGES)
def test_day_to_come_is_answered_from_the_latest_knowledge(page, portal):
    response = portal.get(page, {"ngay": "2021-06-01"})
    assert response.status_code == 200
    said = words(part(response, "p", "note-warning"))
    assert said == "Ngày 01/06/2021 chưa đến: đây là số liệu mới nhất, đến 20/10/2020."
    assert words(part(response, "footer", 'class="foot"')).startswith("Số liệu ngày 20/10/2020 · ")


@pytest.mark.parametrize("page", [*STATUS_PAGES, f"/xa/{KON_DAO}/"])
def test_illustration_is_marked(page, portal):
    response = portal.get(page)
    assert "· có số liệu minh họa" in words(part(response, "footer", 'class="foot"'))
    assert "số liệu minh họa" in part(response, "p", "demo-note")


def test_targets_quote_their_directive(portal):
    target = part(portal.get("/muc-tieu/"), "article", 'id="T7"')
    assert re.search(r"<cite>(.*?)</cite>", target).group(1) == "(3867/UBND-NNTN, 13/10/2020)"


def test_every_indicator_leads_to_its_row_of_the_ledger(portal):
    page = portal.get(f"/xa/{DAK_NA}/").content.decode()
    criteria = re.findall(r'<details[^>]*id="tc-(\d+)".*?</details>', page, re.DOTALL)
    assert criteria == [str(number) for number in range(1, 20)]
    rows = re.findall(
        r'<span class="code">([\d.]+)</span>.*?href="/so-cai/(\d+)/"', page.split("Từng tiêu chí")[1], re.S
    )
    recorded = Assessment.objects.filter(position__in=[position for _, position in rows])
    assert {
        r.position: (r.commune.code, r.indicator.code) for r in recorded.select_related("commune", "indicator")
    } == {int(position): (DAK_NA, indicator) for indicator, position in rows}
    assert len(rows) == 49


def test_indicator_with_two_measures_shows_both(portal):
    criterion = part(portal.get(f"/xa/{DAK_NA}/"), "details", 'id="tc-17"')
    row = next(r for r in re.findall(r"<tr>.*?</tr>", criterion, re.DOTALL) if ">17.1<" in r)
    assert [words(m) for m in re.findall(r'<div class="measure".*?</div>', row, re.DOTALL)] == [
        "Tỷ lệ hộ dùng nước hợp vệ sinh: 99% hộ ≥ 95",
        "Tỷ lệ hộ dùng nước sạch: 80,5% hộ ≥ 50",
    ]


def test_row_of_the_ledger_says_source_values_and_moment(portal):
    criterion = part(portal.get(f"/xa/{DAK_NA}/"), "details", 'id="tc-17"')
    shown = portal.get(re.search(r"/so-cai/\d+/", criterion).group())
    basis = "QĐ 1980/QĐ-TTg ngày 17/10/2016, chỉ tiêu 17.1, vùng Tây Nguyên"
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", shown.content.decode(), re.DOTALL)
    assert {name: words(value) for name, value in pairs} == {
        "Xã": "Xã Đăk Na, Huyện Tu Mơ Rông",
        "Về": "chỉ tiêu 17.1 Tỷ lệ hộ được sử dụng nước hợp vệ sinh và nước sạch theo quy định",
        "Đúng vào ngày": "30/09/2020",
        "Kết luận": "Đạt",
        "Kết quả khi đó": "✓ Đạt",
        "Tỷ lệ hộ dùng nước hợp vệ sinh": f"99% hộ mức yêu cầu khi đó ≥ 95% hộ ({basis})",
        "Tỷ lệ hộ dùng nước sạch": f"80,5% hộ mức yêu cầu khi đó ≥ 50% hộ ({basis})",
        "Nguồn": "Số liệu minh họa tháng 09/2020 (số liệu minh họa)",
        "Ghi nhận lúc": "16:30 30/09/2020",
    }


def test_recognised_commune_shows_its_decision(portal):
    response = portal.get(f"/xa/{KON_DAO}/")
    decided = words(part(response, "section", 'aria-labelledby="quyet-dinh"'))
    said = "đạt chuẩn năm 2018, quyết định 365/QĐ-UBND ngày 13/05/2019"
    assert decided.startswith(f"Quyết định công nhận, đơn vị giúp đỡ Nông thôn mới: {said} ")
    assert words(part(response, "li", 'class="done"')) == f"Nông thôn mới {said}"
    assert words(part(response, "li", 'aria-current="step"')) == "Nông thôn mới nâng cao chưa có quyết định"


def test_commune_is_not_recognised_before_its_decision(portal, clock_at):
    clock_at(YEAR_END)
    response = portal.get(f"/xa/{MANG_CANH}/")
    figure = words(part(response, "p", '>\\s*<strong class="figure hero"'))
    assert figure == "19 /19 tiêu chí"
    assert words(part(response, "li", 'aria-current="step"')) == "Nông thôn mới đủ tiêu chí, chờ quyết định"


@pytest.mark.parametrize(("code", "said"), [(DAK_NA, " (chưa kiểm chứng)"), ("23452", "")])
def test_what_the_sources_leave_open_about_a_place_is_said(code, said, portal):
    facts = items(part(portal.get(f"/xa/{code}/"), "ul", 'class="facts"'))
    assert [fact for fact in facts if fact.startswith("đặc biệt khó khăn")] == [f"đặc biệt khó khăn{said}"]


def test_ward_is_outside(portal):
    response = portal.get(f"/xa/{QUANG_TRUNG}/")
    assert response.status_code == 200
    assert words(part(response, "p", 'class="note"')) == (
        "Ngày 20/10/2020 đơn vị này không thuộc diện xét xã nông thôn mới (chỉ xã mới thuộc diện)."
    )


@pytest.mark.parametrize(
    "address",
    ["/xa/99999/", f"/xa/{quote('Đăk Na')}/", "/huyen/999/", "/so-cai/0/", f"/so-cai/{10**30}/", "/khong-co/", "/xa/"],
)
def test_what_is_not_there_is_a_vietnamese_page(address, portal):
    response = portal.get(address)
    assert response.status_code == 404
    assert said_by(response).startswith("Lỗi 404 Không tìm thấy ")
    assert 'lang="vi"' in response.content.decode()


@pytest.mark.parametrize("address", ["/xa/%00/", "/huyen/6%0010/"])
def test_nul_in_a_code_is_not_found(address, portal):
    assert portal.get(address).status_code == 404


def test_unknown_target_of_the_interface_is_a_vietnamese_problem(portal):
    response = portal.get("/api/v1/targets/999999/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == "Không có mục tiêu 999999."


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"ngay": "2020-10-13", "so_voi": "2020-10-13"}, "Ngày so với phải trước ngày xem (13/10/2020)."),
        ({"so_voi": "2020-12-31"}, "Ngày so với phải trước ngày xem (20/10/2020)."),
        ({"so_voi": "31/02/2020"}, "Ngày phải có thật"),
        ({"biet_den": "hôm qua"}, "Thời điểm phải có thật"),
        ({"biet_den": "1999-01-01"}, "năm 2000 đến 2100"),
    ],
    ids=["same day", "after today", "no such day", "no moment", "far away"],
)
def test_time_that_cannot_be_is_refused_with_a_reason(query, said, portal):
    response = portal.get("/", query)
    assert response.status_code == 400
    assert said in said_by(response)


def test_choice_of_time_that_cannot_be_stays_to_be_mended(portal):
    response = portal.get("/huyen/617/?ngay=31/02/2020&so_voi=2020-06-30&sap_xep=xa")
    form = part(response, "form", 'action="/huyen/617/"')
    assert re.findall(r'name="(\w+)"\s+value="([^"]*)"', form) == [
        ("sap_xep", "xa"),
        ("ngay", "31/02/2020"),
        ("so_voi", "2020-06-30"),
        ("biet_den", ""),
    ]
    assert form.count('aria-invalid="true"') == 1


def test_nothing_bad_is_said_of_a_commune_without_figures(portal):
    served = words(main_of(portal.get("/xa/23407/?ngay=2019-06-01")))
    assert "chưa biết xã đạt bao nhiêu trong 19 tiêu chí" in served
    assert [said in served for said in ("0 /19", "Dưới 5 tiêu chí", "Đang vướng", "Cần làm trước")] == [False] * 4


@pytest.mark.parametrize(
    "page", ["/", "/muc-tieu/", "/ma-tran/", "/ban-do/", "/tieu-chi/", "/tieu-chi/17/", "/so-sanh/"]
)
def test_overview_without_figures_shows_only_where_they_begin(page, portal):
    served = main_of(portal.get(f"{page}?ngay=2019-06-01"))
    assert "số liệu đầu tiên là của ngày 31/12/2019" in served
    assert re.findall(r"<table|<svg|Có nguy cơ", served) == []


def test_target_seen_before_its_directive_says_so(portal):
    assert "văn bản ban hành 13/10/2020, sau ngày xem" in portal.get("/?ngay=2020-03-31").content.decode()
    assert "sau ngày xem" not in portal.get("/?ngay=2020-10-13").content.decode()


def test_choices_of_time_are_carried_along_by_every_link(portal):
    served = portal.get("/huyen/617/?ngay=13/10/2020&so_voi=2020-06-30&biet_den=2020-12-31").content.decode()
    carried = "?ngay=2020-10-13&amp;biet_den=2020-12-31T23:59&amp;so_voi=2020-06-30"
    assert f'href="/xa/23407/{carried}"' in served
    assert f'href="/muc-tieu/{carried}"' in served


def test_nothing_was_known_before_it_was_recorded(portal):
    assert "Chưa có số liệu" in said_by(portal.get("/xa/23407/?biet_den=2019-01-01"))
