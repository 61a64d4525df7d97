"""What happens to a body's part in a task: each act once, kept with who and when, and refused out of its order."""

import threading
from datetime import date

import pytest
from django.db import connection

from directives.actions.errors import TaskStateError, WordsMissingError
from directives.actions.tasks import (
    accept_task,
    ask_extension,
    close_task,
    confirm_done,
    decide_extension,
    give_task,
    propose_done,
    propose_for_met_targets,
    remind_tasks,
    report_progress,
    return_task,
)
from directives.models import Assignment, Obstacle, Task, TaskUpdate
from ntm_portal.accounts.models import Notice, User
from tests.factories.office import person
from tests.factories.tasks import HEALTH, KON_PLONG, give, part_of

State, Kind = Assignment.State, TaskUpdate.Kind


def fresh(part: Assignment) -> Assignment:
    return Assignment.objects.with_about().get(pk=part.pk)


def kinds(part: Assignment) -> list[str]:
    return list(part.updates.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def part(db) -> Assignment:
    """F1: Kon Plông has to finish Măng Cành."""
    return part_of("F1", KON_PLONG)


@pytest.fixture
def doer(db) -> User:
    return User.objects.get(username="konplong")


def test_part_goes_from_given_to_done_and_every_step_is_kept(part, doer, coordinator):
    accept_task(part, by=doer)
    report_progress(part, percent=60, text="Đã xong đường", by=doer)
    propose_done(part, text="Đã trình hồ sơ", by=doer)
    confirm_done(part, by=coordinator, text="Tốt")
    done = fresh(part)
    assert (done.state, done.percent, done.done_on, done.revision) == (State.DONE, 100, date(2020, 10, 20), 4)
    assert list(part.updates.order_by("pk").values_list("kind", "text", "percent", "made_by__username")) == [
        (Kind.ACCEPTED, "", None, "konplong"),
        (Kind.PROGRESS, "Đã xong đường", 60, "konplong"),
        (Kind.PROPOSED, "Đã trình hồ sơ", None, "konplong"),
        (Kind.CONFIRMED, "Tốt", 100, "dieuphoi"),
    ]


def test_returned_part_goes_on_and_may_be_proposed_again(part, doer, coordinator):
    propose_done(part, text="Xong", by=doer)
    return_task(part, text="Thiếu hồ sơ", by=coordinator)
    assert fresh(part).state == State.ACCEPTED
    propose_done(part, text="Đã bổ sung", by=doer)
    confirm_done(part, by=coordinator)
    return_task(part, text="Kiểm tra lại thấy chưa đạt", by=coordinator)
    assert (fresh(part).state, fresh(part).done_on) == (State.ACCEPTED, None)


@pytest.mark.parametrize(
    ("day", "due"), [(date(2020, 10, 20), date(2020, 11, 20)), (date(2020, 12, 31), date(2021, 1, 20))]
)
def test_monthly_part_is_due_the_next_month_on_the_same_day(day, due, officer, coordinator, db):
    monthly = part_of("F5", HEALTH)
    Assignment.objects.filter(pk=monthly.pk).update(due_on=day.replace(day=20))
    propose_done(monthly, text="Đã báo cáo", by=officer)
    confirm_done(monthly, by=coordinator)
    now = fresh(monthly)
    assert (now.state, now.percent, now.due_on, now.done_on) == (State.ACCEPTED, 0, due, None)


def test_quarterly_part_on_the_last_day_keeps_to_the_last_day(officer, coordinator, db):
    [quarterly] = give(HEALTH, due_on=date(2020, 10, 31), recurrence=Task.Recurrence.QUARTERLY)
    for due in (date(2021, 1, 31), date(2021, 4, 30), date(2021, 7, 31)):
        propose_done(quarterly, text="Đã báo cáo", by=officer)
        confirm_done(quarterly, by=coordinator)
        assert fresh(quarterly).due_on == due


def test_standing_part_goes_on_without_a_day(officer, coordinator, db):
    standing = part_of("F4", HEALTH)
    propose_done(standing, text="Đã kiểm tra", by=officer)
    confirm_done(standing, by=coordinator)
    assert (fresh(standing).state, fresh(standing).due_on) == (State.ACCEPTED, None)
    with pytest.raises(TaskStateError, match="thường xuyên"):
        ask_extension(standing, until=date(2020, 12, 1), text="Xin lùi", by=officer)


def test_extension_is_asked_granted_or_refused_with_reasons(part, doer, coordinator):
    ask_extension(part, until=date(2020, 12, 10), text="Mưa bão", by=doer)
    assert fresh(part).asked_due_on == date(2020, 12, 10)
    with pytest.raises(WordsMissingError):
        decide_extension(part, is_granted=False, text=" ", by=coordinator)
    decide_extension(part, is_granted=False, text="Không có lý do khách quan", by=coordinator)
    assert (fresh(part).due_on, fresh(part).asked_due_on) == (date(2020, 11, 30), None)
    with pytest.raises(TaskStateError, match="Không có đề nghị"):
        decide_extension(part, is_granted=True, text="", by=coordinator)
    ask_extension(part, until=date(2020, 12, 10), text="Bão số 9", by=doer)
    decide_extension(part, is_granted=True, text="", by=coordinator)
    assert (fresh(part).due_on, part.task.due_on) == (date(2020, 12, 10), date(2020, 11, 30))
    assert kinds(part) == ["EXTENSION_ASKED", "EXTENSION_REFUSED", "EXTENSION_ASKED", "EXTENSION_GRANTED"]


@pytest.mark.parametrize("until", [date(2020, 10, 19), date(2020, 11, 30)])
def test_extension_has_to_lead_further(until, part, doer):
    with pytest.raises(TaskStateError, match="sau hạn hiện tại") as refused:
        ask_extension(part, until=until, text="Xin lùi", by=doer)
    assert (refused.value.details, kinds(part)) == ({"field": "until"}, [])


def test_extension_asked_before_a_month_is_confirmed_does_not_pull_the_next_day_back(officer, coordinator, db):
    monthly = part_of("F5", HEALTH)
    ask_extension(monthly, until=date(2020, 10, 25), text="Chờ số liệu", by=officer)
    propose_done(monthly, text="Đã báo cáo", by=officer)
    confirm_done(monthly, by=coordinator)
    assert (fresh(monthly).asked_due_on, fresh(monthly).due_on) == (None, date(2020, 11, 20))


@pytest.mark.parametrize(
    "act",
    [
        lambda part, user: confirm_done(part, by=user),
        lambda part, user: return_task(part, text="Vì", by=user),
        lambda part, user: decide_extension(part, is_granted=True, text="", by=user),
    ],
    ids=["confirm", "return", "extension"],
)
def test_office_decides_only_what_was_proposed(act, part, coordinator):
    with pytest.raises(TaskStateError):
        act(part, coordinator)
    assert kinds(part) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda part, user: accept_task(part, by=user),
        lambda part, user: report_progress(part, percent=1, text="Làm", by=user),
        lambda part, user: propose_done(part, text="Xong", by=user),
        lambda part, user: ask_extension(part, until=date(2020, 12, 30), text="Vì", by=user),
    ],
    ids=["accept", "progress", "propose", "extension"],
)
def test_body_waits_while_its_part_is_proposed_and_after_the_task_is_closed(act, part, doer, coordinator):
    propose_done(part, text="Xong", by=doer)
    with pytest.raises(TaskStateError, match="Đề nghị xác nhận xong"):
        act(part, doer)
    close_task(part.task, by=coordinator)
    with pytest.raises(TaskStateError, match="đã đóng"):
        act(part, doer)
    assert kinds(part) == ["PROPOSED"]


def test_what_was_read_before_somebody_else_acted_is_not_taken(part, doer):
    report_progress(part, percent=10, text="Lần một", by=doer, revision=0)
    with pytest.raises(TaskStateError, match="vừa được cập nhật"):
        report_progress(part, percent=10, text="Lần một", by=doer, revision=0)
    assert kinds(part) == ["PROGRESS"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 5_001])
def test_progress_needs_words_of_a_sound_length(text, part, doer):
    with pytest.raises(WordsMissingError):
        report_progress(part, percent=10, text=text, by=doer)
    assert kinds(part) == []


def test_obstacle_met_on_the_way_is_raised_about_the_task(part, doer):
    report_progress(part, percent=10, text="Đang làm", by=doer, obstacle="Thiếu vốn")
    obstacle = Obstacle.objects.get()
    about = (obstacle.task, obstacle.commune.code, obstacle.raised_by.code, obstacle.description)
    assert about == (part.task, "23470", KON_PLONG, "Thiếu vốn")


def test_task_is_given_once_to_a_body_and_closed_once(part, coordinator):
    assert give_task(part.task, [part.department_id], by=coordinator) == []
    assert close_task(part.task, by=coordinator).closed_on == date(2020, 10, 20)
    with pytest.raises(TaskStateError):
        close_task(part.task, by=coordinator)


def test_body_is_reminded_of_a_part_once_a_day(coordinator, officer, clock_at, db):
    ids = [part_of("F5", HEALTH).pk, part_of("F4", HEALTH).pk]
    assert [a.task.code for a in remind_tasks(ids[:1], text="Khẩn trương", by=coordinator)] == ["F5"]
    assert [a.task.code for a in remind_tasks(ids, text="Khẩn trương", by=coordinator)] == ["F4"]
    assert remind_tasks(ids, text="Khẩn trương", by=coordinator) == []
    clock_at(date(2020, 10, 21))
    assert len(remind_tasks(ids, text="Vẫn chưa xong", by=coordinator)) == 2
    assert Notice.objects.filter(kind="task_reminded", recipient=officer).count() == 3


def test_done_part_is_not_reminded(part, doer, coordinator):
    propose_done(part, text="Xong", by=doer)
    confirm_done(part, by=coordinator)
    assert remind_tasks([part.pk], text="Khẩn trương", by=coordinator) == []


def test_met_target_proposes_once_and_a_returned_part_waits_for_its_body(part, coordinator):
    met, day = [part.task.target_id], date(2020, 10, 20)
    assert (propose_for_met_targets(met, day=day), propose_for_met_targets(met, day=day)) == (1, 0)
    assert fresh(part).state == State.PROPOSED
    return_task(part, text="Chưa trình hồ sơ", by=coordinator)
    assert (propose_for_met_targets(met, day=day), fresh(part).state) == (0, State.ACCEPTED)


def test_of_two_people_who_confirm_at_once_one_is_told(committed_db):
    part = part_of("F1", KON_PLONG)
    propose_done(part, text="Xong", by=User.objects.get(username="konplong"))
    people = [User.objects.get(username="dieuphoi"), person("dieuphoi2", "VPDP", ["COORDINATOR"])]
    told, barrier = [], threading.Barrier(2)

    def confirm(user: User) -> None:
        barrier.wait()
        try:
            confirm_done(part, by=user)
            told.append("")
        except TaskStateError as error:
            told.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["", "Phần việc đang ở trạng thái “Đã xong” nên không làm được việc này."]
    assert kinds(part) == ["PROPOSED", "CONFIRMED"]


def test_of_two_people_who_remind_at_once_one_reminds(committed_db):
    part, by = part_of("F1", KON_PLONG), User.objects.get(username="dieuphoi")
    counts, barrier = [], threading.Barrier(2)

    def remind() -> None:
        barrier.wait()
        try:
            counts.append(len(remind_tasks([part.pk], text="Khẩn trương", by=by)))
        finally:
            connection.close()

    threads = [threading.Thread(target=remind) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(counts), kinds(part)) == ([0, 1], ["REMINDED"])
