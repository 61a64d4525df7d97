"""The admin as an officer and a leader meet it: what is theirs in two clicks, and nothing else."""

import html
import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from communes.models import Commune
from criteria.models import Assessment, Responsibility
from ntm_portal.accounts.models import Department, User

OWN_LISTS = {
    "/quan-tri/accounts/department/",
    "/quan-tri/criteria/assessment/",
    "/quan-tri/criteria/responsibility/",
    "/quan-tri/directives/assignment/",
    "/quan-tri/directives/task/",
    "/quan-tri/reports/reportingperiod/",
}


@pytest.fixture
def health(client, officer):
    """Browser of the officer of the department of health."""
    client.force_login(officer)
    return client


@pytest.fixture
def district(client, db):
    """Browser of the officer of the district of Kon Plông."""
    client.force_login(User.objects.get(username="konplong"))
    return client


def change(record) -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def listed(browser, path: str) -> list:
    return list(browser.get(path).context["cl"].queryset)


def lists_on(page: str) -> set[str]:
    return set(re.findall(r'href="(/quan-tri/\w+/\w+/)"', page))


def test_index_greets_the_officer_with_her_own_things_and_nothing_foreign(health):
    page = html.unescape(health.get("/quan-tri/").content.decode())
    assert "Phần việc của bạn" in page
    assert "Cán bộ sở, ngành, huyện, Sở Y tế" in page
    assert f'href="{change(Department.objects.get(code="SYT"))}"' in page
    assert lists_on(page) == OWN_LISTS
    assert "/add/" not in page


def test_index_offers_a_district_its_communes(district):
    assert "/quan-tri/communes/commune/" in lists_on(district.get("/quan-tri/").content.decode())


def test_two_clicks_lead_to_what_an_officer_is_in_charge_of(health):
    held = listed(health, "/quan-tri/criteria/responsibility/")
    assert set(held) == set(Responsibility.objects.filter(department__code="SYT"))
    assert health.get(change(held[0])).status_code == 200


def test_district_finds_its_communes_and_their_ledger(district):
    assert {unit.district.code for unit in listed(district, "/quan-tri/communes/commune/")} == {"613"}
    rows = Assessment.objects.filter(commune__district__code="613")
    assert district.get("/quan-tri/criteria/assessment/").context["cl"].result_count == rows.count()


def test_filters_offer_only_what_is_the_districts(district):
    page = district.get("/quan-tri/communes/village/").content.decode()
    assert "Tu Mơ Rông" not in html.unescape(page)


@pytest.mark.parametrize("page", ["change", "history"])
def test_foreign_commune_is_not_found(page, district):
    foreign = Commune.objects.get(code="23407")
    assert district.get(reverse(f"admin:communes_commune_{page}", args=[foreign.pk])).status_code == 404


def test_choices_hold_nothing_foreign(district):
    query = {"app_label": "communes", "model_name": "village", "field_name": "commune", "term": "dak na"}
    assert district.get(reverse("admin:autocomplete"), query).json()["results"] == []


def test_officer_keeps_how_the_body_is_reached_and_nothing_else_of_it(district):
    body = Department.objects.get(code="UB613")
    page = district.get(change(body)).content.decode()
    assert set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page)) - {"csrfmiddlewaretoken"} == {
        "phone", "email", "_save", "_continue",
    }  # fmt: skip
    sent = {"phone": "0260 3848 123", "email": "ub@example.vn", "name": "Khác", "code": "X", "kind": "SO_NGANH"}
    assert district.post(change(body), sent).status_code == 302
    after = Department.objects.get(pk=body.pk)
    assert (after.phone, after.email) == ("0260 3848 123", "ub@example.vn")
    assert (after.name, after.code, after.kind) == (body.name, body.code, body.kind)


def test_officer_does_not_find_another_body(district):
    foreign = Department.objects.get(code="SYT")
    answers = [district.get(change(foreign)), district.post(change(foreign), {"phone": "1"})]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert Department.objects.get(pk=foreign.pk).phone == ""


def test_records_name_what_is_closed_without_a_link_to_it(district):
    unit = Commune.objects.filter(district__code="613")[0]
    page = html.unescape(district.get(change(unit)).content.decode())
    assert "Kon Plông" in page
    assert "/quan-tri/communes/district/" not in page


def chosen(action: str, records) -> dict:
    return {"action": action, "_selected_action": [record.pk for record in records]}


def test_officer_takes_her_list_along_as_a_workbook(district):
    communes = Commune.objects.order_by("pk")
    answer = district.post("/quan-tri/communes/commune/", chosen("export_xlsx", communes))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    own = communes.filter(district__code="613").order_by("sort_key")
    assert rows[0][:4] == ("Tên", "Loại", "Huyện, thành phố", "Mã")
    assert [row[3] for row in rows[1:]] == [unit.code for unit in own]
    assert {row[2] for row in rows[1:]} == {"Kon Plông"}


def test_text_of_an_exported_list_is_never_a_formula(portal):
    unit = Commune.objects.filter(district__code="613")[0]
    Commune.objects.filter(pk=unit.pk).update(name="=1+1")
    answer = portal.post("/quan-tri/communes/commune/", chosen("export_xlsx", [unit]))
    cell = load_workbook(io.BytesIO(answer.content)).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_office_marks_rows_as_verified_and_each_keeps_its_history(portal):
    rows = list(Responsibility.objects.filter(is_verified=False)[:3])
    portal.post("/quan-tri/criteria/responsibility/", chosen("mark_verified", rows))
    assert [Responsibility.objects.get(pk=row.pk).is_verified for row in rows] == [True] * 3
    history = portal.get(reverse("admin:criteria_responsibility_history", args=[rows[0].pk])).content.decode()
    assert "đã kiểm chứng" in history.lower()


@pytest.mark.parametrize("username", ["soyte", "lanhdao"])
def test_others_cannot_mark_rows_as_verified(username, client, db):
    client.force_login(User.objects.get(username=username))
    row = Responsibility.objects.filter(department__code="SYT", is_verified=False)[0]
    client.post("/quan-tri/criteria/responsibility/", chosen("mark_verified", [row]))
    assert Responsibility.objects.get(pk=row.pk).is_verified is False


def test_thresholds_are_not_marked_in_place(portal):
    page = portal.get("/quan-tri/criteria/threshold/").content.decode()
    assert ("export_xlsx" in page, "mark_verified" in page) == (True, False)


def test_leader_reads_all_and_is_offered_nothing_to_write(client, leader):
    client.force_login(leader)
    page = client.get("/quan-tri/").content.decode()
    assert (OWN_LISTS - lists_on(page), "/add/" in page, "/quan-tri/accounts/user/" in page) == (set(), False, False)
    unit = Commune.objects.get(code="23407")
    assert 'name="_save"' not in client.get(change(unit)).content.decode()
    assert client.post(change(unit), {"name": "Khác"}).status_code == 403


@pytest.mark.parametrize(
    ("username", "path", "offered"),
    [
        ("dieuphoi", "/xa/23407/", True),
        ("dieuphoi", "/huyen/613/", True),
        ("dieuphoi", "/don-vi/UB613/", True),
        ("konplong", "/don-vi/UB613/", True),
        ("konplong", "/don-vi/SYT/", False),
        ("konplong", "/huyen/613/", False),
        ("lanhdao", "/xa/23407/", False),
        ("dieuphoi", "/", False),
    ],
)
def test_page_leads_to_its_record_in_the_admin_whoever_may_edit_it(username, path, offered, client, db):
    client.force_login(User.objects.get(username=username))
    found = re.findall(r'<a href="(/quan-tri/[^"]+/change/)">Sửa hồ sơ</a>', client.get(path).content.decode())
    assert [client.get(address).status_code for address in found] == [200] * offered


def test_admin_takes_its_colours_from_the_tokens(portal):
    page = portal.get("/quan-tri/").content.decode()
    sheets = ["css/tokens.css", "css/tokens-dark.css", "js/theme.js", "css/admin.css"]
    assert [name in page for name in sheets] == [True] * 4
    assert ("admin/css/dark_mode.css" in page, "data-theme-next" in page, '<a href="/">Về cổng</a>' in page) == (
        False,
        True,
        True,
    )
