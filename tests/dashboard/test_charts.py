"""Charts: what is drawn, what it says to those who do not see it, and that nothing is drawn twice."""

import re
import struct
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from defusedxml.ElementTree import fromstring

from communes.models import District
from criteria import summaries
from criteria.asking import answer
from criteria.history import Point, commune_history
from criteria.models import Criterion
from criteria.summaries import CriterionCount
from criteria.trends import trend
from directives.pace import PacePoint, pace
from directives.queries import target_results
from ntm_portal.core import ledger
from ntm_portal.dashboard.charts import rendering
from ntm_portal.dashboard.charts.layers import Chart, Row
from ntm_portal.dashboard.charts.rendering import chart_png, chart_svg, light_tokens
from ntm_portal.dashboard.charts.specifications import (
    average_trend,
    band_trend,
    commune_trend,
    criterion_tally,
    pace_chart,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

MANG_CANH = "23470"
NAMES = ["average", "bands", "tally", "commune", "pace"]
COLOURS = {"fill", "stroke"}
KEPT = {
    "class", "viewBox", "role", "aria-labelledby", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-miterlimit", "stroke-linejoin", "opacity", "d", "x2", "y2", "text-anchor", "font-size", "font-weight",
}  # fmt: skip
HOSTILE = """</text><script>alert("1")</script> & 'x'"""


@cache
def _built() -> dict[str, Chart]:
    shown = answer().snapshot
    points = trend(shown)
    status = shown.by_code[MANG_CANH]
    result = next(r for r in target_results(shown) if r.target.code == "F1")
    return {
        "average": average_trend(points),
        "bands": band_trend(points),
        "tally": criterion_tally(summaries.criterion_counts(shown, shown.statuses, ())),
        "commune": commune_trend(commune_history(status, shown).points, status.finding.criteria_total),
        "pace": pace_chart(pace(result, shown), result),
    }


@pytest.fixture
def charts(db) -> dict[str, Chart]:
    """One of each kind, of the day of the demonstration."""
    return _built()


def drawn(chart: Chart):
    return fromstring(chart_svg(chart.spec, labelled_by="loi"))


def words_of(chart: Chart) -> list[str]:
    """Every text of the drawing once, in the order in which it is written."""
    return list(dict.fromkeys("".join(text.itertext()) for text in drawn(chart).iter("text")))


def size_of(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


def tallied(number: int, name: str = "Tiêu chí", *, met: int = 5, no_data: int = 0) -> CriterionCount:
    return CriterionCount(number, name, met, 10 - met - no_data, no_data, 10, 0)


@pytest.mark.parametrize("name", NAMES)
def test_drawing_is_bare_and_coloured_by_tokens(name, charts):
    root = drawn(charts[name])
    assert root.attrib.keys() == {"class", "viewBox", "role", "aria-labelledby"}
    assert (root.attrib["role"], root.attrib["viewBox"].split()[:3]) == ("img", ["0", "0", "360"])
    assert {attribute for element in root.iter() for attribute in element.attrib} <= KEPT
    assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "line", "text"}
    colours = {element.attrib[name] for element in root.iter() for name in COLOURS & element.attrib.keys()}
    assert [c for c in colours if c != "none" and not re.fullmatch(r"var\(--[\w-]+\)", c)] == []


@pytest.mark.parametrize("name", NAMES)
def test_page_and_document_share_one_specification(name, charts):
    chart = charts[name]
    heading = chart.spec["title"]["text"]
    png = chart_png(chart.spec, scale=2)
    assert heading not in words_of(chart)
    assert (png[:8], size_of(png)[0]) == (b"\x89PNG\r\n\x1a\n", 720)
    assert size_of(chart_png(chart.spec, scale=1))[0] == 360


def test_what_each_chart_says(charts):
    assert {name: chart.message for name, chart in charts.items()} == {
        "average": "Ngày 20/10/2020 bình quân một xã đạt 14,18 trên 19 tiêu chí, tăng 1,94 so với 31/12/2019.",
        "bands": "Ngày 20/10/2020 có 21 xã đạt đủ, 15 xã 15–18, 46 xã 10–14, 3 xã 5–9 tiêu chí; "
        "số xã đạt đủ tăng 2 xã so với 31/12/2019.",
        "tally": "Yếu nhất: 11 Hộ nghèo (22/85 xã), 10 Thu nhập (23/85 xã), "
        "17 Môi trường và an toàn thực phẩm (27/85 xã).",
        "commune": "Ngày 20/10/2020 đạt 17 trên 19 tiêu chí, tăng 3 tiêu chí so với 31/12/2019.",
        "pace": "Ngày 20/10/2020 có 17 tiêu chí, cần 19; dự báo đến 30/11/2020: 17.",
    }


def test_labels_stand_at_what_they_name(charts):
    assert words_of(charts["average"]) == [
        "T12/2019",
        "T5/2020",
        "20/10/2020",
        "0",
        "5",
        "10",
        "15",
        "19",
        "12,24",
        "14,18",
    ]
    assert words_of(charts["bands"])[-4:] == ["3 xã 5–9", "46 xã 10–14", "15 xã 15–18", "21 xã đạt đủ"]
    assert words_of(charts["tally"])[:3] == ["11. Hộ nghèo", "10. Thu nhập", "17. Môi trường và an toàn thực phẩm"]
    assert words_of(charts["commune"])[3:] == ["0", "5", "10", "19", "15", "16", "14", "17"]
    assert words_of(charts["pace"]) == ["T12/2019", "30/11/2020", "0", "19", "14", "17", "dự báo 17", "cần 19"]


def test_figures_behind_the_charts(charts):
    assert charts["average"].rows[0] == Row("31/12/2019", ("12,24", "85"), date(2019, 12, 31))
    assert charts["bands"].rows[-1] == Row("20/10/2020", ("21", "15", "46", "3", "0"), date(2020, 10, 20))
    assert charts["tally"].rows[0] == Row("11. Hộ nghèo", ("22", "63", "0"))
    assert charts["commune"].rows[-1] == Row("20/10/2020", ("17",), date(2020, 10, 20))
    assert charts["pace"].rows[0] == Row("31/12/2019", ("14", "19"), date(2019, 12, 31))
    assert {len(chart.columns) - 1 - len(row.cells) for chart in charts.values() for row in chart.rows} == {0}


def test_criteria_are_sorted_and_missing_data_are_named():
    chart = criterion_tally([tallied(1, met=9), tallied(2, met=3, no_data=4), tallied(3, met=3), tallied(4, met=0)])
    assert [row.label[0] for row in chart.rows] == ["4", "2", "3", "1"]
    assert {"3, thiếu số liệu 4", "3", "0", "9"} < set(words_of(chart))


def test_every_amount_begins_at_nought(charts):
    domains = [
        channel["scale"]["domain"][0]
        for chart in charts.values()
        for layer in chart.spec["layer"]
        for channel in layer["encoding"].values()
        if channel.get("type") == "quantitative" and "scale" in channel
    ]
    assert (set(domains), len(domains) > 5) == ({0}, True)


@pytest.mark.parametrize("count", [1, 2, 13, 40])
def test_few_points_and_many_are_drawn(count):
    points = [Point(date(2017 + n // 12, n % 12 + 1, 28), n % 20, "M") for n in range(count)]
    found = words_of(commune_trend(points, 19))
    assert (found[0], str(points[-1].criteria_met) in found) == ("28/01/2017", True)


def test_pace_of_a_target_past_due_has_no_forecast(clock_at):
    clock_at(date(2020, 12, 15))
    shown = answer().snapshot
    result = next(r for r in target_results(shown) if r.target.code == "F2")
    chart = pace_chart([PacePoint(date(2020, 11, 30), Decimal(8), Decimal(10)), *pace(result, shown)[-1:]], result)
    assert chart.message == "Ngày 15/12/2020 có 9 tiêu chí, cần 10."
    assert [text for text in words_of(chart) if "dự báo" in text] == []


def test_hostile_names_are_only_text():
    chart = criterion_tally([tallied(1, HOSTILE)])
    svg = chart_svg(chart.spec, labelled_by='a" onload="alert(1)')
    assert ("<script" in svg, 'onload="alert' in svg, "onload=&quot;alert" in svg) == (False, False, True)
    assert f"1. {HOSTILE}" in ["".join(text.itertext()) for text in fromstring(svg).iter("text")]


def test_hostile_names_are_only_text_on_the_page(portal):
    Criterion.objects.filter(number=11).update(name=HOSTILE)
    served = portal.get("/").content.decode()
    assert ("<script>alert" in served, served.count("&lt;script&gt;alert") >= 3) == (False, True)


def test_signs_that_xml_forbids_are_left_out():
    """One of them in a measured text would end the process."""
    chart = criterion_tally([tallied(1, "a\x00b\x1fc\ufffe\ud800")])
    assert ("1. abc" in words_of(chart), chart_png(chart.spec)[:4]) == (True, b"\x89PNG")


def test_nothing_is_drawn_twice(charts):
    ledger.Memory.forget_all()
    for _ in range(2):
        for chart in charts.values():
            chart_svg(chart.spec, labelled_by="loi")
    assert len(rendering._DRAWN._kept) == len(charts)


def test_new_position_with_the_same_figures_draws_nothing(portal):
    portal.get("/")
    before = set(rendering._DRAWN._kept)
    District.objects.filter(code="617").update(name="Khác")
    assert "Khác" in portal.get("/").content.decode()
    assert (set(rendering._DRAWN._kept), len(before) >= 3) == (before, True)


def test_other_figures_are_another_drawing(charts):
    spec = charts["average"].spec
    first = chart_svg(spec, labelled_by="loi")
    assert chart_svg({**spec, "height": 300}, labelled_by="loi") != first
    assert chart_svg(spec, labelled_by="khac") != first


def test_colours_of_documents_are_those_of_the_light_theme(charts):
    resolved = rendering._resolved(charts["bands"].spec)
    assert "var(" not in str(resolved)
    assert light_tokens()["b1"] in str(resolved)
    with pytest.raises(KeyError):
        rendering._resolved({"color": "var(--no-such-colour)"})


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("/", ["binh-quan", "nhom-theo-thang", "xa-dat-tung-tieu-chi"]),
        (f"/xa/{MANG_CANH}/", ["so-tieu-chi-dat"]),
    ],
)
def test_page_shows_its_charts_with_their_words(page, names, portal):
    served = portal.get(page).content.decode()
    assert re.findall(r'aria-labelledby="bieu-do-([\w-]+)"', served) == names
    assert re.findall(r'id="bieu-do-([\w-]+)"', served) == names
    assert served.count("Xem số liệu") == len(names)


def test_every_target_that_ever_had_anything_shows_its_pace_once(portal):
    served = portal.get("/muc-tieu/").content.decode()
    labelled = re.findall(r'aria-labelledby="bieu-do-nhip-([\w-]+)"', served)
    shown = answer().snapshot
    had = [r.target.code for r in target_results(shown) if any(point.actual for point in pace(r, shown))]
    assert (sorted(labelled), len(had)) == (sorted(had), 6)
    assert re.findall(r'id="bieu-do-nhip-([\w-]+)"', served) == labelled


@pytest.mark.parametrize("page", ["/", f"/xa/{MANG_CANH}/", "/muc-tieu/"])
def test_day_before_all_data_has_no_chart(page, portal):
    response = portal.get(f"{page}?ngay=2019-06-01")
    assert (response.status_code, "chart-drawing" in response.content.decode()) == (200, False)
