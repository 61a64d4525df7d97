"""Targets compute from the snapshot, the recognitions and the date, and never pass by missing data."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from communes.models import Commune, Village
from criteria.asking import answer
from criteria.models import Recognition
from directives.models import Directive, Target
from directives.parameters import ParameterError, parse_parameters
from directives.queries import State, TargetResult, target_results
from ntm_portal.core.dates import months_later

BASIS = "quyết định thử"


def result_of(code: str, on: date) -> TargetResult:
    return next(r for r in target_results(answer(on).snapshot) if r.target.code == code)


def recognise(commune: str, tier: str = "STANDARD", *, year: int | None = 2020, on: date = date(2020, 10, 1)) -> None:
    Recognition.objects.create(
        commune=Commune.objects.get(code=commune), tier=tier, achieved_year=year, effective_on=on, basis=BASIS
    )


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (date(2020, 10, 13), {"F1": "AT_RISK", "F2": "AT_RISK", "F3-1": "AT_RISK", "F3-2": "AT_RISK", "T7": "AT_RISK"}),
        (date(2020, 12, 15), {"F1": "MET", "F2": "MISSED", "F3-1": "MISSED", "F3-2": "MET", "T7": "AT_RISK"}),
        (date(2021, 1, 1), {"F1": "MET", "F2": "MISSED", "T1": "MISSED", "T6": "MISSED", "T7": "MISSED"}),
    ],
)
def test_states_follow_the_year(db, clock_at, day, states):
    clock_at(day)
    assert {code: result_of(code, day).state.value for code in states} == states


def test_blockers_of_no_commune_below_ten_on_the_day_of_the_directive(db):
    found = result_of("T7", date(2020, 10, 13))
    assert [(b.name, b.criteria_met) for b in found.outcome.blockers] == [
        ("Mường Hoong", 8), ("Đăk Na", 8), ("Ngọc Linh", 9),
    ]  # fmt: skip
    assert (found.outcome.actual, found.outcome.is_met) == (3, False)


def test_no_commune_below_is_not_met_without_data(db):
    found = result_of("T7", date(2019, 6, 1))
    assert (found.outcome.is_met, found.state, len(found.outcome.blockers)) == (False, State.AT_RISK, 85)


def test_districts_without_a_recognised_commune_are_those_the_facts_leave(db):
    found = result_of("T6", date(2020, 10, 13))
    assert [b.name for b in found.outcome.blockers] == ["Huyện Đăk Glei", "Huyện Tu Mơ Rông", "Huyện Ia H'Drai"]
    assert (found.outcome.required, found.outcome.actual) == (10, 7)


def test_districts_target_is_met_when_each_has_one(db):
    for commune in ("23344", "23404", "23535"):
        recognise(commune)
    assert result_of("T6", date(2020, 10, 13)).state is State.MET


def test_recognition_after_the_due_date_comes_too_late_for_the_districts(db, clock_at):
    clock_at(date(2021, 3, 1))
    for commune in ("23344", "23404", "23535"):
        recognise(commune, on=date(2021, 2, 1))
    assert result_of("T6", date(2021, 3, 1)).state is State.MISSED


def test_recognition_of_unknown_year_does_not_count(db):
    before = result_of("T1", date(2020, 10, 13)).outcome
    recognise("23344", year=None)
    after = result_of("T1", date(2020, 10, 13)).outcome
    assert (before.actual, after.actual, after.remark) == (0, 0, "2 công nhận chưa rõ năm đạt chuẩn, không tính.")


def test_recognitions_of_the_year_count_also_when_signed_later(db, clock_at):
    clock_at(date(2021, 2, 1))
    assert result_of("T1", date(2020, 12, 31)).outcome.actual == 0
    assert result_of("T1", date(2021, 1, 31)).outcome.actual == 1
    for commune in ("23344", "23404", "23535"):
        recognise(commune, on=date(2021, 1, 15))
    assert result_of("T1", date(2021, 1, 31)).state is State.MET


def test_revoked_recognition_no_longer_counts(db):
    recognise("23344")
    Recognition.objects.filter(commune__code="23344").update(revoked_on=date(2020, 10, 10))
    assert (result_of("T1", date(2020, 10, 9)).outcome.actual, result_of("T1", date(2020, 10, 13)).outcome.actual) == (
        1,
        0,
    )


def test_share_of_villages_is_of_the_whole_scheme(db):
    villages = Village.objects.filter(commune__in_village_scheme=True).order_by("pk")[:29]
    for village in villages[:28]:
        Recognition.objects.create(village=village, tier="NTM_VILLAGE", effective_on=date(2020, 9, 1), basis=BASIS)
    almost = result_of("T5", date(2020, 10, 13))
    Recognition.objects.create(village=villages[28], tier="NTM_VILLAGE", effective_on=date(2020, 9, 1), basis=BASIS)
    enough = result_of("T5", date(2020, 10, 13))
    assert (almost.outcome.required, almost.outcome.actual, almost.state) == (29, 28, State.AT_RISK)
    assert (enough.outcome.actual, enough.state, enough.outcome.blockers) == (29, State.MET, ())


def test_share_of_villages_counts_the_scheme_when_few_are_registered(db):
    Village.objects.filter(is_illustration=True).update(valid_to=date(2020, 1, 1))
    outcome = result_of("T5", date(2020, 10, 13)).outcome
    assert (outcome.required, outcome.remark) == (29, "Mới đăng ký 0 trên 58 thôn của Đề án.")
    assert {b.lacks for b in outcome.blockers} == {"chưa có danh mục thôn"}


def test_forecast_says_how_it_was_reckoned(db):
    forecast = result_of("F1", date(2020, 10, 13)).outcome.forecast
    assert (forecast.expected, forecast.on) == (17, date(2020, 11, 30))
    assert forecast.reason == "3 tháng qua tăng 1 tiêu chí; giữ nhịp đó thì đến 30/11/2020 đạt 17 tiêu chí."


def test_target_about_a_commune_that_ceased_is_not_met(db):
    Commune.objects.filter(code="23470").update(valid_to=date(2020, 1, 1))
    outcome = result_of("F1", date(2020, 10, 13)).outcome
    assert (outcome.is_met, outcome.blockers[0].lacks) == (False, "không có trong danh mục xã")


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("NOPE", {}, "Không có kiểu mục tiêu 'NOPE'."),
        ("NO_COMMUNE_BELOW", {}, "Tham số thiếu criteria; kiểu này cần: criteria."),
        ("NO_COMMUNE_BELOW", {"criteria": 10, "x": 1}, "Tham số thừa x; kiểu này cần: criteria."),
        ("NO_COMMUNE_BELOW", {"criteria": 0}, "criteria phải là số nguyên từ 1 đến 100."),
        ("NO_COMMUNE_BELOW", {"criteria": "10"}, "criteria phải là số nguyên từ 1 đến 100."),
        ("DISTRICT_RECOGNISED", {"tier": "BEST", "count": 1},
         "tier phải là một trong: STANDARD, ADVANCED, MODEL, NTM_VILLAGE, MODEL_RESIDENTIAL."),
        ("NO_COMMUNE_BELOW", [], "Tham số phải là một đối tượng JSON."),
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit_are_refused(kind, given, said):
    with pytest.raises(ParameterError) as refused:
        parse_parameters(kind, given)
    assert str(refused.value) == said


def test_target_cannot_be_due_before_its_directive(db):
    target = Target.objects.get(code="T7")
    target.due_on = date(2020, 10, 1)
    with pytest.raises(ValidationError) as refused:
        target.full_clean()
    assert refused.value.message_dict == {"due_on": ["Hạn không thể trước ngày ban hành văn bản."]}


def test_same_number_lives_with_another_issuer_or_year_but_not_twice(db):
    facts = {"number": "691/QĐ", "kind": "QUYET_DINH"}
    Directive.objects.create(**facts, issuer="Thủ tướng Chính phủ", issued_on=date(2018, 6, 5))
    Directive.objects.create(**facts, issuer="UBND tỉnh", issued_on=date(2019, 7, 8))
    with pytest.raises(ValidationError) as refused:
        Directive(**facts, issuer="UBND tỉnh", issued_on=date(2019, 1, 1)).full_clean()
    assert refused.value.messages == ["Đã có văn bản cùng số, cơ quan và năm."]
    with pytest.raises(IntegrityError):
        Directive.objects.create(**facts, issuer="UBND tỉnh", issued_on=date(2019, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 10, 13), 3, date(2020, 7, 13)),
        (date(2020, 5, 31), 3, date(2020, 2, 29)),
        (date(2020, 1, 31), 2, date(2019, 11, 30)),
    ],
)
def test_month_before_stays_in_the_month(day, months, expected):
    assert months_later(day, -months) == expected
