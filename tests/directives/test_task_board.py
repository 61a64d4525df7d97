"""The follow-up board: who must do what by when, for whom in which order, its filters, its workbook, reminding."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from directives.actions.tasks import ask_extension, close_task, confirm_done, propose_done, report_progress
from directives.board import GROUPINGS, UNDER_WAY, Asked, Row, board
from directives.models import Directive, TaskUpdate
from ntm_portal.accounts.models import Notice, User
from ntm_portal.core.audit import AuditEntry
from tests.factories.tasks import HEALTH, KON_PLONG, give, part_of
from tests.test_query_counts import queries_for

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGE = "/nhiem-vu/"
ISSUED, LATER = date(2020, 10, 13), date(2020, 12, 2)


@pytest.fixture
def doer(db) -> User:
    return User.objects.get(username="konplong")


def seen(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.task.code, row.part.department.code) for row in rows]


def codes(user, today: date = ISSUED, **asked) -> set[str]:
    return {row.task.code for row in board(user.scope, Asked(**({"state": UNDER_WAY} | asked)), today=today).rows}


def test_on_the_day_of_the_directive_the_board_says_who_must_do_what_before_december(coordinator):
    found = board(coordinator.scope, Asked(state=UNDER_WAY, until=date(2020, 11, 30)), today=ISSUED)
    lines = [(line.task.code, line.due_on, [row.part.department.code for row in line.rows]) for line in found.lines]
    assert [(code, due, bodies if len(bodies) < 3 else len(bodies)) for code, due, bodies in lines] == [
        ("F5", date(2020, 10, 20), 16),
        ("F1", date(2020, 11, 30), ["UB613"]),
        ("F2", date(2020, 11, 30), ["UB617"]),
        ("F3-1", date(2020, 11, 30), ["UB610"]),
        ("F3-2", date(2020, 11, 30), ["UB610"]),
    ]
    assert (found.overdue, found.soon, found.proposed, found.extensions) == (0, 16, 0, 0)


def test_day_before_the_directive_shows_nothing_of_it(portal, clock_at):
    clock_at(date(2020, 10, 12))
    assert "Chưa có nhiệm vụ nào được giao đến ngày 12/10/2020" in portal.get(PAGE).content.decode()


def test_overdue_come_first_then_by_day_and_standing_ones_last(coordinator):
    rows = board(coordinator.scope, Asked(state=UNDER_WAY), today=LATER).rows
    assert [row.is_overdue for row in rows] == [True] * 20 + [False] * 17
    assert rows[0].due_words == "quá hạn 43 ngày"
    assert [row.task.code for row in rows[16:21]] == ["F1", "F2", "F3-1", "F3-2", "F4"]


def test_proposed_part_is_not_overdue_and_is_counted(doer, coordinator):
    part = part_of("F1", KON_PLONG)
    ask_extension(part, until=date(2020, 12, 31), text="Mưa bão", by=doer)
    propose_done(part, text="Đã xong", by=doer)
    found = board(coordinator.scope, Asked(state=UNDER_WAY), today=LATER)
    assert (found.overdue, found.proposed, found.extensions) == (19, 1, 1)
    assert [g.name for g in found.groups] == ["Quá hạn", "Quá hạn, chờ xác nhận", "Thường xuyên"]


@pytest.mark.parametrize("by", GROUPINGS)
def test_officer_sees_the_own_part_first_and_every_part_under_a_heading(by, doer):
    found = board(doer.scope, Asked(group=by, state=UNDER_WAY), today=ISSUED)
    assert (found.groups[0].name, seen(found.groups[0].rows)) == ("Việc của đơn vị tôi", [("F1", KON_PLONG)])
    assert {row.part.pk for group in found.groups for row in group.rows} == {row.part.pk for row in found.rows}


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("han", ["Trong 7 ngày tới", "Tháng 11/2020", "Thường xuyên"]),
        ("van-ban", ["Công văn 3867/UBND-NNTN, 13/10/2020"]),
        ("huyen", ["Huyện Đăk Glei", "Huyện Kon Plông", "Huyện Tu Mơ Rông", "Không riêng huyện nào"]),
    ],
)
def test_headings(by, names, coordinator):
    assert [g.name for g in board(coordinator.scope, Asked(group=by, state=UNDER_WAY), today=ISSUED).groups] == names


def test_bodies_are_headings_in_the_order_of_their_kinds(coordinator):
    groups = board(coordinator.scope, Asked(group="don-vi", state=UNDER_WAY), today=ISSUED).groups
    assert [(g.body.code, len(g.rows)) for g in (groups[0], groups[-1])] == [("VPDP", 1), ("HLHPN", 2)]
    assert len(groups) == 20


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"body": "UB610"}, {"F3-1", "F3-2"}),
        ({"district": "613"}, {"F1"}),
        ({"commune": "23407"}, {"F2"}),
        ({"until": date(2020, 10, 31)}, {"F5"}),
        ({"state": "PROPOSED"}, set()),
        ({"state": "GIVEN", "body": "VPDP"}, {"F6"}),
        ({"only_overdue": True}, set()),
        ({"only_mine": True}, set()),
    ],
)
def test_filters(asked, expected, coordinator):
    assert codes(coordinator, **asked) == expected


def test_directive_and_mine_narrow_together_with_the_rest(doer, officer):
    own = Directive.objects.get(number="3867/UBND-NNTN")
    give(HEALTH)
    assert codes(officer, date(2020, 10, 20), only_mine=True) == {"", "F4", "F5"}
    assert codes(officer, date(2020, 10, 20), only_mine=True, directive=own.pk) == {"F4", "F5"}
    assert codes(doer, LATER, only_mine=True, only_overdue=True) == {"F1"}


def test_part_without_a_district_of_its_own_stands_where_its_communes_are(coordinator):
    [part] = give(HEALTH)
    part.task.communes.set(part_of("F1", KON_PLONG).task.communes.all())
    groups = board(coordinator.scope, Asked(group="huyen", district="613"), today=date(2020, 10, 20)).groups
    assert [(g.name, seen(g.rows)) for g in groups] == [("Huyện Kon Plông", [("", HEALTH), ("F1", KON_PLONG)])]


def test_done_and_closed_parts_show_when_asked_for(doer, coordinator):
    part = part_of("F1", KON_PLONG)
    propose_done(part, text="Xong", by=doer)
    confirm_done(part, by=coordinator)
    close_task(part_of("F6", "VPDP").task, by=coordinator)
    assert {"F1", "F6"} & codes(coordinator) == set()
    assert codes(coordinator, state="DONE") == {"F1"}
    assert {"F1", "F6"} <= codes(coordinator, state="")


def test_words_of_a_body_are_its_readers_alone(client, doer, officer, leader):
    report_progress(part_of("F1", KON_PLONG), percent=35, text="Đã làm xong đường trục", by=doer)
    told = {}
    for user in (doer, officer, leader):
        client.force_login(user)
        page = client.get(PAGE).content.decode()
        told[user.username] = ("35%" in page, "Đã làm xong đường trục" in page)
    assert told == {"konplong": (True, True), "soyte": (True, False), "lanhdao": (True, True)}


def test_filters_stay_in_every_address_of_the_page(portal):
    page = portal.get(f"{PAGE}?nhom=huyen&don_vi=UB610").content.decode()
    assert '<input type="hidden" name="nhom" value="huyen">' in page
    assert "?don_vi=UB610&amp;nhom=van-ban#phan-viec" in page
    assert "?nhom=huyen&amp;don_vi=UB610&amp;xuat=xlsx" in page


@pytest.mark.parametrize(
    "query", ["nhom=x", "van_ban=abc", "den=31/02/2020", "chi=x", "trang_thai=x", "la=1", "xuat=pdf", "van_ban=0"]
)
def test_what_cannot_be_read_is_said(query, portal):
    assert portal.get(f"{PAGE}?{query}").status_code == 400


def test_workbook_has_the_rows_of_the_page(portal, doer):
    report_progress(part_of("F1", KON_PLONG), percent=35, text="=1+1", by=doer)
    answer = portal.get(f"{PAGE}?huyen=613&xuat=xlsx")
    header, *rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    row = dict(zip(header, rows[0], strict=True))
    assert (len(rows), row["Mã đơn vị"], row["Xã"], row["Còn lại"], row["Tiến độ (%)"], row["Nội dung cập nhật"]) == (
        1, "UB613", "Xã Măng Cành", "còn 41 ngày", 35, "Cập nhật tiến độ: =1+1"
    )  # fmt: skip
    assert AuditEntry.objects.filter(kind="EXPORTED", record_name="Nhiệm vụ").count() == 1


def test_query_count_does_not_grow_with_tasks_bodies_and_updates(portal, doer):
    report_progress(part_of("F1", KON_PLONG), percent=5, text="Lần một", by=doer)
    few = queries_for(portal, PAGE)
    for part in [p for _ in range(3) for p in give(HEALTH, KON_PLONG, "UB610")]:
        part.task.communes.set(part_of("F2", "UB617").task.communes.all())
        report_progress(part, percent=5, text="Thêm", by=doer)
    assert queries_for(portal, PAGE) == few <= 16


def remind(client, **sent):
    return client.post(f"{PAGE}don-doc/?nhom=don-vi", {"noi_dung": "Đề nghị khẩn trương."} | sent)


def test_office_reminds_chosen_parts_and_whole_bodies_once(portal, officer):
    one, body = part_of("F1", KON_PLONG), part_of("F5", HEALTH)
    answer = remind(portal, phan=[one.pk], don_vi=[body.department_id])
    chosen = sorted([one.pk, body.pk, part_of("F4", HEALTH).pk])
    assert answer.url == f"{PAGE}don-doc/ket-qua/?" + "&".join(f"phan={pk}" for pk in chosen)
    page = portal.get(answer.url).content.decode()
    assert "Đã đôn đốc 2 đơn vị về 3 phần việc." in page
    assert "Đề nghị khẩn trương." in page
    assert TaskUpdate.objects.filter(kind="REMINDED", text="Đề nghị khẩn trương.").count() == 3
    assert Notice.objects.filter(kind="task_reminded", recipient=officer).count() == 1
    again = portal.get(remind(portal, phan=[one.pk]).url).content.decode()
    assert "Không có thêm ai để đôn đốc. 1 phần việc đã được đôn đốc hôm nay." in again


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Hãy chọn ít nhất một phần việc hoặc một đơn vị."),
        ({"phan": ["999999"]}, "Có phần việc không còn trên bảng; hãy chọn lại."),
        ({"phan": ["x"]}, "Có phần việc không còn trên bảng; hãy chọn lại."),
        ({"don_vi": ["999999"]}, "Có đơn vị không còn trên bảng; hãy chọn lại."),
        ({"noi_dung": " "}, "Hãy ghi nội dung đôn đốc."),
    ],
)
def test_reminder_that_cannot_be_taken_is_said_on_the_board(sent, said, portal):
    answer = remind(portal, **sent)
    assert (answer.status_code, said in answer.content.decode()) == (400, True)
    assert TaskUpdate.objects.count() == 0


@pytest.mark.parametrize("username", ["soyte", "lanhdao"])
def test_only_the_office_reminds(username, client):
    client.force_login(User.objects.get(username=username))
    part = part_of("F1", KON_PLONG)
    assert remind(client, phan=[part.pk]).status_code == 403
    assert client.get(f"{PAGE}don-doc/cong-van/?phan={part.pk}").status_code == 403
    assert "Nội dung đôn đốc" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("page", ["/", "/xa/23470/", "/don-vi/UB613/"])
def test_status_pages_tell_of_what_is_overdue(page, portal, clock_at):
    clock_at(LATER)
    served = portal.get(page).content.decode()
    assert ("quá hạn 2 ngày" in served, "quá hạn 43 ngày" in served) == (page != "/", page == "/")


def test_board_is_in_the_navigation_without_the_day_of_a_status_page(portal):
    assert '<a href="/nhiem-vu/"' in portal.get("/?ngay=2020-10-13").content.decode()
