"""Following targets: a change of state is told once, and the pages, the API and the notices say the same."""

import re
import threading
from datetime import date

import pytest
from django.db import connection

from criteria.asking import answer
from criteria.models import Recognition
from directives.actions.targets import follow_targets
from directives.actions.tasks import confirm_done
from directives.models import Assignment, Target, TargetStanding, TaskUpdate
from directives.queries import State, target_results
from ntm_portal.accounts.models import Notice
from tests.directives.test_targets import recognise

DIRECTIVE_DAY, DECEMBER = date(2020, 10, 13), date(2020, 12, 15)
DISTRICTS_LEFT = ("23344", "23404", "23535")


def states_on(day: date) -> dict[str, State]:
    return {result.target.code: result.state for result in target_results(answer(day).snapshot)}


def noted() -> dict[str, State]:
    """The state of each target that was noted last."""
    rows = TargetStanding.objects.order_by("pk").values_list("target__code", "state")
    return {code: State(state) for code, state in rows}


def told(user) -> list[str]:
    """Subjects of what a person was told about targets, in order."""
    return list(
        Notice.objects.filter(recipient=user, kind="target_changed").order_by("pk").values_list("subject", flat=True)
    )


def follow(clock_at, day: date) -> tuple[int, int]:
    clock_at(day)
    return follow_targets(day)


def test_first_look_notes_every_state_and_tells_nobody(coordinator, clock_at):
    assert follow(clock_at, DIRECTIVE_DAY)[0] == 0
    assert (noted(), told(coordinator)) == (states_on(DIRECTIVE_DAY), [])


def test_december_turns_the_right_ones_and_tells_each_once(coordinator, officer, clock_at):
    follow(clock_at, DIRECTIVE_DAY)
    before = noted()
    changed, _ = follow(clock_at, DECEMBER)
    after = states_on(DECEMBER)
    turned = {code: state for code, state in after.items() if before[code] is not state}
    titles = dict(Target.objects.values_list("code", "title"))
    assert turned == {
        "T1": State.ON_TRACK, "F1": State.MET, "F2": State.MISSED, "F3-1": State.MISSED, "F3-2": State.MET,
    }  # fmt: skip
    assert sorted(told(coordinator)) == sorted(f"{state.label}: {titles[code]}" for code, state in turned.items())
    assert (changed, noted(), told(officer)) == (5, after, [])


def test_looking_again_changes_nothing(coordinator, clock_at):
    follow(clock_at, DIRECTIVE_DAY)
    follow(clock_at, DECEMBER)
    kept = TargetStanding.objects.count(), TaskUpdate.objects.count(), Notice.objects.count()
    assert follow(clock_at, DECEMBER) == (0, 0)
    assert (TargetStanding.objects.count(), TaskUpdate.objects.count(), Notice.objects.count()) == kept


def test_state_that_comes_back_is_told_again(coordinator, clock_at):
    follow(clock_at, DIRECTIVE_DAY)
    for commune in DISTRICTS_LEFT:
        recognise(commune)
    follow(clock_at, DIRECTIVE_DAY)
    Recognition.objects.filter(commune__code__in=DISTRICTS_LEFT).delete()
    follow(clock_at, DIRECTIVE_DAY)
    for commune in DISTRICTS_LEFT:
        recognise(commune)
    follow(clock_at, DIRECTIVE_DAY)
    about = [subject.partition(":")[0] for subject in told(coordinator) if "Mỗi huyện" in subject]
    assert about == ["Đã đạt", "Có nguy cơ", "Đã đạt"]


def test_parts_of_met_targets_are_proposed_and_a_person_confirms(coordinator, clock_at):
    follow(clock_at, DIRECTIVE_DAY)
    assert follow(clock_at, DECEMBER)[1] == 2
    served = Assignment.objects.exclude(task__target=None).order_by("task__code").select_related("task")
    assert [(part.task.code, part.state) for part in served] == [
        ("F1", "PROPOSED"), ("F2", "GIVEN"), ("F3-1", "GIVEN"), ("F3-2", "PROPOSED"),
    ]  # fmt: skip
    assert set(TaskUpdate.objects.values_list("kind", "made_by", "text")) == {
        ("PROPOSED", None, "Mục tiêu đã đạt theo số liệu ngày 15/12/2020.")
    }
    confirm_done(served[0], by=coordinator)
    assert (Assignment.objects.get(pk=served[0].pk).state, follow(clock_at, DECEMBER)) == ("DONE", (0, 0))


@pytest.mark.parametrize("day", [DIRECTIVE_DAY, DECEMBER])
def test_pages_interface_and_what_was_noted_agree(day, portal, clock_at):
    follow(clock_at, day)
    shown = states_on(day)
    on_province = dict(
        re.findall(r'class="target-row" id="([^"]+)".*?class="badge [^>]*>.*?</span>\s*([^<]+?)\s*</span>',
                   portal.get("/").content.decode(), re.DOTALL)
    )  # fmt: skip
    pages = {t.code: portal.get(f"/muc-tieu/{t.pk}/").content.decode() for t in Target.objects.all()}
    results = portal.get("/api/v1/targets/?page_size=100").json()["results"]
    assert {result["code"]: result["state"] for result in results} == shown
    assert on_province == {code: state.label for code, state in shown.items()}
    assert {code: page.count(f"{shown[code].label}</span>") > 0 for code, page in pages.items()} == dict.fromkeys(
        shown, True
    )
    assert noted() == shown


def test_of_two_timers_at_once_one_tells(committed_db, clock_at):
    follow(clock_at, DIRECTIVE_DAY)
    clock_at(DECEMBER)
    found, barrier = [], threading.Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            found.append(follow_targets(DECEMBER))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(0, 0), (5, 2)]
