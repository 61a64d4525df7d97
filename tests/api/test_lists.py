"""Lists of the interface: their order, their pages, their files."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from communes.models import Commune, Village
from criteria.models import Assessment
from tests.factories.ledger import make_new, record
from tests.factories.office import open_for

LISTS = {
    # list: (fields by which it can be ordered, columns of its files, a filter that finds nothing)
    "communes": (
        "code name kind kind_label district group criteria_set criteria_met criteria_total band band_label "
        "meets_standard tier tier_label recognised_on last_assessed_on results as_of is_illustration",
        "code name kind kind_label district.code district.name group criteria_set criteria_met criteria_total band "
        "band_label meets_standard tier tier_label recognised_on last_assessed_on results as_of is_illustration",
        "criteria_met_min=20",
    ),
    "targets": (
        "id code directive title quote kind kind_label required actual unit state state_label due_on days_left remark "
        "as_of is_illustration",
        "id code directive title quote kind kind_label parameters required actual unit state state_label due_on "
        "days_left blockers forecast.expected forecast.on forecast.reason remark as_of is_illustration",
        "search=zzz",
    ),
    "districts": (
        "code name kind kind_label communes average average_denominator communes_with_data meets_standard recognised "
        "valid_from valid_to as_of is_illustration",
        "code name kind kind_label communes average average_denominator communes_with_data meets_standard recognised "
        "valid_from valid_to as_of is_illustration",
        "search=zzz",
    ),
    "criteria-sets": (
        "code title subject subject_label tier tier_label basis zone valid_from valid_to",
        "code title subject subject_label tier tier_label basis zone valid_from valid_to",
        "subject=VILLAGE",
    ),
    "villages": (
        "id name kind kind_label commune district valid_from valid_to is_verified is_illustration",
        "id name kind kind_label commune.code commune.name district.code district.name valid_from valid_to is_verified "
        "is_illustration",
        "kind=TO_DAN_PHO",
    ),
    "departments": (
        "code name short_name kind kind_label district",
        "code name short_name kind kind_label district.code district.name",
        "search=zzz",
    ),
    "recognitions": (
        "id unit district tier tier_label achieved_year decision_number decided_on effective_on expires_on revoked_on "
        "basis is_verified",
        "id unit.kind unit.code unit.name district.code district.name tier tier_label achieved_year decision_number "
        "decided_on effective_on expires_on revoked_on basis is_verified",
        "tier=MODEL",
    ),
    "directives": (
        "id number kind kind_label issuer issued_on abstract",
        "id number kind kind_label issuer issued_on abstract targets",
        "kind=NGHI_QUYET",
    ),
    "reporting-periods": (
        "id code name kind kind_label year number data_until due_on opened_at closed_on is_open basis",
        "id code name kind kind_label year number data_until due_on opened_at closed_on is_open basis",
        "year=2001",
    ),
    "tasks": (
        "id directive target title content given_on due_on recurrence recurrence_label closed_on",
        "id directive target title content given_on due_on recurrence recurrence_label closed_on communes indicators "
        "assignments",
        "search=zzz",
    ),
}


def csv_rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def xlsx_rows(response) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet]


@pytest.mark.parametrize(("name", "sortable"), [(name, names.split()) for name, (names, _, _) in LISTS.items()])
def test_list_is_ordered_by_any_of_its_plain_fields_and_by_nothing_else(api, name, sortable):
    for field in sortable:
        up, down = (api.json(f"{name}/?ordering={sign}{field}")["results"] for sign in ("", "-"))
        assert len(up) == len(down) > 0
    for field in sorted({*api.json(f"{name}/")["results"][0]} - set(sortable)) + ["nope", "-nope", "--code"]:
        refused = api.get(f"{name}/?ordering={field}")
        said = f"Không sắp xếp được theo “{field}”. Nhận: {', '.join(sortable)}."
        assert (refused.status_code, refused.json()["errors"][0]["detail"]) == (400, said)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("field", ["tier", "recognised_on"])
def test_nulls_are_last_in_either_order(api, sign, field):
    values = [row[field] for row in api.json(f"communes/?ordering={sign}{field}&fields={field}")["results"]]
    known = [value for value in values if value is not None]
    assert values == sorted(known, reverse=sign == "-") + [None] * (85 - len(known))


def test_order_by_several_fields_counts_the_first_most(api):
    rows = api.json("communes/?ordering=-tier,district,-criteria_met&page_size=500")["results"]
    keys = [(row["tier"] is None, row["district"]["code"], -row["criteria_met"]) for row in rows]
    assert keys == sorted(keys)


@pytest.mark.parametrize(("page", "pages"), [("page=9", 1), ("page=4&page_size=40", 3), ("page=2&search=khong", 1)])
def test_page_past_the_end_says_how_many_there_are(api, page, pages):
    response = api.get(f"communes/?{page}")
    assert response.status_code == 404
    assert response.json()["detail"].endswith(f"nên chỉ có {pages} trang.")


@pytest.mark.parametrize("name", LISTS)
def test_file_has_the_same_columns_whatever_it_lists(api, name):
    _, columns, nothing = LISTS[name]
    for query in ("", "&page_size=1", f"&{nothing}"):
        header, *lines = csv_rows(api.get(f"{name}/?format=csv{query}"))
        assert header == columns.split()
        assert {len(line) for line in lines} <= {len(header)}
    assert csv_rows(api.get(f"{name}/?format=csv&{nothing}")) == [columns.split()]
    assert xlsx_rows(api.get(f"{name}/?format=xlsx&{nothing}")) == [columns.split()]


def test_file_with_fields_has_these_columns_in_this_order(api):
    assert csv_rows(api.get("communes/?format=csv&fields=district,code&search=zzz")) == [
        ["district.code", "district.name", "code"]
    ]


@pytest.mark.parametrize(
    ("query", "lines"),
    [("", 85), ("&district=618", 3), ("&page_size=3", 3), ("&page_size=40&page=3", 5), ("&page=1", 85)],
)
def test_file_holds_the_whole_list_unless_a_page_is_asked_for(api, query, lines):
    rows = csv_rows(api.get(f"communes/?format=csv{query}"))
    assert len(rows) - 1 == lines


def test_csv_opens_in_a_spreadsheet(api):
    response = api.get("communes/?format=csv&district=618&fields=name,district,meets_standard")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert csv_rows(response)[1:] == [
        ["Ia Đal", "618", "Ia H'Drai", "false"],
        ["Ia Dom", "618", "Ia H'Drai", "false"],
        ["Ia Tơi", "618", "Ia H'Drai", "false"],
    ]


def test_xlsx_keeps_text_as_text(api):
    response = api.get("districts/?format=xlsx&fields=code,name")
    assert xlsx_rows(response)[1] == ["608", "Kon Tum"]
    assert load_workbook(io.BytesIO(response.content)).active["A2"].data_type == "s"


@pytest.mark.parametrize("name", ["communes", "targets", "districts"])
@pytest.mark.parametrize(("day", "is_marked"), [("2020-10-13", True), ("2019-06-01", False)])
def test_illustration_is_marked_in_rows_files_and_their_names(api, name, day, is_marked):
    body = api.json(f"{name}/?as_of={day}")
    assert {row["is_illustration"] for row in body["results"]} == {body["is_illustration"]} == {is_marked}
    header, *lines = csv_rows(api.get(f"{name}/?format=csv&as_of={day}"))
    assert {line[header.index("is_illustration")] for line in lines} == {str(is_marked).lower()}
    slim = api.get(f"{name}/?format=csv&fields=code&as_of={day}")["Content-Disposition"]
    assert slim.endswith('-so-lieu-minh-hoa.csv"') is is_marked


def test_place_without_status_carries_no_mark(api):
    assert {row["is_illustration"] for row in api.json("communes/?kind=PHUONG")["results"]} == {False}


def only_dak_na_assessed(day: date) -> None:
    """A day before the demonstration on which one commune of the province has figures."""
    assert not Assessment.objects.filter(as_of__lte=day).exists()
    record(*(make_new(code, as_of=day) for code in ("1.1", "1.2")))


def test_average_is_over_all_communes_and_says_so(api):
    """One commune with one criterion met of 85 must not look like a province with 1,00."""
    only_dak_na_assessed(date(2019, 6, 1))
    row = api.json("summary/?as_of=2019-06-01")["results"][0]
    told = [row[name] for name in ("communes", "average_denominator", "communes_with_data", "average")]
    assert told == [85, 85, 1, 0.01]
    assert sum(band["count"] for band in row["bands"]) == 85


def test_average_of_a_district_is_told_where_there_is_data(api):
    only_dak_na_assessed(date(2019, 6, 1))
    names = ("average_denominator", "communes_with_data", "average")
    listed = {d["code"]: d for d in api.json("districts/?as_of=2019-06-01")["results"]}
    summed = {d["code"]: d for d in api.json("summary/?by=district&as_of=2019-06-01")["results"]}
    for found in (listed, summed):
        assert [[found[code][name] for name in names] for code in ("617", "618")] == [[11, 1, 0.09], [3, 0, None]]
    assert Commune.objects.filter(district__code="617", kind="XA").count() == 11


@pytest.mark.parametrize(
    ("written", "known_at"),
    [
        ("2020-10-13T08:00:00 07:00", "2020-10-13T08:00:00+07:00"),
        ("2020-10-13T08:00:00%2B07:00", "2020-10-13T08:00:00+07:00"),
        ("2020-10-13 08:00 0700", "2020-10-13T08:00:00+07:00"),
        ("2020-10-13T01:00:00Z", "2020-10-13T08:00:00+07:00"),
        ("2020-10-13T08:00:00", "2020-10-13T08:00:00+07:00"),
    ],
)
def test_moment_is_understood_also_when_its_plus_came_as_a_space(api, written, known_at):
    assert api.json(f"communes/?known_at={written}")["known_at"] == known_at


@pytest.mark.parametrize("path", ["communes/", "communes/23407/", "communes/23407/status/", "status/", "summary/",
                                  "targets/", "targets/1/", "districts/"])  # fmt: skip
@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "1999-12-31T23:59:59",
        "2101-01-01T00:00",
    ],
)
def test_moment_of_another_age_is_refused_in_vietnamese(api, path, moment):
    response = api.get(f"{path}?known_at={moment}")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "?known_at",
            "detail": "Phải trong khoảng năm 2000 đến 2100.",
            "code": response.json()["errors"][0]["code"],
        }
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("villages/?commune=23535", 7), ("villages/?commune=23535&kind=THON", 7),
        ("villages/?as_of=2030-01-01", 60), ("departments/?kind=DISTRICT", 10), ("departments/?search=so y te", 1),
        ("recognitions/?district=608", 4), ("recognitions/?unit=village", 0), ("recognitions/?as_of=2011-01-01", 0),
        ("recognitions/?known_at=2001-01-01T00:00Z", 0), ("recognitions/?tier=STANDARD&unit=commune", 19),
        ("directives/?kind=CONG_VAN", 2), ("directives/?search=1009", 2),
    ],
)  # fmt: skip
def test_registers_are_chosen(api, query, count):
    assert api.json(query)["count"] == count


def test_district_of_the_recognised_and_targets_of_a_directive_are_told(api):
    recognised = api.json("recognitions/?search=dien binh")["results"][0]
    assert (recognised["unit"]["kind"], recognised["district"]["name"]) == ("commune", "Đăk Tô")
    directive = api.json("directives/?search=3867")["results"][0]
    assert directive["targets"] == [t["id"] for t in api.json("targets/?ordering=id")["results"]]
    assert api.json(f"directives/{directive['id']}/")["targets"] == directive["targets"]


def test_villages_follow_their_changes(api):
    before = api.json("villages/?commune=23535")["results"][0]
    Village.objects.filter(pk=before["id"]).update(valid_to=date(2020, 1, 1))
    assert api.json("villages/?commune=23535")["count"] == 6
    assert api.json("villages/?commune=23535&as_of=2020-01-01")["count"] == 7


def test_lists_of_reports_are_ordered_and_given_as_files(office):
    open_for("SYT", "UB617")
    for name in ("reports", "obligations"):
        body = office.json(f"{name}/?ordering=-department,id&fields=id,department")
        assert [row["department"]["code"] for row in body["results"]] == ["UB617", "SYT"]
        header, *lines = csv_rows(office.get(f"{name}/?format=csv&kind=CRITERIA"))
        assert (header[:5], lines[0][3]) == (
            ["id", "period.code", "period.name", "department.code", "department.name"],
            "SYT",
        )
        assert len(xlsx_rows(office.get(f"{name}/?format=xlsx"))) == 3
