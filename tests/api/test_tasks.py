"""Tasks over REST: everybody reads who has what until when; a body tells of its own part."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directives.actions.tasks import close_task, give_task
from directives.models import Assignment, Task
from ntm_portal.accounts.models import Department, Membership
from ntm_portal.accounts.scope import Role
from tests.api.conftest import caller_of
from tests.api.test_contract import check_answer, description  # noqa: F401  # a fixture
from tests.api.test_filing_faults import problem
from tests.factories.office import person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def task(coordinator) -> Task:
    """Given by the office to the departments of health and of construction."""
    made = Task.objects.create(
        title="Rà soát trạm y tế", content="Rà soát", given_on=date(2020, 10, 1), due_on=date(2020, 10, 30)
    )
    bodies = Department.objects.filter(code__in=("SYT", "SXD")).values_list("pk", flat=True)
    give_task(made, list(bodies), by=coordinator)
    return made


def part(task: Task, code: str = "SYT") -> Assignment:
    return task.assignments.get(department__code=code)


def tell(caller, task: Task, **sent):
    return caller.post(f"tasks/{task.pk}/updates/", sent)


def test_list_says_who_has_what_until_when(office, task):
    row = next(row for row in office.json("tasks/")["results"] if row["id"] == task.pk)
    assert [(p["department"]["code"], p["state"], p["due_on"], p["is_overdue"]) for p in row["assignments"]] == [
        ("SXD", "GIVEN", "2020-10-30", False), ("SYT", "GIVEN", "2020-10-30", False),
    ]  # fmt: skip
    named = office.json("tasks/?directive=3867/UBND-NNTN&recurrence=MONTHLY")["results"]
    assert [(row["directive"], row["recurrence"]) for row in named] == [("3867/UBND-NNTN", "MONTHLY")]


@pytest.mark.parametrize(
    ("query", "is_there"),
    [("department=SYT", True), ("department=UB617", False), ("department=SYT&state=GIVEN", True), ("state=DONE", False),
     ("is_closed=true", False), ("is_closed=false", True), ("is_overdue=true", False), ("search=ra soat", True),
     ("recurrence=ONCE", True), ("recurrence=STANDING", False), ("directive=3867/UBND-NNTN", False)],
)  # fmt: skip
def test_list_is_filtered(office, task, query, is_there):
    assert (task.pk in [row["id"] for row in office.json(f"tasks/?{query}&page_size=500")["results"]]) is is_there


def test_overdue_is_asked_of_the_body_that_is_named(office, task, clock_at, officer):
    tell(caller_of(officer), task, kind="PROPOSED", text="Xong")
    clock_at(date(2020, 11, 5))

    def late(code: str) -> bool:
        found = office.json(f"tasks/?is_overdue=true&department={code}&page_size=500")["results"]
        return task.pk in [row["id"] for row in found]

    assert (late("SXD"), late("SYT")) == (True, False)


@pytest.mark.parametrize("query", ["state=X", "is_closed=2", "department=X", "directive=X", "recurrence=X", "nope=1"])
def test_what_cannot_be_asked_is_a_problem_with_a_pointer(office, query):
    assert problem(office.get(f"tasks/?{query}")) == (400, [f"?{query.partition('=')[0]}"])


def test_list_costs_the_same_for_every_row(office, coordinator, task):
    def spent() -> int:
        office.json("tasks/")
        with CaptureQueriesContext(connection) as captured:
            office.json("tasks/")
        return len(captured)

    few = spent()
    for number in range(3):
        more = Task.objects.create(title=f"Việc {number}", content="a", given_on=task.given_on, due_on=task.due_on)
        give_task(more, [part(task).department_id], by=coordinator)
    assert spent() == few
    assert {office.get(f"tasks/?format={kind}").status_code for kind in ("csv", "xlsx")} == {200}


def test_body_takes_its_part_through(health, task):
    said = [
        tell(health, task, kind="ACCEPTED"),
        tell(health, task, kind="PROGRESS", percent=40, text="Đã rà soát 4 trạm"),
        tell(health, task, kind="EXTENSION_ASKED", until="2020-11-15", text="Mưa lũ"),
        tell(health, task, kind="PROPOSED", text="Xong"),
    ]
    held = part(task)
    assert [response.status_code for response in said] == [201] * 4
    assert said[0]["Location"] == f"/api/v1/tasks/{task.pk}/"
    assert (held.state, held.percent, held.asked_due_on) == ("PROPOSED", 40, date(2020, 11, 15))
    told = health.json(f"tasks/{task.pk}/")["assignments"]
    assert [(p["department"]["code"], p["updates"] and [u["kind"] for u in p["updates"]]) for p in told] == [
        ("SXD", None), ("SYT", ["ACCEPTED", "PROGRESS", "EXTENSION_ASKED", "PROPOSED"]),
    ]  # fmt: skip


def test_update_sent_twice_under_one_key_is_told_once(health, task):
    sent, key = {"kind": "PROGRESS", "percent": 10, "text": "a"}, {"Idempotency-Key": "1"}
    first, again = (health.post(f"tasks/{task.pk}/updates/", sent, key) for _ in range(2))
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert part(task).updates.count() == 1


def test_revision_that_is_no_longer_the_present_one_is_told(health, task):
    tell(health, task, kind="ACCEPTED")
    refused = tell(health, task, kind="PROPOSED", text="Xong", revision=0)
    assert (refused.status_code, part(task).state) == (409, "ACCEPTED")


def test_etag_of_a_task_holds_until_something_is_told(office, health, task):
    tag = office.get(f"tasks/{task.pk}/")["ETag"]
    assert office.get(f"tasks/{task.pk}/", {"If-None-Match": tag}).status_code == 304
    tell(health, task, kind="ACCEPTED")
    assert office.get(f"tasks/{task.pk}/", {"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [({}, ["#/kind"]), ({"kind": "CONFIRMED"}, ["#/kind"]), ({"kind": "PROGRESS"}, ["#/percent", "#/text"]),
     ({"kind": "PROGRESS", "percent": 101, "text": "a"}, ["#/percent"]),
     ({"kind": "PROPOSED", "text": " "}, ["#/text"]),
     ({"kind": "ACCEPTED", "percent": 5}, ["#/percent"]), ({"kind": "ACCEPTED", "x": 1}, ["#/x"]),
     ({"kind": "EXTENSION_ASKED", "text": "a", "until": "31/12/2020"}, ["#/until"]),
     ({"kind": "EXTENSION_ASKED", "text": "a", "until": "9999-01-01"}, ["#/until"])],
)  # fmt: skip
def test_what_cannot_be_told_is_a_problem_with_a_pointer(health, task, sent, pointers):
    assert problem(tell(health, task, **sent)) == (400, pointers)
    assert part(task).updates.count() == 0


def test_only_the_body_itself_tells_of_its_part(office, task, leader):
    for caller, status in ((office, 403), (caller_of(leader), 403), (caller_of(person("tumorong", "UB617")), 404)):
        assert tell(caller, task, kind="ACCEPTED").status_code == status
    stranger = caller_of(person("soyte2", "SYT"))
    assert tell(stranger, task, kind="ACCEPTED", department="SXD").status_code == 404


def test_officer_of_two_bodies_says_which(task):
    both = person("hai-so", "SYT")
    Membership.objects.create(user=both, department=Department.objects.get(code="SXD"), role=Role.OFFICER)
    caller = caller_of(both)
    assert problem(tell(caller, task, kind="ACCEPTED")) == (400, ["#/department"])
    assert tell(caller, task, kind="ACCEPTED", department="SXD").status_code == 201
    assert (part(task).state, part(task, "SXD").state) == ("GIVEN", "ACCEPTED")


def test_part_that_is_not_there_any_more_takes_nothing(health, task, coordinator):
    close_task(task, by=coordinator)
    refused = tell(health, task, kind="ACCEPTED")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert health.get("tasks/999999/").status_code == tell(health, Task(pk=999999), kind="ACCEPTED").status_code == 404


def test_answers_are_as_the_description_says(office, health, task, description):  # noqa: F811
    for path in ("tasks/", f"tasks/{task.pk}/", "tasks/999999/", "tasks/?x=1"):
        check_answer(description, office.get(path))
    for sent in ({"kind": "ACCEPTED"}, {"kind": "ACCEPTED"}, {"kind": "PROGRESS", "percent": 5, "text": "a"}, {}):
        check_answer(description, tell(health, task, **sent), "post")
