"""The commands that timers run: safe to repeat, and without --save they only tell."""

from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from ntm_portal.accounts.models import Notice
from ntm_portal.core.audit import AuditEntry
from reports.actions.opening import close_period
from reports.models import Obligation, ReportingPeriod
from tests.factories.office import HEALTH, handed_in, open_for, report_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def run(name: str, *arguments: str) -> list[str]:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue().splitlines()


def opened() -> list[str]:
    return [str(record) for record in ReportingPeriod.objects.opened().order_by("data_until", "kind")]


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2020, 11, 1), ["Tháng 11/2020"]),
        (date(2020, 11, 20), ["Tháng 11/2020"]),
        (date(2020, 11, 21), []),
        (date(2020, 12, 1), ["Tháng 12/2020", "Quý 4/2020"]),
    ],
)
def test_month_opens_on_its_first_day_and_quarter_with_its_last_month(day, names, clock_at, db):
    clock_at(day)
    run("open_periods", "--save")
    assert opened() == names


def test_periods_are_opened_once_and_signed_by_the_command(db):
    first = run("open_periods", "--save")
    count = Obligation.objects.count()
    assert first[0].startswith(f"Tháng 10/2020: {count} trách nhiệm nộp mới, ")
    assert first[1].startswith("Bỏ qua 12 kỳ đã quá hạn nộp mà chưa mở (tháng 1/2020, ")
    assert run("open_periods", "--save")[0] == "Tháng 10/2020: 0 trách nhiệm nộp mới, 0 dòng điền sẵn."
    assert Obligation.objects.count() == count > 0
    assert AuditEntry.objects.filter(user_name="hệ thống: open_periods").exists()


def test_without_save_nothing_is_opened(db):
    assert run("open_periods")[0] == "Tháng 10/2020: sẽ mở (thêm --save)."
    assert opened() == []


def test_closed_period_stays_closed(coordinator):
    close_period(open_for(HEALTH), reason="Thử", by=coordinator)
    assert run("open_periods", "--save")[0] == "Không có kỳ nào cần mở."


def test_past_periods_are_opened_when_asked_for(clock_at, db):
    clock_at(date(2020, 2, 1))
    run("open_periods", "--save", "--past")
    assert opened() == ["Tháng 1/2020", "Tháng 2/2020"]


def kinds(user) -> list[str]:
    told = Notice.objects.filter(recipient=user).exclude(kind="period_opened")
    return list(told.order_by("pk").values_list("kind", flat=True))


def test_reminders_come_before_and_after_the_due_day_each_once(officer, clock_at):
    open_for(HEALTH)
    told = {}
    for day in (16, 17, 18, 20, 21, 22, 27, 28, 29):
        clock_at(date(2020, 10, day))
        run("send_reminders", "--save")
        run("send_reminders", "--save")
        told[day] = kinds(officer)
    assert told[16] == []
    assert told[17] == told[20] == ["due_soon"]
    assert told[21] == told[27] == ["due_soon", "overdue"]
    assert told[28] == told[29] == ["due_soon", "overdue", "overdue"]


def test_reminder_that_was_missed_comes_later_in_the_three_days(officer, clock_at):
    open_for(HEALTH)
    clock_at(date(2020, 10, 19))
    assert run("send_reminders", "--save")[0] == "Thông báo mới: 1 sắp đến hạn, 0 quá hạn."
    assert Notice.objects.get(kind="due_soon").subject == "Báo cáo tiêu chí tháng 10/2020: còn 1 ngày"


def test_nobody_is_reminded_of_what_came_or_is_over(officer, coordinator, clock_at):
    open_for(HEALTH)
    handed_in(report_of(), officer)
    close_period(open_for(HEALTH, number=9), reason="Thử", by=coordinator)
    clock_at(date(2020, 10, 25))
    assert run("send_reminders", "--save")[0] == "Thông báo mới: 0 sắp đến hạn, 0 quá hạn."


def test_emails_that_could_not_leave_and_digests_go_with_the_timer(officer):
    officer.email = "soyte@example.org"
    officer.save()
    open_for(HEALTH)
    assert mail.outbox == []  # the test's transaction is never committed: as if the server had been away
    said = run("send_reminders")
    assert said == ["Đang có (thêm --save để nhắc): 1 báo cáo sắp đến hạn, 0 báo cáo quá hạn, 1 thông báo chờ gửi thư."]
    assert run("send_reminders", "--save")[1] == "Thư: 2 đã gửi, 0 chưa gửi được và sẽ thử lại."
    assert run("send_reminders", "--save")[1] == "Thư: 0 đã gửi, 0 chưa gửi được và sẽ thử lại."
    assert len(mail.outbox) == 2
