"""`changes/`: who polls with the last position misses nothing and gets nothing twice."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from criteria.actions import NewAssessment
from criteria.engine.facts import Conclusion
from criteria.models import Recognition
from ntm_portal.core import ledger
from ntm_portal.core.ledger import Memory
from tests.factories.ledger import DAK_NA, make_new, moment, record
from tests.factories.office import approved, open_for, report_of

MET, NOT_MET = Conclusion.MET, Conclusion.NOT_MET


@pytest.fixture
def since(db) -> int:
    return ledger.current().number


def told(body: dict) -> list[tuple]:
    return [
        (c["commune"]["code"], c["indicator"] and c["indicator"]["code"], c["from"], c["to"]) for c in body["changes"]
    ]


def test_nothing_new_says_so(api, since):
    body = api.json(f"changes/?since={since}")
    assert (body["position"], body["has_more"], body["others"], body["changes"]) == (since, False, 0, [])


def test_row_tells_what_it_made_of_its_indicator(api, since):
    record(make_new("1.1", NOT_MET, as_of=date(2020, 10, 15)))
    record(make_new("1.1", MET, as_of=date(2020, 10, 16)))
    body = api.json(f"changes/?since={since}")
    assert told(body) == [(DAK_NA, "1.1", "MET", "NOT_MET"), (DAK_NA, "1.1", "NOT_MET", "MET")]
    first = body["changes"][0]
    assert (first["position"], first["as_of"], first["from_label"], first["to_label"]) == (
        since + 1,
        "2020-10-15",
        "Đạt",
        "Chưa đạt",
    )
    assert (first["source"]["label"], first["criterion"]["number"], body["position"]) == ("Kiểm thử", 1, since + 2)


def test_row_is_judged_on_its_own_day(api, since):
    """What is learned later of an earlier day alters that day, and not what has followed since."""
    record(make_new("1.1", NOT_MET, as_of=date(2020, 10, 16)))
    record(make_new("1.1", NOT_MET, as_of=date(2020, 10, 10), note="truy ghi"))
    assert told(api.json(f"changes/?since={since + 1}")) == [(DAK_NA, "1.1", "MET", "NOT_MET")]


def test_row_overtaken_when_it_was_recorded_changes_nothing(api, since):
    record(make_new("1.1", NOT_MET), at=moment(date(2020, 10, 20), 14))
    record(make_new("1.1", MET), at=moment(date(2020, 10, 20), 13))
    assert told(api.json(f"changes/?since={since + 1}")) == [(DAK_NA, "1.1", "NOT_MET", "NOT_MET")]


def test_values_decide_as_they_do_everywhere(api, since):
    record(make_new("15.1", MET, values=("90",)))
    record(make_new("15.1", NOT_MET, values=("70",)))
    change = api.json(f"changes/?since={since + 1}")["changes"][0]
    status = api.json(f"communes/{DAK_NA}/status/")
    shown = next(i for c in status["criteria"] for i in c["indicators"] if i["code"] == "15.1")
    assert (change["from"], change["to"], shown["result"]) == ("MET", "NOT_MET", "NOT_MET")


def test_baseline_is_told_of_its_criterion(api, since):
    unit = make_new("1.1").commune
    record(NewAssessment(unit, date(2020, 10, 15), NOT_MET, criterion=1))
    assert told(api.json(f"changes/?since={since}")) == [(DAK_NA, None, "MET", "NOT_MET")]


def test_polling_page_by_page_gives_every_row_once(api, since):
    record(*(make_new(code, NOT_MET) for code in ("1.1", "1.2", "15.1")))
    Recognition.objects.filter(commune__code="23434").update(signer="Chủ tịch")
    record(*(make_new(code, NOT_MET, commune="23410") for code in ("1.1", "1.2")))
    positions, others, at, pages = [], 0, since, 0
    while True:
        body = api.json(f"changes/?since={at}&limit=2")
        positions += [change["position"] for change in body["changes"]]
        others, at, pages = others + body["others"], body["position"], pages + 1
        if not body["has_more"]:
            break
    taken = [since + n for n in (1, 2, 3, 5, 6)]
    assert (positions, others, at, pages) == (taken, 1, since + 6, 3)


def test_change_without_a_row_moves_the_position_and_is_counted(api, since):
    Recognition.objects.filter(commune__code="23434").update(signer="Chủ tịch")
    body = api.json(f"changes/?since={since}")
    assert (body["position"], body["others"], body["changes"]) == (since + 1, 1, [])


def test_approved_report_is_followed(api, since, officer, coordinator):
    open_for("SYT")
    report = approved(report_of(), officer, coordinator)
    body = api.json(f"changes/?since={since}&limit=500")
    assert (len(body["changes"]), body["position"]) == (425, ledger.current().number)
    assert {c["source"]["url"] for c in body["changes"]} == {f"/bao-cao/{report.pk}/"}


def test_tag_follows_the_position(api, since):
    tag = api.get(f"changes/?since={since}")["ETag"]
    assert api.get(f"changes/?since={since}", {"If-None-Match": tag}).status_code == 304
    record(make_new("1.1"))
    assert api.get(f"changes/?since={since}", {"If-None-Match": tag}).status_code == 200


def test_another_history_is_refused(api, since):
    epoch = api.json(f"changes/?since={since}")["epoch"]
    assert api.json(f"changes/?since={since}&epoch={epoch}")["epoch"] == epoch
    other = api.get("changes/?since=0&epoch=khac")
    assert (other.status_code, other.json()["code"]) == (409, "other_history")
    beyond = api.get(f"changes/?since={since + 1}")
    assert (beyond.status_code, beyond.json()["errors"][0]["pointer"]) == (400, "?since")


@pytest.mark.parametrize(
    "query", ["", "since=-1", "since=x", f"since={9**40}", "since=", "since=0&limit=501", "since=0&a=1"]
)
def test_faulty_question_is_400(api, query):
    assert api.get(f"changes/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["", "?since=0", "?foo=1"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_changes_are_only_read(api, method, query):
    response = getattr(api.client, method)(f"/api/v1/changes/{query}", headers=api.headers)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.one_database
def test_page_costs_the_same_however_many_rows(api, since):
    record(*(make_new("1.1", commune=code) for code in (DAK_NA, "23410")))
    costs = []
    api.get("districts/")
    for limit in (1, 100):
        Memory.forget_all()
        with CaptureQueriesContext(connection) as captured:
            api.json(f"changes/?since={since}&limit={limit}")
        costs.append(len(captured))
        record(*(make_new(code, commune="23413") for code in ("1.1", "1.2", "17.5")))
    assert costs[0] == costs[1] <= 6


def test_history_of_a_commune_tells_its_changes(api):
    body = api.json(f"communes/{DAK_NA}/history/?as_of=2020-10-13")
    assert (body["commune"]["name"], body["points"][-1]["as_of"], body["points"][-1]["criteria_met"]) == (
        "Đăk Na",
        "2020-10-13",
        8,
    )
    assert body["points"][-1]["results"] == api.json(f"communes/{DAK_NA}/?as_of=2020-10-13")["results"]
    assert {(c["from"], c["to"]) for c in body["changes"]} == {("NOT_MET", "MET")}
    assert body["changes"][0]["source"]["kind"] == "ILLUSTRATION"
