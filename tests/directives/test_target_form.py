"""A target in the words of the office: offered from a passage, shown as it stands, kept or refused."""

from datetime import date

import pytest

from criteria.asking import answer
from directives.models import Target
from directives.parameters import in_words, parse_parameters
from directives.queries import judge_target, target_results
from tests.factories.directives import TARGET_WORDS, letter, place


@pytest.fixture
def kept(db):
    return letter()


@pytest.fixture
def page(kept) -> str:
    return f"{kept.get_absolute_url()}muc-tieu/them/"


def sent(kind: str, **changed) -> dict:
    """What the form sends for a kind; blanks of the others stand there too, as in the browser."""
    return {
        "kind": kind,
        "district_count": "1",
        "district_tier": "STANDARD",
        "below_criteria": "10",
        "new_count": "",
        "new_tier": "STANDARD",
        "new_year": "2020",
        "share_percent": "50",
        "share_tier": "NTM_VILLAGE",
        "share_total": "58",
        "share_scheme": "QĐ 1385/QĐ-TTg",
        "reach_commune": "",
        "reach_criteria": "10",
        "due_on": "31/12/2020",
        "title": "",
        "quote": TARGET_WORDS,
        "criteria_set": str(Target.objects.exclude(criteria_set=None)[0].criteria_set_id),
        **changed,
    }


def test_passage_offers_kind_numbers_day_and_quote_and_shows_the_result(portal, kept, page):
    response = portal.get(f"{page}{place(kept, TARGET_WORDS)}")
    offered = response.context["form"].initial
    assert {name: offered[name] for name in ("kind", "below_criteria", "due_on", "quote")} == {
        "kind": "NO_COMMUNE_BELOW", "below_criteria": 10, "due_on": date(2020, 12, 31), "quote": TARGET_WORDS,
    }  # fmt: skip
    result = response.context["result"]
    assert (result.state.value, result.outcome.actual, len(result.outcome.blockers)) == ("AT_RISK", 3, 3)


def test_preview_says_what_the_same_target_says_when_it_is_there(portal, page):
    before = Target.objects.count()
    preview = portal.post(page, sent("NO_COMMUNE_BELOW", xem="1")).context["result"]
    same = next(r for r in target_results(answer().snapshot) if r.target.code == "T7")
    assert (preview.outcome, preview.state, Target.objects.count()) == (same.outcome, same.state, before)


@pytest.mark.parametrize("code", ["T1", "T4", "T5", "T6", "T7", "F1", "F2"])
def test_one_target_is_judged_as_all_are(db, code):
    shown = answer().snapshot
    same = next(r for r in target_results(shown) if r.target.code == code)
    assert judge_target(same.target, shown) == same


@pytest.mark.parametrize(
    ("kind", "changed", "parameters", "title"),
    [
        ("DISTRICT_RECOGNISED", {}, {"count": 1, "tier": "STANDARD"},
         "Mỗi huyện, thành phố có ít nhất 1 xã được công nhận nông thôn mới"),
        ("NO_COMMUNE_BELOW", {}, {"criteria": 10}, "Không còn xã dưới 10 tiêu chí"),
        ("NEW_RECOGNITIONS", {"new_count": "4"}, {"tier": "STANDARD", "year": 2020, "count": 4},
         "Thêm 4 xã được công nhận nông thôn mới năm 2020"),
        ("VILLAGE_SHARE", {},
         {"tier": "NTM_VILLAGE", "percent": 50, "villages_total": 58, "scheme": "QĐ 1385/QĐ-TTg"},
         "50% số thôn thuộc Đề án được công nhận thôn nông thôn mới"),
        ("COMMUNE_REACHES", {"reach_commune": "23407"}, {"commune": "23407", "criteria": 10},
         "Xã Đăk Na đạt từ 10 tiêu chí"),
    ],
)  # fmt: skip
def test_every_kind_is_kept_with_a_title_of_its_own(portal, kept, page, kind, changed, parameters, title):
    response = portal.post(f"{page}?tu=5&den=9", sent(kind, **changed))
    target = kept.targets.get()
    assert response["Location"] == f"{kept.get_absolute_url()}danh-dau/#doan-5"
    assert (target.kind, target.parameters, target.title) == (kind, parameters, title)
    assert (target.code, target.order, target.quote) == ("M1", 1, TARGET_WORDS)
    assert portal.get(f"/muc-tieu/{target.pk}/sua/").context["result"].target == target


def test_second_target_gets_the_next_code(portal, kept, page):
    for _ in range(2):
        portal.post(page, sent("NO_COMMUNE_BELOW"))
    assert [*kept.targets.order_by("order").values_list("code", "order")] == [("M1", 1), ("M2", 2)]


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("", {}, "kind"),
        ("KHONG", {}, "kind"),
        ("NEW_RECOGNITIONS", {"new_count": ""}, "new_count"),
        ("NEW_RECOGNITIONS", {"new_count": "86"}, "new_count"),
        ("NEW_RECOGNITIONS", {"new_count": "61", "new_tier": "NTM_VILLAGE"}, "new_count"),
        ("NEW_RECOGNITIONS", {"new_count": "x"}, "new_count"),
        ("NEW_RECOGNITIONS", {"new_count": "4", "new_tier": "KHONG"}, "new_tier"),
        ("NEW_RECOGNITIONS", {"new_count": "4", "new_year": "2019"}, "new_year"),
        ("DISTRICT_RECOGNISED", {"district_count": "9"}, "district_count"),
        ("DISTRICT_RECOGNISED", {"district_tier": "NTM_VILLAGE"}, "district_tier"),
        ("NO_COMMUNE_BELOW", {"below_criteria": "20"}, "below_criteria"),
        ("NO_COMMUNE_BELOW", {"below_criteria": "0"}, "below_criteria"),
        ("COMMUNE_REACHES", {"reach_commune": "23407", "reach_criteria": "20"}, "reach_criteria"),
        ("COMMUNE_REACHES", {"reach_commune": "99999"}, "reach_commune"),
        ("COMMUNE_REACHES", {}, "reach_commune"),
        ("VILLAGE_SHARE", {"share_percent": "101"}, "share_percent"),
        ("VILLAGE_SHARE", {"share_scheme": ""}, "share_scheme"),
        ("NO_COMMUNE_BELOW", {"due_on": "15/10/2020"}, "due_on"),
        ("NO_COMMUNE_BELOW", {"due_on": "31/12/9999"}, "due_on"),
        ("NO_COMMUNE_BELOW", {"quote": " "}, "quote"),
        ("NO_COMMUNE_BELOW", {"criteria_set": "9999"}, "criteria_set"),
    ],
)
def test_impossible_target_is_refused_at_its_blank(portal, page, kind, changed, field):
    before = Target.objects.count()
    for what in ({}, {"xem": "1"}):
        response = portal.post(page, sent(kind, **changed) | what)
        assert (response.status_code, [*response.context["form"].errors]) == (400, [field])
    assert Target.objects.count() == before


def test_blanks_of_other_kinds_are_not_asked(portal, kept, page):
    portal.post(page, sent("NO_COMMUNE_BELOW", new_count="abc", share_percent="900", reach_commune="x"))
    assert kept.targets.count() == 1


def test_edited_target_keeps_its_code_and_returns_to_its_directive(portal):
    target = Target.objects.get(code="T7")
    page = f"/muc-tieu/{target.pk}/sua/"
    assert portal.get(page).context["form"].initial["below_criteria"] == 10
    response = portal.post(page, sent("NO_COMMUNE_BELOW", below_criteria="9", title="Tên mới"))
    target.refresh_from_db()
    assert response["Location"] == target.directive.get_absolute_url()
    assert (target.code, target.order, target.title, target.parameters) == ("T7", 7, "Tên mới", {"criteria": 9})


@pytest.mark.parametrize("who", ["officer", "leader"])
def test_only_the_office_edits_targets(client, request, who, page):
    client.force_login(request.getfixturevalue(who))
    target = Target.objects.get(code="T7")
    assert client.post(page, sent("NO_COMMUNE_BELOW")).status_code == 403
    assert client.get(f"/muc-tieu/{target.pk}/sua/").status_code == 403


@pytest.mark.engine
def test_village_recognitions_are_of_villages():
    asked = parse_parameters("NEW_RECOGNITIONS", {"tier": "MODEL_RESIDENTIAL", "year": 2020, "count": 6})
    assert in_words(asked) == "Thêm 6 thôn được công nhận khu dân cư nông thôn mới kiểu mẫu năm 2020"
