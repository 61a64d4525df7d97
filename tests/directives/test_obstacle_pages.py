"""Pages of obstacles: who sees and does what, and what each page says."""

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from openpyxl import load_workbook

from directives.actions import obstacles as acts
from directives.models import Obstacle, ObstacleStep
from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditEntry
from tests.directives.test_obstacles import WORDS, body, commune
from tests.factories.ledger import DAK_NA
from tests.factories.office import person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LIST, NEW, OUT = "/vuong-mac/", "/vuong-mac/them/", "/vuong-mac/bao-cao/"


@pytest.fixture
def obstacle(officer) -> Obstacle:
    """Raised by the department of health about Đăk Na."""
    return acts.raise_obstacle(WORDS, raised_by=body("SYT"), by=officer, commune=commune())


@pytest.fixture
def health(client, officer):
    client.force_login(officer)
    return client


def last(obstacle: Obstacle) -> int:
    return obstacle.steps.order_by("-pk").first().pk


def do(client, obstacle: Obstacle, act: str, **given):
    return client.post(f"/vuong-mac/{obstacle.pk}/{act}/", {"buoc": last(obstacle), **given})


def text(response) -> str:
    return response.content.decode()


def rows(response) -> list[int]:
    return [row.obstacle.pk for row in response.context["rows"]]


def test_list_shows_the_oldest_first_with_its_age_and_answer(portal, obstacle, officer, clock_at):
    clock_at(date(2020, 11, 1))
    newer = acts.raise_obstacle("Chưa có máy siêu âm", raised_by=body("SYT"), by=officer)
    response = portal.get(LIST)

    assert rows(response) == [obstacle.pk, newer.pk]
    assert [(row.age, row.answer_words) for row in response.context["rows"]] == [
        (12, "quá hạn 2 ngày"),
        (0, "còn 10 ngày"),
    ]
    assert response.context["tally"] == {"open": 2, "overdue": 1, "new": 2, "to_report": 0, "own": 0}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1), ("huyen=617", 1), ("huyen=613", 0), ("don_vi=SYT", 1), ("don_vi=SXD", 0), ("trang_thai=RESOLVED", 0),
        ("giai_quyet=van-phong", 1), ("giai_quyet=SYT", 0), ("tim=thieu von", 1), ("tim=máy", 0), ("chi=qua-han", 0),
        ("cua_toi=1", 0), ("trang_thai=tat-ca", 1),
    ],
)  # fmt: skip
def test_list_is_narrowed_by_its_address(portal, obstacle, query, count):
    assert len(rows(portal.get(f"{LIST}?{query}"))) == count


@pytest.mark.parametrize("query", ["trang_thai=x", "trang=0", "x=1", "xuat=pdf", "chi=x", "tim=a&tim=b"])
def test_list_says_what_it_cannot_read(portal, query):
    assert portal.get(f"{LIST}?{query}").status_code == 400


def test_officer_sees_only_what_is_theirs(client, obstacle, db):
    client.force_login(User.objects.get(username="konplong"))
    assert rows(client.get(LIST)) == []
    assert client.get(f"/vuong-mac/{obstacle.pk}/").status_code == 404
    assert client.post(f"/vuong-mac/{obstacle.pk}/da-xong/", {"buoc": 1}).status_code == 404


def test_list_costs_the_same_for_every_row(portal, officer, obstacle):
    def spent() -> int:
        portal.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            portal.get(LIST)
        return len(captured)

    few = spent()
    for number in range(5):
        acts.raise_obstacle(f"Việc {number}", raised_by=body("SXD"), by=officer, commune=commune())
    assert spent() == few <= 14


def test_list_is_exported_and_the_trail_says_so(portal, obstacle):
    response = portal.get(f"{LIST}?xuat=xlsx&huyen=617")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[2]][1:5] == [WORDS, "Xã Đăk Na", "Huyện Tu Mơ Rông", "Sở Y tế"]
    assert AuditEntry.objects.filter(kind="EXPORTED", note="1 dòng; huyen=617").exists()


def test_list_goes_on_to_the_next_page(portal, officer):
    for number in range(26):
        acts.raise_obstacle(f"Việc {number}", raised_by=body("SYT"), by=officer)
    assert (len(rows(portal.get(LIST))), len(rows(portal.get(f"{LIST}?trang=2")))) == (25, 1)


def test_officer_raises_one_for_the_own_body(health, officer):
    page = text(health.get(f"{NEW}?xa={DAK_NA}"))
    assert f'<option value="{DAK_NA}" selected>' in page
    response = health.post(NEW, {"noi_dung": WORDS, "xa": DAK_NA, "chi_tieu": "15.1", "don_vi": "SYT"})
    made = Obstacle.objects.get()
    assert response["Location"] == f"/vuong-mac/{made.pk}/"
    assert (made.commune.code, made.indicator.code, made.raised_by.code, made.raised_by_user) == (
        DAK_NA, "15.1", "SYT", officer,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("noi_dung", ""), ("noi_dung", "x" * 5001), ("don_vi", "SXD"), ("don_vi", ""), ("xa", "99999"),
     ("chi_tieu", "99.9"), ("nhiem_vu", "abc"), ("nhiem_vu", "9" * 40), ("noi_dung", "a\x00")],
)  # fmt: skip
def test_what_cannot_be_raised_is_said_at_its_field(health, field, value):
    response = health.post(NEW, {"noi_dung": WORDS, "don_vi": "SYT", field: value})
    assert (response.status_code, Obstacle.objects.count()) == (400, 0)
    assert response.context["form"].errors[field]


@pytest.mark.parametrize("query", ["xa=99999", "nhiem_vu=abc", "x=1", "chi_tieu=99.9"])
def test_link_about_something_unknown_is_said(health, query):
    assert health.get(f"{NEW}?{query}").status_code == 400


def test_similar_one_is_offered_before_a_new_one_is_raised(portal, obstacle):
    given = {"noi_dung": "Thieu von doi ung lam duong vao thon", "xa": DAK_NA, "don_vi": "SXD"}
    offered = portal.post(NEW, given)
    assert (offered.status_code, Obstacle.objects.count()) == (200, 1)
    assert "Cũng là việc này" in text(offered)

    joined = portal.post(NEW, given | {"cung": obstacle.pk})
    assert (joined["Location"], Obstacle.objects.count()) == (f"/vuong-mac/{obstacle.pk}/", 1)
    assert ObstacleStep.objects.filter(obstacle=obstacle, department__code="SXD").count() == 1
    assert "Cùng nêu" in text(portal.get(joined["Location"]))
    assert "đã nêu vướng mắc này" in text(portal.post(NEW, given | {"cung": obstacle.pk}))

    portal.post(NEW, given | {"la": "moi"})
    assert Obstacle.objects.count() == 2


def test_obstacle_that_may_not_be_seen_is_not_joined(client, obstacle, db):
    client.force_login(User.objects.get(username="konplong"))
    response = client.post(NEW, {"noi_dung": "a", "don_vi": "UB613", "cung": obstacle.pk})
    assert (response.status_code, obstacle.steps.count()) == (404, 1)


def test_leader_reads_and_does_nothing(client, leader, obstacle):
    client.force_login(leader)
    assert client.get(f"/vuong-mac/{obstacle.pk}/").context["offered"] == []
    assert {client.get(NEW).status_code, client.get(OUT).status_code} == {403}
    for act in ("tra-loi", "giao", "kien-nghi", "da-xong", "neu-lai"):
        assert do(client, obstacle, act, text="a").status_code == 403


def offers(client, obstacle: Obstacle) -> list[str]:
    return [one.name for one in client.get(f"/vuong-mac/{obstacle.pk}/").context["offered"]]


def test_each_is_offered_what_is_theirs_to_do(client, obstacle, coordinator, officer):
    acts.ask_body(obstacle, department=body("SXD"), answer_by=date(2020, 10, 30), text="", by=coordinator)
    expected = {
        coordinator: ["answer", "ask", "escalate", "resolve"],
        officer: ["resolve"],
        person("soxd", "SXD"): ["answer"],
        person("tumorong", "UB617"): [],
    }
    for user, wanted in expected.items():
        client.force_login(user)
        assert offers(client, obstacle) == wanted


def test_body_that_was_asked_answers_and_the_one_that_raised_it_confirms(client, obstacle, coordinator, officer):
    client.force_login(coordinator)
    do(client, obstacle, "giao", department="SXD", answer_by="2020-10-30", text="Đề nghị xem")
    client.force_login(person("soxd", "SXD"))
    assert do(client, obstacle, "tra-loi", text="Đã bố trí vốn").status_code == 302
    assert do(client, obstacle, "da-xong", text="").status_code == 403
    client.force_login(officer)
    assert do(client, obstacle, "tra-loi", text="Tự trả lời").status_code == 403
    do(client, obstacle, "da-xong", text="Đường đã xong")
    page = text(client.get(f"/vuong-mac/{obstacle.pk}/"))
    obstacle.refresh_from_db()
    assert (obstacle.state, obstacle.answer, obstacle.owner.code) == ("RESOLVED", "Đã bố trí vốn", "SXD")
    assert all(said in page for said in ("Đề nghị xem", "Đã bố trí vốn", "Đường đã xong", "Nêu lại"))


def test_second_click_is_told_at_the_form_with_its_words(portal, obstacle):
    seen = last(obstacle)
    given = {"buoc": seen, "text": "Đang xem"}
    assert portal.post(f"/vuong-mac/{obstacle.pk}/tra-loi/", given).status_code == 302
    again = portal.post(f"/vuong-mac/{obstacle.pk}/tra-loi/", given)
    assert (again.status_code, obstacle.steps.filter(kind="ANSWERED").count()) == (409, 1)
    assert "vừa được cập nhật" in text(again)


@pytest.mark.parametrize(
    ("act", "given"),
    [("tra-loi", {"text": ""}), ("giao", {"department": "XXX", "answer_by": "2020-10-30"}),
     ("giao", {"department": "SXD", "answer_by": "30/02/2020"}),
     ("giao", {"department": "SXD", "answer_by": "9999-01-01"}),
     ("kien-nghi", {"text": " "}), ("tra-loi", {"text": "a", "buoc": "x"}), ("tra-loi", {"text": "x" * 5001})],
)  # fmt: skip
def test_act_with_bad_input_changes_nothing(portal, obstacle, act, given):
    assert do(portal, obstacle, act, **given).status_code == 400
    assert obstacle.steps.count() == 1


def test_list_for_the_province_goes_out_in_a_document(portal, obstacle):
    do(portal, obstacle, "kien-nghi", text="Đề nghị UBND tỉnh bố trí 3 tỷ đồng")
    assert "bố trí 3 tỷ đồng" in text(portal.get(OUT))

    letter = Document(io.BytesIO(portal.get(f"{OUT}?xuat=docx").content))
    assert [cell.text for cell in letter.tables[0].rows[1].cells][1:5:3] == [
        WORDS,
        "Đề nghị UBND tỉnh bố trí 3 tỷ đồng",
    ]
    sheet = load_workbook(io.BytesIO(portal.get(f"{OUT}?xuat=xlsx").content)).active
    assert sheet["E2"].value == "Đề nghị UBND tỉnh bố trí 3 tỷ đồng"
    assert AuditEntry.objects.filter(kind="EXPORTED", note="1 dòng").count() == 2

    for wrong in ({"chon": [obstacle.pk]}, {"van_ban": "BC 1"}, {"van_ban": "BC 1", "chon": ["x"]}):
        assert portal.post(OUT, wrong).status_code == 400
    portal.post(OUT, {"chon": [obstacle.pk], "van_ban": "Báo cáo 312/BC-VPĐP"})
    obstacle.refresh_from_db()
    assert obstacle.escalated_in == "Báo cáo 312/BC-VPĐP"
    assert "Không có kiến nghị nào chờ báo cáo" in text(portal.get(OUT))
    assert "Báo cáo 312/BC-VPĐP" in text(portal.get(f"/vuong-mac/{obstacle.pk}/"))


def test_pages_of_the_province_a_body_and_a_commune_name_open_obstacles(portal, obstacle, coordinator):
    link = f'href="/vuong-mac/{obstacle.pk}/"'
    pages = ("/", "/don-vi/SYT/", f"/xa/{DAK_NA}/")
    assert [link in text(portal.get(page)) for page in pages] == [True] * 3
    assert f'href="{NEW}?xa={DAK_NA}"' in text(portal.get(f"/xa/{DAK_NA}/"))
    acts.ask_body(
        obstacle, department=body("SXD"), answer_by=clock.today() + timedelta(days=3), text="", by=coordinator
    )
    assert link in text(portal.get("/don-vi/SXD/"))
    acts.resolve_obstacle(obstacle, text="", by=coordinator)
    assert [link in text(portal.get(page)) for page in pages] == [False] * 3


def test_page_of_the_province_names_only_what_its_reader_may_see(client, obstacle):
    client.force_login(User.objects.get(username="konplong"))
    assert f"/vuong-mac/{obstacle.pk}/" not in text(client.get("/"))
