"""The calendar of due days: its form by RFC 5545, whose days it holds, and the key that opens it."""

import re
from datetime import UTC, date, datetime

import pytest

from directives.actions.calendars import digest_of, make_calendar
from directives.actions.tasks import confirm_done, propose_done
from directives.calendar import due_days, serialize
from directives.models import CalendarKey, Task
from ntm_portal.accounts.models import Membership, User
from ntm_portal.core.audit import AuditEntry
from tests.factories.tasks import HEALTH, KON_PLONG, give, part_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGE = "/tai-khoan/lich/"
TODAY = date(2020, 10, 20)


def feed(client, key: str):
    return client.get(f"/lich/{key}.ics")


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def written(user: User) -> bytes:
    return serialize(
        due_days(user.scope, today=TODAY),
        name="Lịch, thử",
        at=datetime(2020, 10, 20, 3, 4, 5, tzinfo=UTC),
        address=lambda task: f"https://ntm.example/nhiem-vu/{task.pk}/",
        host="ntm.example",
    )


def test_calendar_is_written_as_the_standard_wants_it(db):
    content = written(User.objects.get(username="konplong"))
    task = Task.objects.get(code="F1")
    lines = unfolded(content)
    assert lines[:2] + lines[5:6] + lines[7:14] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "X-WR-CALNAME:Lịch\\, thử",
        "BEGIN:VEVENT",
        f"UID:nhiem-vu-{task.pk}-20201130@ntm.example",
        "DTSTAMP:20201020T030405Z",
        "DTSTART;VALUE=DATE:20201130",
        "DTEND;VALUE=DATE:20201201",
        "SUMMARY:Hạn: Hoàn thành các chỉ tiêu xã Măng Cành và trình hồ sơ công nhận",
        lines[13],
    ]
    assert "Măng Cành\\; chuẩn bị\\, hoàn thiện" in lines[13]
    assert "\\nĐơn vị: UBND huyện Kon Plông\\nVăn bản: Công văn 3867/UBND-NNTN" in lines[13]
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut(coordinator):
    pieces = written(coordinator).split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    assert all(piece.decode() for piece in pieces[:-1])
    assert b"\n" not in written(coordinator).replace(b"\r\n", b"")


def test_officer_has_the_days_of_the_own_body_and_who_reads_all_has_all(officer, leader):
    give(HEALTH, due_on=None)
    own = [(day.task.code, day.due_on, day.bodies) for day in due_days(officer.scope, today=TODAY)]
    assert own == [("F5", date(2020, 10, 20), ("Sở Y tế",))]
    every = [(day.task.code, len(day.bodies)) for day in due_days(leader.scope, today=TODAY)]
    assert sorted(every) == [("F1", 1), ("F2", 1), ("F3-1", 1), ("F3-2", 1), ("F5", 16)]
    assert due_days(leader.scope, today=date(2020, 10, 12)) == []


def test_part_that_is_done_leaves_the_calendar(coordinator, db):
    doer = User.objects.get(username="konplong")
    propose_done(part_of("F1", KON_PLONG), text="Xong", by=doer)
    confirm_done(part_of("F1", KON_PLONG), by=coordinator)
    assert due_days(doer.scope, today=TODAY) == []


def test_address_is_shown_once_renewed_and_revoked(client, officer):
    client.force_login(officer)
    first = re.search(r"/lich/([\w-]+)\.ics", client.post(PAGE).content.decode())[1]
    assert first not in client.get(PAGE).content.decode()
    assert CalendarKey.objects.get().digest == digest_of(first)
    second = re.search(r"/lich/([\w-]+)\.ics", client.post(PAGE).content.decode())[1]
    client.logout()
    assert [feed(client, key).status_code for key in (first, second)] == [404, 200]
    client.force_login(officer)
    assert "Đã hủy địa chỉ lịch." in client.post(f"{PAGE}huy/", follow=True).content.decode()
    assert "Bạn chưa có địa chỉ lịch nào." in client.post(f"{PAGE}huy/", follow=True).content.decode()
    client.logout()
    assert feed(client, second).status_code == 404


def test_trail_tells_of_the_address_but_not_its_hash(officer):
    key = make_calendar(officer)
    told = str(list(AuditEntry.objects.filter(model="directives.calendarkey").values()))
    assert (AuditEntry.objects.filter(model="directives.calendarkey").count(), digest_of(key) in told) == (1, False)


def test_feed_is_a_calendar_that_nobody_keeps(client, officer):
    answer = feed(client, make_calendar(officer))
    assert (answer["Content-Type"], "no-store" in answer["Cache-Control"]) == ("text/calendar; charset=utf-8", True)
    assert "SUMMARY:Hạn: Báo cáo định kỳ hằng tháng\\, quý" in unfolded(answer.content)
    assert "http://testserver/nhiem-vu/" in answer.content.decode()


@pytest.mark.parametrize("key", ["x", "0" * 43, "a" * 500])
def test_wrong_key_opens_nothing(key, client, db):
    assert feed(client, key).status_code == 404


def test_who_has_left_loses_the_calendar(client, officer):
    key = make_calendar(officer)
    Membership.objects.filter(user=officer).delete()
    without_role = feed(client, key).status_code
    Membership.objects.create(user=officer, department=part_of("F4", HEALTH).department, role="OFFICER")
    again = feed(client, key).status_code
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert (without_role, again, feed(client, key).status_code) == (404, 200, 404)


def test_address_is_its_persons_alone(officer, coordinator):
    make_calendar(officer)
    assert [CalendarKey.objects.visible_to(user.scope).count() for user in (officer, coordinator)] == [1, 0]
