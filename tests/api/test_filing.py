"""Reports over REST: read, filled in, handed in, sent back, approved, corrected."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from criteria.models import Assessment
from ntm_portal.api.auth import ALLOWANCE
from ntm_portal.core.audit import AuditEntry
from reports.actions.opening import close_period
from reports.models import Obligation, Report
from tests.api.conftest import caller_of
from tests.factories.office import COMMUNES, approved, finish, handed_in, line_of, open_for, period, person, report_of

DAK_NA = "23407"
INSURED = "15.1"


@pytest.fixture
def report(db) -> Report:
    """The draft of the department of health for October."""
    open_for("SYT")
    return report_of()


def measure_of(report: Report) -> tuple[int, int]:
    """(line, measure) of the insured of Đăk Na."""
    line = line_of(report, DAK_NA, INSURED)
    return line.pk, line.indicator.measures.get().pk


def tag_of(caller, report: Report) -> str:
    return caller.get(f"reports/{report.pk}/")["ETag"]


def saved_with(caller, report: Report, *lines: dict, tag: str = "*"):
    return caller.patch(f"reports/{report.pk}/lines/", {"lines": list(lines)}, {"If-Match": tag})


def test_periods_are_listed_and_chosen(health):
    open_for("SYT")
    months = health.json("reporting-periods/?kind=MONTH&year=2020&ordering=-number&fields=code,name,due_on")
    assert months["results"][2] == {"code": "2020-t10", "name": "Tháng 10/2020", "due_on": "2020-10-20"}
    assert [p["code"] for p in health.json("reporting-periods/?is_open=true")["results"]] == ["2020-t10"]


def test_obligation_says_how_it_stands(health, officer, clock_at, report):
    row = health.json("obligations/")["results"][0]
    names = ("due_on", "first_submitted_at", "standing", "late_by", "report", "version", "state")
    assert [row[name] for name in names] == ["2020-10-20", None, "NOT_DUE", 0, report.pk, 1, "DRAFT"]
    clock_at(row_day := report.obligation.due_on.replace(day=25))
    assert health.json("obligations/?standing=OVERDUE")["count"] == 1
    handed_in(report, officer)
    late = health.json("obligations/?state=SUBMITTED")["results"][0]
    assert (late["standing"], late["late_by"], late["first_submitted_at"][:10]) == ("LATE", 5, str(row_day))


def test_lists_show_each_their_own(health, office, db, leader):
    open_for("SYT", "UB617")
    assert {r["department"]["code"] for r in health.json("reports/")["results"]} == {"SYT"}
    assert {r["department"]["code"] for r in office.json("reports/")["results"]} == {"SYT", "UB617"}
    reading = caller_of(leader)
    assert (reading.json("reports/")["count"], {o["report"] for o in reading.json("obligations/")["results"]}) == (
        0,
        {None},
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("department=SYT", 1), ("department=UB617", 1), ("period=2020-t10", 2), ("period=2020-q3", 0),
        ("kind=COMMUNES", 1), ("state=SUBMITTED", 0), ("state=DRAFT&is_latest=true", 2), ("is_latest=false", 0),
        ("search=so%20y%20te", 1),
    ],
)  # fmt: skip
def test_reports_are_chosen(office, query, count):
    open_for("SYT", "UB617")
    assert office.json(f"reports/?{query}")["count"] == count


def test_line_holds_what_it_is_held_against(health, report):
    line, measure = measure_of(report)
    row = next(r for r in health.json(f"reports/{report.pk}/")["lines"] if r["id"] == line)
    held = line_of(report, DAK_NA, INSURED).previous.measurements.get()
    assert (row["commune"], row["indicator"]["code"]) == ({"code": DAK_NA, "name": "Đăk Na"}, INSURED)
    told = row["measures"][0]
    assert (told["id"], told["threshold"], Decimal(str(told["previous"]["value"]))) == (measure, 85, held.value)
    assert (row["is_answered"], [p["code"] for p in row["problems"]]) == (False, ["unconfirmed"])


def test_commune_report_holds_its_communes(office):
    open_for("UB617")
    report = report_of("UB617", what=COMMUNES)
    body = office.json(f"reports/{report.pk}/")
    entry = next(e for e in body["entries"] if e["commune"]["code"] == DAK_NA)
    assert (len(body["entries"]), body["lines"], len(entry["criteria"]), entry["obstacles"]) == (11, [], 19, [])
    assert (entry["criteria"][0]["ledger"], entry["problems"][0]["code"]) == ("MET", "commune_unanswered")
    assert (body["counts"]["total"], body["counts"]["error"]) == (11, 11)


def test_lines_are_saved_together_with_exact_numbers(health, report):
    (line, measure), other = measure_of(report), line_of(report, "23410", INSURED)
    tag = tag_of(health, report)
    raw = (
        f'{{"lines": [{{"line": {line}, "measures": [{{"id": {measure}, "value": 90.10}}]}}, {{"line": {other.pk}}}]}}'
    )
    response = health.client.patch(
        f"/api/v1/reports/{report.pk}/lines/", raw, "application/json", headers=health.headers | {"If-Match": tag}
    )
    assert response.status_code == 200, response.content.decode()
    assert [row["is_answered"] for row in response.json()["lines"]] == [True, True]
    assert '"value":90.1,' in response.content.decode()
    assert line_of(report, DAK_NA, INSURED).readings[str(measure)]["value"] == "90.1"
    assert (response["ETag"], AuditEntry.objects.latest("pk").user_name) == ('"1"', "Cán bộ Sở Y tế (soyte)")


def test_value_follows_from_a_ratio_and_conclusion_from_the_value(health, report):
    line, measure = measure_of(report)
    ratio = {"id": measure, "numerator": "2", "denominator": 3}
    row = saved_with(health, report, {"line": line, "measures": [ratio]}).json()["lines"][0]
    assert (row["measures"][0]["value"], row["conclusion"], row["result"]) == (66.6666, "NOT_MET", "NOT_MET")


def test_value_is_taken_away_by_null(health, report):
    line, measure = measure_of(report)
    row = saved_with(
        health, report, {"line": line, "conclusion": "", "measures": [{"id": measure, "value": None}]}
    ).json()["lines"][0]
    assert (row["measures"][0]["value"], row["conclusion"]) == (None, None)


def test_tag_of_a_report_follows_it(health, report):
    tag = tag_of(health, report)
    assert health.get(f"reports/{report.pk}/", {"If-None-Match": tag}).status_code == 304
    saved = saved_with(health, report, {"line": measure_of(report)[0]}, tag=tag)
    assert health.get(f"reports/{report.pk}/", {"If-None-Match": tag}).status_code == 200
    again = saved_with(health, report, {"line": measure_of(report)[0]}, tag=saved["ETag"])
    assert (saved.status_code, again.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["reports/", "obligations/", "reporting-periods/"])
def test_list_says_when_nothing_changed(health, office, officer, coordinator, report, path):
    tag = health.get(path)["ETag"]
    assert health.get(path, {"If-None-Match": tag}).status_code == 304
    approved(report, officer, coordinator)
    close_period(period(), reason="xong", by=coordinator)
    assert health.get(path, {"If-None-Match": tag}).status_code == 200


def test_report_goes_its_way(health, office, officer, report):
    """Handed in, taken back, handed in, sent back with a note at its line, handed in, approved: into the ledger."""
    finish(report, officer)
    line, address = measure_of(report)[0], f"reports/{report.pk}"
    states = [health.post(f"{address}/{act}/").json()["state"] for act in ("submit", "withdraw", "submit")]
    notes = {"notes": [{"text": "Xem lại", "line": line}, {"text": "Thiếu phần lời"}]}
    states.append(office.post(f"{address}/send-back/", notes).json()["state"])
    body = health.json(f"{address}/")
    remarks = [[r["text"] for r in row["remarks"]] for row in body["lines"] if row["id"] == line]
    assert (remarks, [r["text"] for r in body["remarks"]]) == ([["Xem lại"]], ["Thiếu phần lời"])
    states.append(health.post(f"{address}/submit/").json()["state"])
    before = Assessment.objects.count()
    states.append(office.post(f"{address}/approve/").json()["state"])
    assert states == ["SUBMITTED", "DRAFT", "SUBMITTED", "SENT_BACK", "SUBMITTED", "APPROVED"]
    assert Assessment.objects.count() > before


def test_approved_report_is_corrected_by_a_new_version(health, officer, coordinator, report):
    approved(report, officer, coordinator)
    made = health.post("reports/", {"report": report.pk, "reason": "Nhầm số"})
    body = made.json()
    assert (made.status_code, body["version"], body["state"], body["reason"]) == (201, 2, "DRAFT", "Nhầm số")
    assert made["Location"] == f"/api/v1/reports/{body['id']}/"
    again = health.post("reports/", {"report": report.pk, "reason": "Nhầm số"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert [r["version"] for r in health.json("reports/?is_latest=true")["results"]] == [2]


def test_session_writes_with_the_token_of_its_page(officer, report):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer)
    ALLOWANCE.reset()
    address = f"/api/v1/reports/{report.pk}/lines/"
    body = json.dumps({"lines": [{"line": measure_of(report)[0]}]})
    sent = {"content_type": "application/json", "headers": {"If-Match": "*"}}
    assert browser.patch(address, body, **sent).status_code == 403
    token = browser.get("/tai-khoan/").context["csrf_token"]
    sent["headers"] |= {"X-CSRFToken": str(token)}
    assert browser.patch(address, body, **sent).status_code == 200


def spent(caller, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(path).status_code == 200
    return len(captured)


@pytest.mark.one_database
def test_reading_costs_the_same_however_much_there_is(office):
    open_for("SYT")
    address = f"reports/{report_of().pk}/"
    paths = ("reports/", "obligations/", "reporting-periods/", address)
    office.get("reports/")
    few = [spent(office, path) for path in paths]
    Report.objects.get(pk=report_of().pk).lines.filter(commune__district__code="617").delete()
    open_for("SYT", "SNNPTNT", "UB617", "UB610")
    office.get("reports/")
    assert [spent(office, path) for path in paths] == few
    assert max(few) <= 14
    one, other = (report_of(code, what=COMMUNES).pk for code in ("UB617", "UB610"))
    assert spent(office, f"reports/{one}/") == spent(office, f"reports/{other}/") <= 14


@pytest.mark.one_database
def test_saving_costs_the_same_however_many_lines(health, report):
    costs = []
    lines = list(report.lines.values_list("pk", flat=True))
    saved_with(health, report, {"line": lines[0]})
    for some in (lines[1:3], lines[3:60]):
        with CaptureQueriesContext(connection) as captured:
            assert saved_with(health, report, *({"line": pk} for pk in some)).status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 24


def test_two_bodies_do_not_meet(db):
    open_for("SYT", "UB617")
    stranger = caller_of(person("konplong2", "UB617"))
    report = report_of()
    assert stranger.get(f"reports/{report.pk}/").status_code == 404
    assert saved_with(stranger, report, {"line": measure_of(report)[0]}).status_code == 404
    assert {stranger.post(f"reports/{report.pk}/{act}/").status_code for act in ("submit", "withdraw")} == {404}
    assert Obligation.objects.get(pk=report.obligation_id).first_submitted_at is None
