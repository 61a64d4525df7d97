"""The page of a target: how much there is, who is in the way, and who is in charge of exactly that."""

import html
import re
from datetime import date

import pytest

from criteria.asking import answer
from directives.actions.tasks import report_progress
from directives.blocking import leading_bodies, obstructions
from directives.models import Target
from directives.queries import target_results
from ntm_portal.accounts.models import User
from ntm_portal.dashboard.gauge import gauge
from tests.factories.tasks import part_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DAY = date(2020, 10, 13)


def page_of(browser, code: str, query: str = "") -> str:
    pk = Target.objects.get(code=code).pk
    served = browser.get(f"/muc-tieu/{pk}/{query}").content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", served)).split())


def judged(code: str, day: date = DAY):
    shown = answer(day).snapshot
    return next(r for r in target_results(shown) if r.target.code == code), shown


def test_unit_in_the_way_names_what_to_win_and_who_leads_it():
    held = obstructions(*judged("T7"))
    assert [(o.blocker.name, o.body.code, [n.number for n in o.needs]) for o in held] == [
        ("Mường Hoong", "UB610", [16, 5]), ("Đăk Na", "UB617", [16, 5]), ("Ngọc Linh", "UB610", [16]),
    ]  # fmt: skip
    leads = [[c.department_code for c in lack.charges if c.is_lead] for n in held[0].needs for lack in n.lacks]
    assert leads == [["SVHTTDL"], ["SGDDT"]]
    assert [(charge.department_code, count) for charge, count in leading_bodies(held)] == [
        ("SVHTTDL", 3), ("SGDDT", 2),
    ]  # fmt: skip


def test_district_in_the_way_shows_its_nearest_commune_and_no_foreign_committee():
    held = obstructions(*judged("T6"))
    assert [o.nearest.commune.name for o in held] == ["Đăk Plô", "Ngọk Lây", "Ia Đal"]
    named = {c.department_code for n in held[0].needs for lack in n.lacks for c in lack.charges}
    assert {code for code in named if code.startswith("UB")} <= {"UB610"}


def test_gauge_counts_those_that_are_not_below_and_is_full_only_when_met():
    below = gauge(*judged("T7"))
    assert (below.actual, below.whole, below.share, below.expected) == (82, 85, 96, 96)
    met = gauge(*judged("F1", date(2020, 10, 20)))
    assert met.share < 100


@pytest.mark.parametrize(("query", "said"), [("", "còn 41 ngày"), ("?ngay=2020-10-13", "còn 48 ngày")])
def test_page_is_of_the_day_that_is_asked_for(query, said, portal):
    shown = page_of(portal, "F2", query)
    assert said in shown
    assert "phấn đấu hoàn thành trong tháng 11/2020" in shown
    assert "Công văn 3867/UBND-NNTN" in shown


def test_part_of_a_body_shows_to_every_role_without_its_words(portal, client, officer):
    report_progress(part_of("F1", "UB613"), percent=35, text="Lời riêng", by=User.objects.get(username="konplong"))
    for_office = page_of(portal, "F1")
    client.force_login(officer)
    assert ["35%" in shown and "Lời riêng" not in shown for shown in (for_office, page_of(client, "F1"))] == [True] * 2


@pytest.mark.parametrize(("username", "edits"), [("dieuphoi", True), ("soyte", False), ("lanhdao", False)])
def test_office_alone_is_led_to_the_form(username, edits, client):
    client.force_login(User.objects.get(username=username))
    pk = Target.objects.get(code="T1").pk
    assert (f'href="/muc-tieu/{pk}/sua/"' in client.get(f"/muc-tieu/{pk}/").content.decode()) is edits


@pytest.mark.parametrize("pk", [99999, 10**30])
def test_target_that_is_not_there_is_not_found(pk, portal):
    assert portal.get(f"/muc-tieu/{pk}/").status_code == 404
