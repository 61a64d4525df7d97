"""The page of the audit trail: who may read it, what finds an entry, and where it is linked."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from communes.models import Commune
from directives.models import Target
from ntm_portal.accounts.models import Department
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditEntry, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(portal, coordinator):
    """A body that the coordinator renamed in the admin, and the entry of it."""
    body = Department.objects.get(code="SYT")
    page = reverse("admin:accounts_department_change", args=[body.pk])
    data = {"name": body.name, "code": "SYT", "short_name": "Y tế", "kind": body.kind, "basis": body.basis}
    assert portal.post(page, data, REMOTE_ADDR="10.1.2.3").status_code == 302
    return AuditEntry.objects.get(model="accounts.department", record_id=body.pk)


def found(portal, **asked) -> list[AuditEntry]:
    return list(portal.get("/nhat-ky/", asked).context["entries"])


def test_only_coordination_office_and_administrator_read_the_trail(client, admin_user, coordinator, officer, leader):
    answers = []
    for user in (admin_user, coordinator, officer, leader):
        client.force_login(user)
        answers.append((client.get("/nhat-ky/").status_code, client.get("/nhat-ky/?xuat=xlsx").status_code))
    assert answers == [(200, 200), (200, 200), (403, 403), (403, 403)]


def test_trail_tells_in_vietnamese_sentences(portal, renamed):
    assert renamed.sentence == ("Cán bộ điều phối (dieuphoi) đổi đơn vị Sở Y tế: tên gọn Sở Y tế → Y tế")
    page = portal.get("/nhat-ky/").content.decode()
    assert "<strong>Cán bộ điều phối (dieuphoi)</strong> đổi đơn vị Sở Y tế: tên gọn Sở Y tế → Y tế" in page
    assert "từ 10.1.2.3" in page


def test_filters_find_the_entry(portal, renamed):
    day = f"{clock.local(renamed.at):%d/%m/%Y}"
    for asked in (
        {"q": "so y te y te"}, {"q": "10.1.2.3"}, {"ai": "dieuphoi", "loai": "accounts.department"},
        {"loai": "accounts.department", "so": renamed.record_id}, {"viec": "CHANGED"},
        {"viec": "CHANGED", "tu": day, "den": day},
    ):  # fmt: skip
        assert (asked, found(portal, **asked)) == (asked, [renamed])
    for asked in ({"q": "khong-co"}, {"ai": "soyte", "viec": "CHANGED"}, {"viec": "CHANGED", "den": "31/12/2020"}):
        assert (asked, found(portal, **asked)) == (asked, [])


@pytest.mark.parametrize("query", ["so=1", "viec=BAY", "tu=32/1/2020", "tu=2/1/2020&den=1/1/2020", "la=1", "trang=0"])
def test_what_cannot_be_read_is_said(query, portal):
    assert portal.get(f"/nhat-ky/?{query}").status_code == 400


def test_trail_is_cut_into_pages(portal):
    for number in range(60):
        Department.objects.create(code=f"D{number}", name=f"Đơn vị {number}", short_name="D", kind="ENTERPRISE")
    assert len(found(portal, loai="accounts.department")) == 50
    assert len(found(portal, loai="accounts.department", trang=2)) == 10
    assert len(found(portal, loai="accounts.department", trang=99)) == 10


def test_trail_is_exported_and_says_so(portal, renamed):
    file = portal.get("/nhat-ky/", {"xuat": "xlsx", "viec": "CHANGED"})
    header, row = list(load_workbook(io.BytesIO(file.content)).active.iter_rows(values_only=True))
    assert header[1:8] == ("Người làm", "Từ địa chỉ", "Việc", "Loại bản ghi", "Bản ghi", "Trước, sau", "Diễn giải")
    assert row[1:7] == (
        "Cán bộ điều phối (dieuphoi)", "10.1.2.3", "đổi", "đơn vị", "Sở Y tế", "tên gọn: Sở Y tế → Y tế",
    )  # fmt: skip
    told = AuditEntry.objects.filter(kind=Kind.EXPORTED).values_list("record_name", "note")
    assert list(told) == [("Nhật ký", "1 dòng; viec=CHANGED")]


def test_text_of_strangers_is_shown_as_text(portal, client):
    client.logout()
    client.post("/dang-nhap/", {"username": "<script>alert(1)</script>", "password": "x"})
    client.force_login(Department.objects.get(code="VPDP").memberships.first().user)
    page = client.get("/nhat-ky/").content.decode()
    assert "<script>alert(1)" not in page
    assert "“&lt;script&gt;alert(1)&lt;/script&gt;”" in page


def test_history_in_the_admin_is_the_trail(portal, renamed):
    page = portal.get(reverse("admin:accounts_department_history", args=[renamed.record_id])).content.decode()
    assert "Đổi đơn vị Sở Y tế: tên gọn Sở Y tế → Y tế" in page
    assert "từ 10.1.2.3" in page
    assert f"/nhat-ky/?loai=accounts.department&amp;so={renamed.record_id}" in page


def test_page_of_a_commune_leads_to_its_history_for_those_who_may(client, coordinator, officer):
    link = f"/nhat-ky/?loai=communes.commune&amp;so={Commune.objects.get(code='23407').pk}"
    shown = []
    for user in (coordinator, officer):
        client.force_login(user)
        shown.append(link in client.get("/xa/23407/").content.decode())
    assert shown == [True, False]


def test_targets_lead_to_their_history_for_those_who_may(client, coordinator, officer):
    link = f"/nhat-ky/?loai=directives.target&amp;so={Target.objects.first().pk}"
    shown = []
    for user in (coordinator, officer, coordinator):
        client.force_login(user)
        shown.append(
            (link in client.get("/muc-tieu/").content.decode(), ">Nhật ký<" in client.get("/").content.decode())
        )
    assert shown == [(True, True), (False, False), (True, True)]


def test_queries_of_the_trail_do_not_grow(portal, renamed, django_assert_max_num_queries):
    for _ in range(20):
        portal.get("/?xuat=xlsx")
    with django_assert_max_num_queries(8):
        portal.get("/nhat-ky/")
