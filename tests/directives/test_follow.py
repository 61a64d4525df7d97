"""The command that a timer runs: targets that changed, tasks that met targets propose, days near and past."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from directives.actions.targets import follow_targets
from directives.actions.tasks import ask_extension, decide_extension, propose_done, return_task
from directives.models import Assignment, Target, TargetStanding, TaskUpdate
from ntm_portal.accounts.models import Notice, User
from tests.factories.tasks import HEALTH, KON_PLONG, part_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("follow_directives", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_first_look_notes_every_target_and_tells_nobody(db):
    assert run("--save")[0] == "Mục tiêu: 0 đổi trạng thái; 0 phần việc được đề nghị xác nhận xong."
    assert (TargetStanding.objects.count(), Notice.objects.filter(kind="target_changed").count()) == (
        Target.objects.count(), 0
    )  # fmt: skip


def test_change_is_told_once_and_the_next_run_changes_nothing(coordinator, clock_at):
    run("--save")
    clock_at(date(2020, 12, 15))
    changed, proposed = follow_targets(date(2020, 12, 15))
    told = Notice.objects.filter(kind="target_changed", recipient=coordinator)
    assert (changed, told.count()) == (TargetStanding.objects.count() - Target.objects.count(), changed)
    assert changed > 0
    assert proposed == TaskUpdate.objects.filter(kind="PROPOSED", made_by=None).count()
    assert run("--save")[0] == "Mục tiêu: 0 đổi trạng thái; 0 phần việc được đề nghị xác nhận xong."


def test_targets_met_by_the_middle_of_december_propose_their_tasks(coordinator, clock_at):
    clock_at(date(2020, 12, 15))
    run("--save")
    met = set(
        TargetStanding.objects.filter(state="MET", target__tasks__isnull=False).values_list("target__code", flat=True)
    )
    proposed = set(Assignment.objects.filter(state="PROPOSED").values_list("task__target__code", flat=True))
    assert proposed == met
    for part in Assignment.objects.filter(state="PROPOSED"):
        return_task(part, text="Chờ hồ sơ", by=coordinator)
    run("--save")
    assert Assignment.objects.filter(state="PROPOSED").count() == 0


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2020, 10, 16), []),
        (date(2020, 10, 17), ["task_due_soon"]),
        (date(2020, 10, 20), ["task_due_soon"]),
        (date(2020, 10, 21), ["task_overdue"]),
    ],
)
def test_body_is_told_of_a_day_that_is_near_or_past(day, kinds, officer, clock_at):
    clock_at(day)
    run("--save")
    run("--save")
    told = Notice.objects.filter(recipient=officer, kind__startswith="task_")
    assert [notice.kind for notice in told] == kinds


def test_overdue_is_told_again_every_week(officer, clock_at):
    for day in (21, 22, 27, 28, 29):
        clock_at(date(2020, 10, day))
        run("--save")
    subjects = Notice.objects.filter(recipient=officer, kind="task_overdue").order_by("pk")
    assert [notice.subject for notice in subjects] == [
        "Quá hạn 1 ngày: Báo cáo định kỳ hằng tháng, quý",
        "Quá hạn 8 ngày: Báo cáo định kỳ hằng tháng, quý",
    ]


def test_proposed_or_extended_part_is_not_told_as_overdue(officer, coordinator, clock_at):
    part = part_of("F5", HEALTH)
    ask_extension(part, until=date(2020, 10, 30), text="Chờ số liệu", by=officer)
    decide_extension(part, is_granted=True, text="", by=coordinator)
    propose_done(part_of("F1", KON_PLONG), text="Xong", by=User.objects.get(username="konplong"))
    for day in (date(2020, 10, 21), date(2020, 10, 30)):
        clock_at(day)
        run("--save")
    told = Notice.objects.filter(recipient=officer, kind__in=["task_overdue", "task_due_soon"])
    assert [notice.subject for notice in told] == ["Hạn hôm nay: Báo cáo định kỳ hằng tháng, quý"]


def test_without_save_it_only_counts(db, clock_at):
    clock_at(date(2020, 10, 21))
    assert run() == [
        "Đang có (thêm --save để nhắc): 0 phần việc sắp đến hạn, 16 phần việc quá hạn, 0 vướng mắc quá hạn trả lời."
    ]
    assert (TargetStanding.objects.count(), Notice.objects.filter(kind="task_overdue").count()) == (0, 0)
