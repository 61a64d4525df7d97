"""`Idempotency-Key`: a POST that is sent again takes effect once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from ntm_portal.core.models import KeptAnswer
from reports.models import Report
from tests.api.conftest import Caller, caller_of
from tests.factories.office import finish, handed_in, open_for, person, report_of

KEY = {"Idempotency-Key": "lan-gui-1"}


@pytest.fixture
def ready(db, officer) -> Report:
    """A report that can be handed in."""
    open_for("SYT")
    return finish(report_of(), officer)


def submit(caller: Caller, report: Report, headers: dict | None = None, body: object = None):
    return caller.post(f"reports/{report.pk}/submit/", body, headers)


def test_same_request_under_the_same_key_is_answered_the_same(health, ready):
    first = submit(health, ready, KEY)
    again = submit(health, ready, KEY)
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert (first["ETag"], again["ETag"], again["Idempotency-Replayed"]) == (first["ETag"], first["ETag"], "true")
    assert again["Content-Type"] == first["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert submit(health, ready).status_code == 409


def test_key_stands_for_one_request(health, ready):
    submit(health, ready, KEY)
    other = health.post(f"reports/{ready.pk}/withdraw/", {}, KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    ready.refresh_from_db()
    assert ready.state == Report.State.SUBMITTED


def test_other_body_under_the_same_key_is_422_and_other_spaces_are_not(office, officer, ready):
    handed_in(ready, officer)
    address = f"reports/{ready.pk}/send-back/"
    assert office.post(address, {"notes": [{"text": "một"}]}, KEY).status_code == 200
    assert office.post(address, {"notes": [{"text": "hai"}]}, KEY).status_code == 422
    spaced = '{ "notes" : [ {"text": "một"} ] }'
    told = office.headers | KEY
    again = office.client.post(f"/api/v1/{address}", spaced, content_type="application/json", headers=told)
    assert (again.status_code, again["Idempotency-Replayed"], ready.notes.count()) == (200, "true", 1)


def test_correction_is_made_once(health, office, officer, ready):
    handed_in(ready, officer)
    office.post(f"reports/{ready.pk}/approve/")
    made = [health.post("reports/", {"report": ready.pk, "reason": "Nhầm"}, KEY) for _ in range(2)]
    assert [(r.status_code, r.json()["version"]) for r in made] == [(201, 2), (201, 2)]
    assert made[0]["Location"] == made[1]["Location"]
    assert ready.obligation.reports.count() == 2


def test_what_was_refused_may_be_tried_again_under_its_key(health, officer, db):
    open_for("SYT")
    report = report_of()
    assert submit(health, report, KEY).status_code == 409
    assert KeptAnswer.objects.count() == 0
    finish(report, officer)
    assert submit(health, report, KEY).status_code == 200


def test_keys_of_two_people_are_two(health, office, officer, ready):
    submit(health, ready, KEY)
    assert office.post(f"reports/{ready.pk}/approve/", {}, KEY).json()["state"] == "APPROVED"
    colleague = caller_of(person("soyte2", "SYT"))
    assert submit(colleague, ready, KEY).status_code == 409


def test_key_is_kept_for_a_day(health, ready):
    submit(health, ready, KEY)
    KeptAnswer.objects.update(kept_at=clock.now() - timedelta(hours=23, minutes=59))
    assert submit(health, ready, KEY)["Idempotency-Replayed"] == "true"
    KeptAnswer.objects.update(kept_at=clock.now() - timedelta(hours=24, minutes=1))
    assert submit(health, ready, KEY).status_code == 409
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "khóa".encode().decode("latin-1")])
def test_key_that_cannot_be_kept_is_400(health, ready, key):
    response = submit(health, ready, {"Idempotency-Key": key})
    assert (response.status_code, response.json()["code"]) == (400, "bad_idempotency_key")


def test_kept_answer_is_nobody_elses(health, ready, officer, coordinator):
    submit(health, ready, KEY)
    seen = [KeptAnswer.objects.visible_to(user.scope).count() for user in (officer, coordinator)]
    assert (seen, KeptAnswer.objects.editable_by(coordinator.scope).count()) == ([1, 0], 0)


def test_racing_repeats_do_it_once(committed_db):
    officer = User.objects.get(username="soyte")
    open_for("SYT")
    report = finish(report_of(), officer)
    caller, barrier, answers = caller_of(officer), Barrier(4), []

    def send() -> None:
        try:
            barrier.wait()
            answers.append(submit(Caller(caller.headers["Authorization"].split()[1]), report, KEY))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False, True, True, True]
    report.refresh_from_db()
    assert report.state == Report.State.SUBMITTED
