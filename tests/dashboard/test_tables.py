"""Tables of pages: sorted as asked, written as shown, and clear about what cannot be."""

import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from criteria.queries import snapshot
from ntm_portal.core.text import sort_key
from tests.dashboard.test_pages import cells, said_by
from tests.factories.ledger import SET

pytestmark = pytest.mark.django_db

DISTRICT = "/huyen/617/"


def rows_of(response, name: str) -> list[list[str]]:
    frame = re.search(rf'id="bang-{name}".*?</table>', response.content.decode(), re.DOTALL).group()
    body = re.search(r"<tbody>.*?</tbody>", frame, re.DOTALL).group()
    return [cells(row) for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)]


def column(response, index: int) -> list[str]:
    return [row[index] for row in rows_of(response, "huyen-617")]


def test_communes_stand_in_order_of_trouble_until_asked_otherwise(portal):
    met = [int(shown.split("/")[0]) for shown in column(portal.get(DISTRICT), 1)]
    assert met == sorted(met)
    assert column(portal.get(DISTRICT), 0)[0] == "Đăk Na"


@pytest.mark.parametrize(("asked", "is_reversed"), [("xa", False), ("-xa", True)])
def test_names_sort_as_a_vietnamese_dictionary_does(asked, is_reversed, portal):
    names = column(portal.get(DISTRICT, {"sap_xep": asked}), 0)
    assert names == sorted(names, key=sort_key, reverse=is_reversed)
    assert len(names) == 11


@pytest.mark.parametrize(("asked", "direction"), [("tieu_chi", "ascending"), ("-tieu_chi", "descending")])
def test_head_says_how_the_column_is_sorted_and_turns_it_round(asked, direction, portal):
    served = portal.get(DISTRICT, {"sap_xep": asked, "ngay": "2020-10-13"}).content.decode()
    (head,) = re.findall(r"<th[^>]*aria-sort.*?</th>", served, re.DOTALL)
    other = {"tieu_chi": "-tieu_chi", "-tieu_chi": "tieu_chi"}[asked]
    assert f'aria-sort="{direction}"' in head
    assert f'href="?ngay=2020-10-13&amp;sap_xep={other}"' in head


def test_unknown_column_is_answered_with_those_that_are(portal):
    response = portal.get(DISTRICT, {"sap_xep": "ten"})
    assert response.status_code == 400
    assert said_by(response).endswith(
        "Nhận: xa, tieu_chi, so_voi, nhom, cong_nhan, can_lam, khu_vuc, so_lieu; thêm dấu - ở đầu để đảo."
    )


def test_rows_without_a_value_come_last_both_ways(portal):
    for asked in ("cong_nhan", "-cong_nhan"):
        shown = [row[4] for row in rows_of(portal.get("/huyen/613/", {"sap_xep": asked}), "huyen-613")]
        assert shown[-1] == "–"
        assert shown[0] != "–"


def test_workbook_holds_every_column_in_the_order_on_the_screen(portal):
    asked = {"sap_xep": "-tieu_chi", "ngay": "2020-10-13", "xuat": "xlsx"}
    response = portal.get(DISTRICT, asked)
    sheet = load_workbook(io.BytesIO(response.content)).active
    header, *rows = sheet.iter_rows(values_only=True)
    on_screen = column(portal.get(DISTRICT, asked | {"xuat": ""}), 0)
    shown = snapshot(SET, date(2020, 10, 13))
    assert [row[0] for row in rows] == on_screen
    assert [row[1] for row in rows] == sorted(
        (s.finding.criteria_met for s in shown.statuses if s.commune.district_code == "617"), reverse=True
    )
    assert header[-2:] == ("Tính đến ngày", "Số liệu")
    assert {row[-1] for row in rows} == {"minh họa"}
    assert {row[-2].date() for row in rows} == {date(2020, 10, 13)}
    assert response["Content-Disposition"] == 'attachment; filename="huyen-617-2020-10-13.xlsx"'


def test_other_kinds_of_file_are_refused(portal):
    response = portal.get(DISTRICT, {"xuat": "pdf"})
    assert response.status_code == 400
    assert "Chỉ xuất được dạng xlsx." in said_by(response)


def test_file_of_a_page_is_for_those_who_may_read_it(client, db):
    assert client.get(DISTRICT, {"xuat": "xlsx"}).status_code == 302
