"""The answers of the REST contract."""

from datetime import date

import pytest

from communes.models import Commune
from criteria.actions import NewAssessment, record_assessments
from criteria.engine.facts import Conclusion
from criteria.models import Source
from ntm_portal.core import clock

COMMUNE_KEYS = [
    "code", "name", "kind", "kind_label", "district", "group", "criteria_set", "criteria_met", "criteria_total", "band",
    "band_label", "meets_standard", "tier", "tier_label", "recognised_on", "last_assessed_on", "results", "as_of",
    "is_illustration",
]  # fmt: skip

CONDITION = ["as_of", "known_at", "ledger_position", "criteria_set", "notice", "is_illustration"]


def names(api, query: str) -> list[str]:
    return [commune["name"] for commune in api.json(f"communes/?{query}")["results"]]


def test_commune_list_has_the_row_of_the_contract(api):
    found = api.json("communes/?as_of=2020-10-13&search=dak%20na&criteria_met_max=9")["results"]
    assert found == [
        {
            "code": "23407", "name": "Đăk Na", "kind": "XA", "kind_label": "Xã",
            "district": {"code": "617", "name": "Tu Mơ Rông"}, "group": "III", "criteria_set": "xa-ntm-2016-2020",
            "criteria_met": 8, "criteria_total": 19, "band": "5-9", "band_label": "5–9 tiêu chí",
            "meets_standard": False, "tier": None, "tier_label": None, "recognised_on": None,
            "last_assessed_on": "2020-09-30", "results": found[0]["results"], "as_of": "2020-10-13",
            "is_illustration": True,
        }
    ]  # fmt: skip
    assert (len(found[0]["results"]), found[0]["results"].count("M")) == (19, 8)


def test_commune_list_has_every_rural_commune_and_says_on_what_it_rests(api):
    body = api.json("communes/")
    assert (body["count"], len(body["results"]), list(body["results"][0])) == (85, 85, COMMUNE_KEYS)
    condition = (body["as_of"], body["known_at"], body["criteria_set"], body["notice"], body["is_illustration"])
    assert condition == ("2020-10-20", None, "xa-ntm-2016-2020", None, True)


def test_communes_below_ten_on_the_day_of_the_directive(api):
    assert names(api, "criteria_met_max=9&as_of=2020-10-13") == ["Mường Hoong", "Ngọc Linh", "Đăk Na"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("band=full&as_of=2020-12-31", 28), ("band=15-18", 10), ("band=10-14", 45), ("band=5-9", 2), ("band=0-4", 0),
        ("meets_standard=true", 28), ("meets_standard=false", 57), ("district=618", 3), ("kind=PHUONG", 10),
        ("kind=THI_TRAN", 7), ("kind=PHUONG&criteria_met_min=0", 0), ("criterion_not_met=1", 0), ("group=III", 42),
        ("criteria_met_min=15&criteria_met_max=18", 10), ("tier=STANDARD", 21), ("tier=none", 64), ("tier=MODEL", 0),
    ],
)  # fmt: skip
def test_commune_filters_count(api, clock_at, query, count):
    clock_at(date(2020, 12, 31))
    assert api.json(f"communes/?{query}")["count"] == count


@pytest.mark.parametrize("words", ["Đăk Na", "dak na", "DAK NA", "Đa\u0306k Na", "\u00d0ăk Na", "Đắk Na"])
def test_search_finds_a_commune_however_it_is_typed(api, words):
    assert "Đăk Na" in names(api, f"search={words}")


def test_pages_follow_each_other(api):
    first = api.json("communes/?page_size=40")
    third = api.json("communes/?page_size=40&page=3")
    assert (len(first["results"]), first["previous"], len(third["results"]), third["next"]) == (40, None, 5, None)
    assert first["next"] == "http://testserver/api/v1/communes/?page=2&page_size=40"


def test_fields_make_a_slim_answer(api):
    assert api.json("communes/?fields=name,code&district=618&ordering=name")["results"] == [
        {"name": "Ia Dom", "code": "23537"},
        {"name": "Ia Đal", "code": "23535"},
        {"name": "Ia Tơi", "code": "23538"},
    ]


def test_ordering_takes_several_fields(api):
    rows = api.json("communes/?ordering=-criteria_met,name&fields=criteria_met,name&page_size=500")["results"]
    counts = [row["criteria_met"] for row in rows]
    assert (counts, rows[0]["name"]) == (sorted(counts, reverse=True), "Diên Bình")


def test_commune_detail_adds_villages_sponsors_succession_and_recognitions(api):
    body = api.json("communes/23535/")
    assert [v["name"] for v in body["villages"]] == [f"Thôn {n}" for n in range(1, 8)]
    assert body["sponsors"][0]["department"]["name"] == "Chi nhánh 716, Binh đoàn 15"
    assert body["succession"] == {
        "valid_from": "2013-12-20", "valid_to": "2025-06-30", "successor_code": "23535", "successor_name": "Xã Ia Đal",
    }  # fmt: skip
    recognised = api.json("communes/23434/")["recognitions"]
    assert [(r["decision_number"], r["achieved_year"]) for r in recognised] == [("365/QĐ-UBND", 2018)]


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("23407", [False, False, True, False]),
        ("23452", [True, False, True, True]),
        ("23281", [False, False, None, False]),
    ],
)
def test_commune_detail_says_what_is_unverified(api, code, known):
    body = api.json(f"communes/{code}/")
    names = ("is_group_verified", "is_border", "is_extremely_difficult", "is_extremely_difficult_verified")
    assert [body[name] for name in names] == known


def test_ward_has_a_row_but_no_status(api):
    assert api.json("communes/23281/")["criteria_met"] is None
    assert api.get("communes/23281/status/").status_code == 404


def test_commune_status_gives_reason_threshold_basis_and_source(api):
    body = api.json("communes/23407/status/?as_of=2020-10-13")
    clean_water = next(i for c in body["criteria"] for i in c["indicators"] if i["code"] == "17.1")
    assert [(m["threshold"], m["comparison"], m["unit"]) for m in clean_water["measures"]] == [
        (95, ">=", "% hộ"),
        (50, ">=", "% hộ"),
    ]
    assert clean_water["measures"][0]["basis"] == "QĐ 1980/QĐ-TTg ngày 17/10/2016, chỉ tiêu 17.1, vùng Tây Nguyên"
    source = {"kind": "ILLUSTRATION", "label": "Số liệu minh họa tháng 09/2020", "url": ""}
    assert (clean_water["as_of"], clean_water["source"]) == ("2020-09-30", source)
    assert (body["criteria_met"], len(body["criteria"]), len(body["nearest"])) == (8, 19, 11)


def test_numbers_have_no_binary_noise(api):
    text = api.get("communes/23407/status/").content.decode()
    values = [part.split(",")[0] for part in text.split('"value":')[1:]]
    assert all(len(value.partition(".")[2]) <= 4 for value in values)


def test_matrix_agrees_with_the_list(api):
    body = api.json("status/?as_of=2020-10-13")
    listed = api.json("communes/?as_of=2020-10-13&fields=code,criteria_met,results")["results"]
    slim = [{k: row[k] for k in ("code", "criteria_met", "results")} for row in body["communes"]]
    assert (sorted(slim, key=lambda row: row["code"]), len(body["criteria"])) == (listed, 19)


def test_summary_of_the_province_at_the_end_of_2020(api, clock_at):
    clock_at(date(2020, 12, 31))
    body = api.json("summary/")
    row = body["results"][0]
    assert [b["count"] for b in row["bands"]] == [28, 10, 45, 2, 0]
    assert (row["communes"], row["average"], body["previous_as_of"]) == (85, 14.8, "2020-11-30")


def test_summaries_add_up(api):
    whole = api.json("summary/?by=province")["results"][0]
    districts = api.json("summary/?by=district")["results"]
    assert (len(districts), sum(d["communes"] for d in districts)) == (10, 85)
    for index, band in enumerate(whole["bands"]):
        assert sum(d["bands"][index]["count"] for d in districts) == band["count"]
    criteria = [row["criteria"][0] for row in api.json("summary/?by=criterion")["results"]]
    assert criteria == whole["criteria"]
    health = next(r for r in api.json("summary/?by=department")["results"] if r["code"] == "SYT")
    assert [c["number"] for c in health["criteria"]] == [15, 17]


def test_targets_name_their_blockers(api):
    results = api.json("targets/?as_of=2020-10-13")["results"]
    below = next(t for t in results if t["code"] == "T7")
    assert [(b["name"], b["lacks"][:4]) for b in below["blockers"]] == [
        ("Mường Hoong", "8/19"), ("Đăk Na", "8/19"), ("Ngọc Linh", "9/19"),
    ]  # fmt: skip
    assert (below["required"], below["actual"], below["state"], below["days_left"]) == (0, 3, "AT_RISK", 79)
    districts = next(t for t in results if t["code"] == "T6")["blockers"]
    assert [b["name"] for b in districts] == ["Huyện Đăk Glei", "Huyện Tu Mơ Rông", "Huyện Ia H'Drai"]


def test_one_target_is_as_in_the_list_and_says_on_what_it_rests(api):
    body = api.json("targets/?state=AT_RISK&directive=3867/UBND-NNTN&as_of=2020-10-13")
    condition = {name: body[name] for name in CONDITION}
    listed = body["results"][0]
    assert api.json(f"targets/{listed['id']}/?as_of=2020-10-13") == condition | listed


def test_criteria_set_has_its_whole_catalogue(api):
    assert api.json("criteria-sets/?subject=COMMUNE")["results"][0]["code"] == "xa-ntm-2016-2020"
    body = api.json("criteria-sets/xa-ntm-2016-2020/")
    indicators = [i for c in body["criteria"] for i in c["indicators"]]
    assert (len(body["criteria"]), len(indicators)) == (19, 49)


def test_districts_count_their_communes(api):
    rows = api.json("districts/?search=ia%20h%27drai")["results"]
    assert [(r["name"], r["kind_label"], r["communes"]) for r in rows] == [("Ia H'Drai", "Huyện", 3)]


def test_day_after_today_is_answered_from_the_latest_knowledge(api):
    body = api.json("communes/?as_of=2020-12-31")
    assert (body["as_of"], body["notice"]) == (
        "2020-10-20",
        "Ngày 31/12/2020 chưa đến: đây là số liệu mới nhất, đến 20/10/2020.",
    )


def test_day_before_the_first_data_says_so(api):
    body = api.json("communes/?as_of=2019-06-01")
    assert body["notice"] == "Chưa có số liệu vào ngày 01/06/2019: số liệu đầu tiên là của ngày 31/12/2019."
    assert {(row["criteria_met"], row["results"]) for row in body["results"]} == {(0, "U" * 19)}


def test_known_at_rebuilds_what_was_known(api, coordinator):
    before = api.json("communes/23407/status/")
    source = Source.objects.create(kind=Source.Kind.ENTRY, label="Đính chính", recorded_at=clock.now())
    correction = NewAssessment(
        Commune.objects.get(code="23407"), clock.today(), Conclusion.NOT_MET, indicator="1.1", note="hết hiệu lực"
    )
    record_assessments("xa-ntm-2016-2020", [correction], source=source, by=coordinator)
    after = api.json("communes/23407/status/")
    then = api.json("communes/23407/status/?known_at=2020-10-19T00:00:00%2B07:00")
    assert (after["criteria_met"], then["criteria"]) == (7, before["criteria"])
    assert after["criteria"][0]["reason"] == "Chưa đạt chỉ tiêu 1.1"
