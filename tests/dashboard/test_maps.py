"""The map: every unit once, coloured by what is asked, with words and signs beside every colour."""

import html
import re
from datetime import date

import pytest
from django.core.management import call_command

from communes.geometry import Style
from communes.models import Commune
from criteria.asking import answer
from criteria.engine.facts import Conclusion
from criteria.models import Recognition, Tier
from criteria.queries import snapshot
from ntm_portal.core.errors import BadQueryError
from ntm_portal.dashboard import maps
from tests.dashboard.test_pages import main_of, part, said_by, words
from tests.dashboard.test_tables import rows_of
from tests.factories.boundaries import features, write
from tests.factories.ledger import DAK_NA, SET, make_new, record

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

KON_DAO, QUANG_TRUNG = "23434", "23281"
MODES = ["nhom", "so-tieu-chi", "cong-nhan", "do-moi", *(f"tc-{number}" for number in range(1, 20))]


def drawn(mode: str = "nhom", on: date | None = None, **options) -> maps.MapView:
    return maps.province_map(answer(on).snapshot, mode, **options)


def unit(view: maps.MapView, code: str = DAK_NA) -> maps.MapUnit:
    return next(unit for unit in view.units if unit.shape.code == code)


def legend(view: maps.MapView) -> dict[str, int]:
    return {item.label: item.count for item in view.legend}


def test_bands_are_those_of_the_directive():
    view = drawn(on=date(2020, 10, 13))

    assert legend(view) == {
        "Đạt đủ tiêu chí": 21,
        "15–18 tiêu chí": 15,
        "10–14 tiêu chí": 46,
        "5–9 tiêu chí": 3,
        "Dưới 5 tiêu chí": 0,
        "Chưa có số liệu": 0,
    }
    assert {u.shape.name: u.mark.sign for u in view.units if u.tone == "b4"} == {
        "Đăk Na": "8",
        "Mường Hoong": "8",
        "Ngọc Linh": "9",
    }


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_shows_every_commune_once_and_its_legend_adds_up(mode):
    view = drawn(mode)

    assert [len(view.units), len(view.rows), len(view.unplaced)] == [102, 85, 0]
    assert sum(item.count for item in view.legend if item.tone) == 85
    assert {u.tone for u in view.rows} <= {item.tone for item in view.legend}
    assert [u.shape.code for u in view.units if u.mark is None] == [
        u.shape.code for u in view.units if not u.shape.is_rural
    ]
    assert all(u.mark.sign and u.mark.words for u in view.rows)


@pytest.mark.parametrize("mode", MODES)
def test_tones_of_one_mode_differ(mode):
    tones = [item.tone for item in drawn(mode).legend]

    assert len(tones) == len(set(tones))


def test_before_the_first_figures_nothing_counts_as_met():
    for mode in ("nhom", "so-tieu-chi", "do-moi", "tc-1"):
        view = drawn(mode, date(2019, 6, 1))
        assert {(u.tone, u.mark.sign, u.mark.words) for u in view.rows} == {("unknown", "?", "Chưa có số liệu")}


def test_steps_of_the_count_are_kept_apart_from_the_full_number():
    view = drawn("so-tieu-chi")

    assert [item.label for item in view.legend] == [
        "19 tiêu chí", "16–18 tiêu chí", "13–15 tiêu chí", "10–12 tiêu chí", "7–9 tiêu chí", "4–6 tiêu chí",
        "0–3 tiêu chí", "Chưa có số liệu",
    ]  # fmt: skip
    assert legend(view)["19 tiêu chí"] == legend(drawn())["Đạt đủ tiêu chí"]
    assert unit(view).mark == maps.Mark("s2", "8", "Đạt 8 trên 19 tiêu chí")


def test_recognition_is_a_decision_and_not_a_count():
    view = drawn("cong-nhan")

    waiting = [u.status for u in view.rows if u.mark.words == "Đủ tiêu chí, chờ quyết định"]
    assert {(s.finding.meets_standard, s.tier) for s in waiting} == {(True, None)}
    assert legend(view)["Nông thôn mới"] == sum(s.tier == Tier.STANDARD for s in answer().snapshot.statuses)


def test_a_recognised_commune_that_no_longer_meets_keeps_its_tier_and_is_flagged():
    assert unit(drawn("cong-nhan"), KON_DAO).mark.sign == "NTM"
    record(make_new("17.5", Conclusion.NOT_MET, commune=KON_DAO, note="Nước thải chưa qua xử lý"))

    view = drawn("cong-nhan")

    assert Recognition.objects.in_force(date(2020, 10, 20)).filter(commune__code=KON_DAO).count() == 1
    assert unit(view, KON_DAO).mark == maps.Mark("b2", "NTM!", "Nông thôn mới, nay không còn đủ tiêu chí")
    assert (view.legend[-1].label, view.legend[-1].count) == ("Trong đó không còn đủ tiêu chí", 1)


def test_a_criterion_tells_why_it_is_not_met():
    found = unit(drawn("tc-17", date(2020, 10, 13)))

    assert (found.tone, found.mark.sign, found.mark.words) == ("b4", "✗", "Chưa đạt")
    assert found.title.splitlines() == [
        "Xã Đăk Na, huyện Tu Mơ Rông",
        "8/19 tiêu chí, nhóm 5–9 tiêu chí",
        "Tiêu chí 17 Môi trường và an toàn thực phẩm: chưa đạt",
        found.status.finding.criteria[16].reason,
    ]


@pytest.mark.parametrize(
    ("on", "tone", "months"),
    [
        (date(2020, 9, 30), "b1", "0"),
        (date(2020, 10, 20), "b1", "0"),
        (date(2021, 1, 31), "b1", "1"),
        (date(2021, 2, 1), "b2", "1"),
        (date(2021, 4, 3), "b2", "3"),
        (date(2021, 4, 4), "b4", "3"),
    ],
)
def test_figures_age_by_the_day(on, tone, months, clock_at):
    clock_at(on)

    mark = unit(drawn("do-moi")).mark

    assert (mark.tone, mark.sign) == (tone, months)


def test_a_new_figure_is_on_the_map_at_once():
    before = unit(drawn("do-moi")).mark.words
    record(make_new("1.1", as_of=date(2020, 10, 19)))

    assert [before, unit(drawn("do-moi")).mark.words] == [
        "Số liệu mới nhất ngày 30/09/2020",
        "Số liệu mới nhất ngày 19/10/2020",
    ]


def test_an_unknown_mode_is_refused_with_what_there_is():
    with pytest.raises(BadQueryError) as refused:
        drawn("tc-20")

    assert refused.value.errors == {"to_mau": [f"Không tô màu được theo “tc-20”. Nhận: {', '.join(MODES)}."]}


def test_a_district_map_counts_its_own_and_fades_the_rest():
    view = maps.district_map(answer(date(2020, 10, 13)).snapshot, "617")

    assert [u.shape.district_code for u in view.rows] == ["617"] * 11
    assert {u.shape.district_code == "617" for u in view.units if not u.is_faded} == {True}
    assert (sum(legend(view).values()), [d.name for d in view.districts]) == (11, ["Tu Mơ Rông"])
    assert len([u for u in view.units if u.is_faded]) > 5
    assert (view.frame.width < drawn().frame.width, view.is_wide, drawn().is_wide) == (True, False, True)


def test_a_commune_without_a_tile_is_named_below_the_map(portal):
    Commune.objects.filter(code=DAK_NA).update(tile_row=None, tile_column=None)

    view = drawn()
    said = words(main_of(portal.get("/ban-do/")))

    assert [len(view.units), len(view.rows), [u.shape.code for u in view.unplaced]] == [101, 85, [DAK_NA]]
    assert "Chưa có chỗ trên bản đồ: Xã Đăk Na (5–9 tiêu chí)." in said


def links(response) -> list[tuple[str, str]]:
    """(address, tooltip) of every unit drawn."""
    found = re.findall(
        r'<a class="map-unit[^>]*?href="([^"]*)".*?<title>(.*?)</title>', response.content.decode(), re.DOTALL
    )
    return [(html.unescape(address), html.unescape(title)) for address, title in found]


def test_page_links_every_unit_and_carries_the_day(portal):
    found = dict(links(portal.get("/ban-do/?ngay=2020-10-13&to_mau=tc-17")))

    assert len(found) == 102
    assert found[f"/xa/{DAK_NA}/?ngay=2020-10-13"].startswith("Xã Đăk Na, huyện Tu Mơ Rông\n8/19 tiêu chí")
    assert found[f"/xa/{QUANG_TRUNG}/?ngay=2020-10-13"] == (
        "Phường Quang Trung, thành phố Kon Tum\nNgoài diện nông thôn mới"
    )


def test_table_says_what_the_map_shows(portal):
    rows = rows_of(portal.get("/ban-do/?ngay=2020-10-13&to_mau=tc-17"), "xa")

    assert (len(rows), [row[:4] for row in rows if row[0] == "Đăk Na"]) == (
        85,
        [["Đăk Na", "Tu Mơ Rông", "8/19", "Chưa đạt"]],
    )


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ("huyen=617", lambda s: s.commune.district_code == "617"),
        ("nhom=5-9", lambda s: 5 <= s.finding.criteria_met <= 9),
        ("bac=STANDARD", lambda s: s.tier == "STANDARD"),
        ("bac=none", lambda s: s.tier is None),
        ("khu_vuc=III", lambda s: s.commune.group == "III"),
        ("chua_dat=17", lambda s: not s.finding.criteria[16].result.is_passed),
        ("ten=dak+na", lambda s: "dak na" in s.commune.search_key),
        (
            "chua_dat=5&nhom=10-14",
            lambda s: 10 <= s.finding.criteria_met <= 14 and not s.finding.criteria[4].result.is_passed,
        ),
    ],
)
def test_filters_pick_on_the_map_and_in_the_table_alike(query, test, portal):
    response = portal.get(f"/ban-do/?ngay=2020-10-13&{query}")
    shown = snapshot(SET, date(2020, 10, 13))
    picked = [s for s in shown.statuses if test(s)]
    faded = re.findall(r'<a class="map-unit [^"]*map-faded"', response.content.decode())

    assert sorted(row[0] for row in rows_of(response, "xa")) == sorted(s.commune.name for s in picked)
    assert len(faded) == 102 - len(picked)
    assert '<a class="filter-clear" href="?ngay=2020-10-13">' in response.content.decode()


def test_filter_that_picks_nothing_says_so_and_clears_in_one_click(portal):
    served = portal.get("/ban-do/?nhom=0-4").content.decode()

    assert "Không xã nào hợp với các điều kiện đang lọc." in served
    assert 'href="?">Bỏ lọc</a>' in served


def test_numbers_in_the_drawing_are_written_for_machines(portal):
    """In Vietnamese a decimal comma would break the drawing."""
    svg = part(portal.get("/ban-do/"), "svg", "viewBox")

    assert re.findall(r'\b(?:x|y|data-x|data-y|width|height|viewBox)="[^"]*,[^"]*"', svg) == []


def test_modes_are_links_that_keep_the_rest(portal):
    page = part(portal.get("/ban-do/?ngay=2020-10-13&kieu=o"), "nav", 'aria-label="Tô màu theo"')

    assert [html.unescape(href) for href in re.findall(r'href="([^"]*)"', page)] == [
        f"?ngay=2020-10-13&to_mau={mode}&kieu=o" for mode in MODES[:4]
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("to_mau=xanh", f"Không tô màu được theo “xanh”. Nhận: {', '.join(MODES)}."),
        ("kieu=tron", "Không có kiểu bản đồ “tron”. Nhận: o, ranh-gioi."),
        ("huyen=999", "Không có huyện mang mã 999. Nhận: 608, 610, 611, 612, 613, 614, 615, 616, 617, 618."),
        ("chua_dat=20", "Không có tiêu chí số 20. Nhận: 1 đến 19."),
        ("chua_dat=x", "Số tiêu chí phải là số nguyên, ví dụ 17."),
        ("nhom=9", "Không có nhóm “9”. Nhận: full, 15-18, 10-14, 5-9, 0-4."),
        ("mau=xanh", "to_mau, kieu, ten, huyen, nhom, bac, khu_vuc, chua_dat."),
    ],
)
def test_faulty_question_is_answered_with_what_is_accepted(query, said, portal):
    response = portal.get(f"/ban-do/?{query}")

    assert (response.status_code, said_by(response).endswith(said)) == (400, True)


def test_outlines_are_drawn_once_loaded_and_tiles_stay_one_click_away(portal, tmp_path):
    assert "Chưa nạp đủ ranh giới" in words(main_of(portal.get("/ban-do/?kieu=ranh-gioi")))
    file = write(tmp_path / "a.geojson", features())
    call_command("load_boundaries", str(file), "--save", verbosity=0)

    outlines, tiles = portal.get("/ban-do/"), portal.get("/ban-do/?kieu=o")

    assert (drawn().style, drawn(style=Style.TILES).style) == (Style.OUTLINES, Style.TILES)
    assert [len(links(page)) for page in (outlines, tiles)] == [102, 102]
    assert ["map-ranh-gioi" in main_of(outlines), "map-ranh-gioi" in main_of(tiles)] == [True, False]
    assert 'href="?kieu=o"' in part(outlines, "nav", 'aria-label="Kiểu vẽ"')
    assert "Chưa nạp đủ" not in words(main_of(portal.get("/ban-do/?kieu=ranh-gioi")))
