"""What is sent wrongly about a report: refused with a pointer at every fault, and nothing is half saved."""

import json

import pytest

from reports.actions.opening import close_period
from reports.models import Report, ReportLine
from tests.api.conftest import caller_of
from tests.api.test_filing import measure_of, saved_with
from tests.factories.office import approved, handed_in, open_for, period, report_of

pytestmark = pytest.mark.one_database
JSON = "application/json"


@pytest.fixture
def report(db) -> Report:
    open_for("SYT")
    return report_of()


def problem(response) -> tuple[int, list[str]]:
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, [fault["pointer"] for fault in response.json().get("errors", [])]


def answered() -> int:
    return ReportLine.objects.filter(answered_at__isnull=False).count()


def test_change_without_the_version_it_rests_on_is_428(health, report):
    response = health.patch(f"reports/{report.pk}/lines/", {"lines": [{"line": 1}]})
    assert (response.status_code, response.json()["code"]) == (428, "if_match_required")


@pytest.mark.parametrize("tag", ['"7"', '"7-00000000000000000000000000000000"', "0", '"x"', '"0", "7"', "W/0"])
def test_other_version_is_412(health, report, tag):
    response = saved_with(health, report, {"line": measure_of(report)[0]}, tag=tag)
    assert (response.status_code, answered()) == (412, 0)


@pytest.mark.parametrize("tag", ['"0"', 'W/"0-00000000000000000000000000000000"', "*"])
def test_present_version_is_taken_also_when_a_proxy_weakened_it(health, report, tag):
    assert saved_with(health, report, {"line": measure_of(report)[0]}, tag=tag).status_code == 200


def test_line_that_somebody_changed_meanwhile_refuses_the_rest(health, report):
    line = measure_of(report)[0]
    other = report.lines.exclude(pk=line).first().pk
    saved_with(health, report, {"line": line, "note": "một"})
    response = saved_with(health, report, {"line": other}, {"line": line, "revision": 0, "note": "hai"})
    assert problem(response) == (412, ["#/lines/1/revision"])
    assert answered() == 1


@pytest.mark.parametrize(
    ("lines", "pointers"),
    [
        ([{"line": "x"}, {"line": 0}, {}], ["#/lines/0/line", "#/lines/1/line", "#/lines/2/line"]),
        ([{"line": 1, "foo": 1, "conclusion": "X"}], ["#/lines/0/foo", "#/lines/0/conclusion"]),
        ([{"line": 1}, {"line": 1}], ["#/lines/1/line"]),
        ([{"line": 1, "note": None}], ["#/lines/0/note"]),
        ([{"line": 1, "measures": [{"id": 1, "value": 1.23456}]}], ["#/lines/0/measures/0/value"]),
        ([{"line": 1, "measures": [{"id": 1, "value": "1,5"}]}], ["#/lines/0/measures/0/value"]),
        ([{"line": 1, "measures": [{"id": 1, "value": True}]}], ["#/lines/0/measures/0/value"]),
        ([{"line": 1, "measures": [{"id": 1, "value": "1e999"}]}], ["#/lines/0/measures/0/value"]),
        ([{"line": 1, "measures": [{"id": 1, "numerator": 1}]}], ["#/lines/0/measures/0/denominator"]),
        (
            [{"line": 1, "measures": [{"id": 1, "numerator": 1, "denominator": 0}]}],
            ["#/lines/0/measures/0/denominator"],
        ),
        ([{"line": 1, "measures": [{"id": 1}]}], ["#/lines/0/measures/0/value"]),
        ([{"line": 1, "measures": [{"id": 1, "value": 1}, {"id": 1, "value": 2}]}], ["#/lines/0/measures"]),
        ([{"line": 9**40}], ["#/lines/0/line"]),
        ([{"line": 1, "note": "a\0b"}], ["#/lines/0/note"]),
        ([], ["#/lines"]),
        ({}, ["#/lines"]),
        (None, ["#/lines"]),
        ([[]], ["#/lines/0"]),
    ],
)
def test_every_fault_is_pointed_at(health, report, lines, pointers):
    response = health.patch(f"reports/{report.pk}/lines/", {"lines": lines}, {"If-Match": "*"})
    assert problem(response) == (400, pointers)
    assert answered() == 0


def test_faults_that_only_the_report_knows_are_pointed_at_too(health, report):
    line, measure = measure_of(report)
    response = saved_with(
        health,
        report,
        {"line": line, "measures": [{"id": measure, "value": 90}]},
        {"line": 2**62},
        {"line": report.lines.exclude(pk=line).first().pk, "measures": [{"id": 2**62, "value": 1}], "basis": "x" * 301},
    )
    assert problem(response) == (400, ["#/lines/1/line", "#/lines/2/measures", "#/lines/2/basis"])
    assert answered() == 0


@pytest.mark.parametrize(
    "body", ["", "[", "[" * 100_000, '{"lines": [{"line": NaN}]}', "9" * 5000, "\xff", '"x"', "[]"]
)
def test_what_is_no_body_is_400(health, report, body):
    address = f"/api/v1/reports/{report.pk}/lines/"
    told = health.headers | {"If-Match": "*"}
    response = health.client.patch(address, body.encode("latin-1"), content_type=JSON, headers=told)
    assert response.status_code == 400


def test_half_a_character_is_refused(health, report):
    body = f'{{"lines": [{{"line": {measure_of(report)[0]}, "note": "\\ud800"}}]}}'
    told = health.headers | {"If-Match": "*"}
    response = health.client.patch(f"/api/v1/reports/{report.pk}/lines/", body, content_type=JSON, headers=told)
    assert problem(response) == (400, ["#/lines/0/note"])


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_content_is_415(health, report, kind):
    response = health.client.post(
        f"/api/v1/reports/{report.pk}/submit/", "a=1", content_type=kind, headers=health.headers
    )
    assert problem(response)[0] == 415


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/notes"]),
        ({"notes": []}, ["#/notes"]),
        ({"notes": [{"text": " "}]}, ["#/notes/0/text"]),
        ({"notes": [{"text": "x" * 1001}]}, ["#/notes/0/text"]),
        ({"notes": [{"text": "a", "line": 1, "entry": 1}]}, ["#/notes/0/entry"]),
        ({"note": "a"}, ["#/note", "#/notes"]),
    ],
)
def test_sending_back_says_why(office, officer, report, body, pointers):
    handed_in(report, officer)
    assert problem(office.post(f"reports/{report.pk}/send-back/", body)) == (400, pointers)
    report.refresh_from_db()
    assert report.state == Report.State.SUBMITTED


def test_note_on_a_line_of_another_report_is_refused(office, officer, report):
    open_for("SNNPTNT")
    handed_in(report, officer)
    foreign = report_of("SNNPTNT").lines.first().pk
    response = office.post(f"reports/{report.pk}/send-back/", {"notes": [{"text": "a", "line": foreign}]})
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/report", "#/reason"]),
        ({"report": 1, "reason": ""}, ["#/reason"]),
        ({"report": 1, "reason": "x" * 501}, ["#/reason"]),
        ({"report": True, "reason": []}, ["#/report", "#/reason"]),
        ([1], ["#"]),
    ],
)
def test_correction_says_of_what_and_why(health, body, pointers):
    assert problem(health.post("reports/", body)) == (400, pointers)


def test_unfinished_report_is_not_handed_in(health, report):
    response = health.post(f"reports/{report.pk}/submit/")
    body = response.json()
    assert (response.status_code, body["code"], body["details"]) == (409, "unfinished", {"lines": 425})


@pytest.mark.parametrize("act", ["submit", "withdraw", "approve", "send-back"])
def test_act_out_of_place_is_409(health, office, officer, coordinator, report, act):
    approved(report, officer, coordinator)
    caller = office if act in {"approve", "send-back"} else health
    response = caller.post(f"reports/{report.pk}/{act}/", {"notes": [{"text": "a"}]} if act == "send-back" else {})
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


def test_closed_period_takes_nothing(health, coordinator, report):
    close_period(period(), reason="hết hạn", by=coordinator)
    response = saved_with(health, report, {"line": measure_of(report)[0]})
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("act", ["submit", "withdraw", "approve", "send-back", "lines"])
def test_who_may_not_is_403(health, office, leader, report, act):
    reading = caller_of(leader)
    filing = act in {"submit", "withdraw", "lines"}
    for caller in (reading, office if filing else health):
        if act == "lines":
            response = saved_with(caller, report, {"line": 1})
        else:
            response = caller.post(f"reports/{report.pk}/{act}/")
        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")


def test_act_against_another_version_is_412(health, office, officer, report):
    handed_in(report, officer)
    for caller, act in ((health, "withdraw"), (office, "approve")):
        assert caller.post(f"reports/{report.pk}/{act}/", {}, {"If-Match": '"0"'}).status_code == 412
    report.refresh_from_db()
    response = office.post(f"reports/{report.pk}/approve/", {}, {"If-Match": f'"{report.revision}"'})
    assert response.json()["state"] == "APPROVED"


def test_act_takes_no_unknown_name_or_parameter(health, report):
    assert problem(health.post(f"reports/{report.pk}/submit/", {"force": True})) == (400, ["#/force"])
    assert problem(health.post(f"reports/{report.pk}/submit/?force=1")) == (400, ["?force"])
    assert problem(health.post("reports/?format=csv")) == (400, ["?format"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("reports/?department=XXX", "?department"), ("reports/?period=10/2020", "?period"),
        ("reports/?state=X", "?state"), ("reports/?kind=X", "?kind"), ("reports/?is_latest=2", "?is_latest"),
        ("obligations/?standing=x", "?standing"), ("reporting-periods/?year=x", "?year"),
        ("reports/1/?fields=id", "?fields"), ("obligations/?period=", "?period"),
    ],
)  # fmt: skip
def test_faulty_query_of_a_report_is_pointed_at(health, query, pointer):
    assert problem(health.get(query)) == (400, [pointer])


def test_number_of_a_report_that_no_database_holds_is_404(health):
    assert health.get(f"reports/{9**40}/").status_code == 404
    assert health.post("reports/", {"report": 2**62, "reason": "a"}).status_code == 404


def test_problem_of_a_rule_is_json_that_says_which(health, report):
    body = json.loads(health.post(f"reports/{report.pk}/withdraw/").content)
    assert (body["title"], body["code"]) == ("Trái quy tắc", "wrong_state")
