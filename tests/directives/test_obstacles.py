"""What happens to an obstacle: each act once, told to whom it concerns, and kept."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from communes.models import Commune
from directives.actions import obstacles as acts
from directives.actions.errors import ObstacleStateError, WordsMissingError
from directives.models import Obstacle, ObstacleStep
from directives.obstacles import similar_open
from ntm_portal.accounts.models import Department, Notice
from ntm_portal.core import clock
from tests.factories.ledger import DAK_NA

WORDS = "Thiếu vốn đối ứng làm đường vào thôn Kon Sa."
CLICKS = 20


def body(code: str) -> Department:
    return Department.objects.get(code=code)


def commune(code: str = DAK_NA) -> Commune:
    return Commune.objects.get(code=code)


def kinds(obstacle: Obstacle) -> list[str]:
    return list(obstacle.steps.order_by("pk").values_list("kind", flat=True))


def told(user, kind: str) -> int:
    return Notice.objects.filter(recipient=user, kind=kind).count()


@pytest.fixture
def obstacle(officer) -> Obstacle:
    """Raised by the department of health about Đăk Na."""
    return acts.raise_obstacle(WORDS, raised_by=body("SYT"), by=officer, commune=commune())


def test_obstacle_goes_from_being_raised_to_being_solved(obstacle, officer, coordinator):
    acts.ask_body(obstacle, department=body("UB613"), answer_by=date(2020, 10, 30), text="Đề nghị xem", by=coordinator)
    acts.answer_obstacle(obstacle, text="Đã bố trí vốn", by=coordinator)
    solved = acts.resolve_obstacle(obstacle, text="", by=officer)
    again = acts.reopen_obstacle(obstacle, text="Vốn chưa về", by=officer)

    assert (solved.state, again.state, again.answered_at) == ("RESOLVED", "RAISED", None)
    assert kinds(obstacle) == ["RAISED", "ASKED", "ANSWERED", "RESOLVED", "REOPENED"]
    assert (told(officer, "obstacle_answered"), told(coordinator, "obstacle_raised")) == (1, 2)


@pytest.mark.parametrize("act", [acts.answer_obstacle, acts.escalate_obstacle, acts.resolve_obstacle])
def test_solved_obstacle_takes_no_act_but_being_raised_again(obstacle, coordinator, act):
    acts.resolve_obstacle(obstacle, text="", by=coordinator)
    with pytest.raises(ObstacleStateError):
        act(obstacle, text="a", by=coordinator)
    assert kinds(obstacle) == ["RAISED", "RESOLVED"]


@pytest.mark.parametrize("act", [acts.answer_obstacle, acts.escalate_obstacle])
def test_act_that_has_to_say_something_says_it(obstacle, coordinator, act):
    with pytest.raises(WordsMissingError):
        act(obstacle, text="  ", by=coordinator)
    assert Obstacle.objects.get(pk=obstacle.pk).state == "RAISED"


def test_second_click_is_told_that_the_first_was_taken(obstacle, coordinator):
    last = obstacle.steps.get().pk
    acts.answer_obstacle(obstacle, text="Đang xem", by=coordinator, seen=last)
    with pytest.raises(ObstacleStateError, match="vừa được cập nhật"):
        acts.answer_obstacle(obstacle, text="Đang xem", by=coordinator, seen=last)
    assert kinds(obstacle) == ["RAISED", "ANSWERED"]


def test_same_words_of_another_body_join_the_obstacle_once(obstacle, coordinator):
    theirs = body("SXD")
    acts.join_obstacle(obstacle, department=theirs, text="Xã Đăk Na cũng vậy", by=coordinator)
    for again in (theirs, obstacle.raised_by):
        with pytest.raises(ObstacleStateError, match="đã nêu vướng mắc này"):
            acts.join_obstacle(obstacle, department=again, text="", by=coordinator)
    assert list(obstacle.steps.values_list("kind", "department__code")) == [("RAISED", None), ("RAISED", "SXD")]


def test_similar_ones_are_found_without_marks_about_the_same_commune_alone(obstacle, coordinator):
    def found(words: str, where: str) -> list[Obstacle]:
        return similar_open(words, coordinator.scope, body=body("SXD"), commune=commune(where))

    assert found("thieu von doi ung lam duong thon Kon Sa", DAK_NA) == [obstacle]
    assert found("Chưa có máy phát điện", DAK_NA) == []
    assert found(WORDS, "23362") == []
    acts.resolve_obstacle(obstacle, text="", by=coordinator)
    assert found(WORDS, DAK_NA) == []


def test_answer_is_not_asked_for_in_the_past(obstacle, coordinator):
    with pytest.raises(ObstacleStateError, match="trước hôm nay"):
        acts.ask_body(obstacle, department=body("SXD"), answer_by=date(2020, 10, 19), text="", by=coordinator)


def test_only_those_that_wait_for_an_answer_are_overdue(obstacle, coordinator, clock_at):
    clock_at(date(2020, 11, 5))
    overdue = Obstacle.objects.overdue

    assert list(overdue(clock.today())) == [obstacle]
    acts.answer_obstacle(obstacle, text="Đang xem", by=coordinator)
    assert not overdue(clock.today())
    acts.ask_body(obstacle, department=body("SXD"), answer_by=date(2020, 11, 9), text="", by=coordinator)
    assert list(overdue(date(2020, 11, 10))) == [obstacle]
    acts.escalate_obstacle(obstacle, text="Đề nghị bố trí vốn", by=coordinator)
    assert not overdue(date(2020, 12, 1))


def test_overdue_answer_is_reminded_once_for_each_day_that_was_set(obstacle, officer, coordinator, clock_at):
    clock_at(date(2020, 11, 5))
    assert acts.remind_unanswered(today=clock.today()) == told(coordinator, "obstacle_overdue") == 1
    assert acts.remind_unanswered(today=clock.today()) == 0
    acts.ask_body(obstacle, department=body("SYT"), answer_by=date(2020, 11, 6), text="", by=coordinator)
    clock_at(date(2020, 11, 8))
    assert acts.remind_unanswered(today=clock.today()) == told(officer, "obstacle_overdue") == 1


def test_timer_reminds_of_unanswered_obstacles(obstacle, coordinator, clock_at):
    clock_at(date(2020, 11, 5))
    out = StringIO()
    call_command("follow_directives", stdout=out)
    assert ("1 vướng mắc quá hạn trả lời" in out.getvalue(), told(coordinator, "obstacle_overdue")) == (True, 0)
    call_command("follow_directives", "--save", stdout=StringIO())
    assert told(coordinator, "obstacle_overdue") == 1


def test_document_is_named_for_those_that_had_none(obstacle, officer, coordinator):
    acts.escalate_obstacle(obstacle, text="Đề nghị bố trí vốn", by=coordinator)
    chosen = [obstacle.pk, obstacle.pk + 999]

    assert acts.name_escalation(chosen, document="Báo cáo số 312/BC-VPĐP", by=coordinator) == 1
    assert acts.name_escalation(chosen, document="Báo cáo số 313/BC-VPĐP", by=coordinator) == 0
    assert Obstacle.objects.get(pk=obstacle.pk).escalated_in == "Báo cáo số 312/BC-VPĐP"
    assert not Obstacle.objects.to_report()


def test_twenty_who_answer_at_once_answer_once(committed_db, django_user_model):
    by = django_user_model.objects.get(username="dieuphoi")
    made = acts.raise_obstacle(WORDS, raised_by=body("SYT"), by=by, commune=commune())
    last, together = made.steps.get().pk, Barrier(CLICKS)

    def click(number: int) -> str:
        together.wait()
        try:
            acts.answer_obstacle(made, text=f"Trả lời {number}", by=by, seen=last)
        except ObstacleStateError as refused:
            return refused.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(CLICKS) as pool:
        found = Counter(pool.map(click, range(CLICKS)))

    assert found == {"taken": 1, "wrong_state": CLICKS - 1}
    assert ObstacleStep.objects.filter(obstacle=made, kind="ANSWERED").count() == 1
