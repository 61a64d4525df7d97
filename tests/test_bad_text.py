"""HTML and formulas in names and notes: shown as the text they are, on pages and in files."""

import csv
import io

import openpyxl
import pytest

from communes.models import Commune
from directives.models import Directive, Target
from ntm_portal.accounts.models import Department
from ntm_portal.core.sheets import plain_text, write_xlsx

pytestmark = pytest.mark.one_database

HTML = "<script>alert(1)</script><b>&\"'"
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;&amp;"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")']


def rename(**names: str) -> None:
    """Give the commune Đăk Na, the department of health, a target or a directive another text."""
    for model, key, field in ((Commune, {"code": "23407"}, "name"), (Department, {"code": "SYT"}, "name")):
        record = model.objects.get(**key)
        setattr(record, field, names["name"])
        record.save()
    target = Target.objects.first()
    target.title = target.quote = names["name"]
    target.save()
    directive = Directive.objects.get(number__startswith="3867")
    directive.abstract = names["name"]
    directive.save()


@pytest.mark.parametrize("page", ["/xa/23407/", "/don-vi/SYT/", "/muc-tieu/", "/ma-tran/", "/ban-do/", "/tim/?q=script",
                                  "/tim/nhanh/?q=script", "/quan-tri/communes/commune/?q=script",
                                  "/quan-tri/directives/target/", "/quan-tri/directives/directive/"])  # fmt: skip
def test_html_in_names_is_shown_as_text(page, portal):
    rename(name=HTML)
    served = portal.get(page).content.decode()
    assert ("<script>alert" in served, SHOWN in served) == (False, True)


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_in_a_name_is_a_text_in_workbooks(text, portal):
    rename(name=text)
    for address in ("/api/v1/communes/?format=xlsx", "/don-vi/?xuat=xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(portal.get(address).content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
        assert {cell.data_type for cell in cells} == {"s"}
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} & {"f"} == set()


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_in_a_name_is_a_text_in_csv(text, portal):
    rename(name=text)
    content = portal.get("/api/v1/communes/?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["name"] for row in rows if row["code"] == "23407"] == [f"'{text}"]


@pytest.mark.parametrize(("text", "written"), [("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("Đăk Na", "Đăk Na"), ("", "")])
def test_plain_text_of_csv(text, written):
    assert plain_text(text) == written


def test_workbook_holds_no_control_characters_and_has_a_sound_title():
    """XML cannot hold them, and Excel refuses some signs in the name of a sheet."""
    file = write_xlsx("Sở A/B: [x]*?\\\x07" + "y" * 40, ["Tên\x00"], [["a\x07b"], [-1], ["x" * 40_000]])
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    assert sheet.title == ("Sở A B   x    " + "y" * 40)[:31]
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == ["Tên", "ab", -1]


def test_department_with_strange_signs_still_exports(portal):
    rename(name='Sở "A"/B: [x]\r\nSet-Cookie: x=1')
    response = portal.get("/don-vi/SYT/?xuat=xlsx")
    assert (response.status_code, "Set-Cookie: x" in str(response.headers)) == (200, False)
