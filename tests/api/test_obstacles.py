"""Obstacles over REST: read by scope, raised once, joined where the same is there already."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directives.actions import obstacles as acts
from directives.models import Obstacle
from tests.api.conftest import caller_of
from tests.api.test_contract import check_answer, description  # noqa: F401  # a fixture
from tests.api.test_filing_faults import problem
from tests.directives.test_obstacles import WORDS, body, commune
from tests.factories.ledger import DAK_NA
from tests.factories.office import person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def obstacle(officer) -> Obstacle:
    """Raised by the department of health about Đăk Na."""
    return acts.raise_obstacle(WORDS, raised_by=body("SYT"), by=officer, commune=commune())


def ids(caller, query: str = "") -> list[int]:
    return [row["id"] for row in caller.json(f"obstacles/?{query}")["results"]]


def test_list_follows_the_scope(office, health, obstacle):
    foreign = caller_of(person("soxd", "SXD"))
    assert (ids(office), ids(health), ids(foreign)) == ([obstacle.pk], [obstacle.pk], [])
    assert foreign.get(f"obstacles/{obstacle.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [("state=RAISED", 1), ("state=RESOLVED", 0), ("is_open=true", 1), ("is_open=false", 0), ("is_overdue=true", 0),
     ("department=SYT", 1), ("owner=SYT", 0), ("district=617", 1), ("commune=23407", 1), ("commune=23362", 0),
     ("search=thieu von", 1), ("search=zzz", 0)],
)  # fmt: skip
def test_list_is_filtered(office, obstacle, query, count):
    assert len(ids(office, query)) == count


@pytest.mark.parametrize("query", ["state=X", "is_open=2", "department=X", "district=X", "nope=1", "page=0"])
def test_what_cannot_be_asked_is_a_problem_with_a_pointer(office, query):
    assert problem(office.get(f"obstacles/?{query}")) == (400, [f"?{query.partition('=')[0]}"])


def test_one_says_what_was_done_and_keeps_its_etag_until_more_is(office, obstacle, coordinator, clock_at):
    first = office.get(f"obstacles/{obstacle.pk}/")
    assert office.get(f"obstacles/{obstacle.pk}/", {"If-None-Match": first["ETag"]}).status_code == 304
    acts.ask_body(obstacle, department=body("SXD"), answer_by=date(2020, 10, 25), text="Xem", by=coordinator)
    clock_at(date(2020, 10, 28))
    again = office.get(f"obstacles/{obstacle.pk}/", {"If-None-Match": first["ETag"]})
    told = again.json()
    assert [(step["kind"], step["department"]) for step in told["steps"]] == [
        ("RAISED", None), ("ASKED", {"code": "SXD", "name": "Sở Xây dựng"}),
    ]  # fmt: skip
    assert (told["days"], told["is_overdue"], told["owner"]["code"], told["district"]["code"]) == (
        8,
        True,
        "SXD",
        "617",
    )


def test_list_is_a_file_and_costs_the_same_for_every_row(office, officer, obstacle):
    def spent() -> int:
        with CaptureQueriesContext(connection) as captured:
            office.json("obstacles/")
        return len(captured)

    office.json("obstacles/")
    few = spent()
    for number in range(3):
        acts.raise_obstacle(f"Việc {number}", raised_by=body("SXD"), by=officer, commune=commune("23362"))
    assert spent() == few
    lines = list(csv.reader(io.StringIO(office.get("obstacles/?format=csv").content.decode("utf-8-sig"))))
    assert (len(lines), lines[0][:6]) == (
        5, ["id", "description", "state", "state_label", "department.code", "department.name"],
    )  # fmt: skip
    assert office.get("obstacles/?format=xlsx").status_code == 200


def test_officer_raises_one_once(health):
    sent = {"description": WORDS, "commune": DAK_NA, "indicator": "15.1"}
    first, again = (health.post("obstacles/", sent, {"Idempotency-Key": "1"}) for _ in range(2))
    told = first.json()
    assert (first.status_code, first["Location"]) == (201, f"/api/v1/obstacles/{told['id']}/")
    assert (told["department"]["code"], told["commune"]["code"], told["indicator"]["code"]) == ("SYT", DAK_NA, "15.1")
    assert (again["Idempotency-Replayed"], again.json(), Obstacle.objects.count()) == ("true", told, 1)


def test_similar_one_is_joined_or_another_is_raised(office, obstacle):
    sent = {"description": "Thieu von doi ung lam duong vao thon", "commune": DAK_NA, "department": "SXD"}
    refused = office.post("obstacles/", sent)
    assert (refused.status_code, refused.json()["code"], refused.json()["details"]) == (
        409, "similar_obstacle", {"obstacles": [obstacle.pk]},
    )  # fmt: skip
    joined = office.post("obstacles/", sent | {"same_as": obstacle.pk})
    assert (joined.status_code, joined.json()["id"], Obstacle.objects.count()) == (201, obstacle.pk, 1)
    assert joined.json()["steps"][-1]["department"]["code"] == "SXD"
    assert office.post("obstacles/", sent | {"same_as": obstacle.pk}).status_code == 409
    assert office.post("obstacles/", sent | {"as_new": True}).json()["id"] != obstacle.pk


@pytest.mark.parametrize(
    ("change", "pointers"),
    [({"description": " "}, ["#/description"]), ({"description": None}, ["#/description"]), ({"x": 1}, ["#/x"]),
     ({"commune": "99999", "indicator": "99.9"}, ["#/commune", "#/indicator"]), ({"task": "x"}, ["#/task"]),
     ({"task": 10**12}, ["#/task"]), ({"department": "SXD"}, ["#/department"]), ({"as_new": "x"}, ["#/as_new"]),
     ({"description": "x" * 5001}, ["#/description"]), ({"same_as": 0}, ["#/same_as"])],
)  # fmt: skip
def test_what_cannot_be_raised_is_a_problem_with_a_pointer(health, change, pointers):
    assert problem(health.post("obstacles/", {"description": WORDS} | change)) == (400, pointers)
    assert not Obstacle.objects.exists()


def test_office_says_for_whom_it_speaks(office):
    assert problem(office.post("obstacles/", {"description": WORDS})) == (400, ["#/department"])


def test_foreign_one_is_not_joined_and_a_leader_raises_nothing(health, leader, officer, coordinator):
    foreign = acts.raise_obstacle(WORDS, raised_by=body("SXD"), by=coordinator)
    assert health.post("obstacles/", {"description": "a", "same_as": foreign.pk}).status_code == 404
    assert caller_of(leader).post("obstacles/", {"description": "a"}).status_code == 403


def test_answers_are_as_the_description_says(office, health, obstacle, description):  # noqa: F811
    for path in ("obstacles/", f"obstacles/{obstacle.pk}/", "obstacles/999/", "obstacles/?x=1"):
        check_answer(description, office.get(path))
    for sent in ({"description": "Chưa có máy"}, {"description": WORDS, "commune": DAK_NA}, {}):
        check_answer(description, health.post("obstacles/", sent), "post")
