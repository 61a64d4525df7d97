"""Recording: all or none, corrections, thresholds, and what was known when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from criteria.actions import AssessmentRefusedError, ratio, set_threshold
from criteria.engine.facts import Conclusion, Result
from criteria.engine.wording import number
from criteria.models import Assessment, Measure, Measurement, Threshold
from criteria.queries import catalogue, snapshot
from ntm_portal.core import ledger
from tests.factories.ledger import DAK_NA, SET, make_new, make_source, moment, record

pytestmark = pytest.mark.django_db

DAY = date(2020, 10, 15)
BASIS = "QĐ 1980/QĐ-TTg ngày 17/10/2016, chỉ tiêu 15.1, vùng Tây Nguyên"
NEXT_YEAR = date(2021, 1, 1)


def result_of(indicator: str, *, known_at=None, as_of=DAY) -> Result:
    status = snapshot(SET, as_of, known_at).by_code[DAK_NA]
    return next(f.result for c in status.finding.criteria for f in c.indicators if f.indicator.code == indicator)


def asked_of(indicator: str, *, known_at=None) -> list[str]:
    spec = catalogue(SET, known_at=known_at)
    found = next(i for c in spec.criteria for i in c.indicators if i.code == indicator)
    return [number(m.threshold_for("").value) for m in found.measures]


@pytest.mark.parametrize(
    "bad",
    [
        {"indicator": "15.1", "values": ("84.9999",)},
        {"indicator": "15.1"},
        {"indicator": "15.1", "values": ("100.5",), "conclusion": Conclusion.NOT_MET},
        {"indicator": "1.1", "conclusion": Conclusion.EXEMPT},
        {"indicator": "99.9"},
        {"indicator": "1.1", "as_of": NEXT_YEAR},
    ],
    ids=["below", "no value", "above 100%", "no basis", "unknown", "future"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_assessment_leaves_nothing_behind(bad, place):
    source, news = make_source(), [make_new("1.1"), make_new("1.2")]
    before, rows, readings = ledger.current(), Assessment.objects.count(), Measurement.objects.count()
    news.insert(place, make_new(**bad))

    with pytest.raises(AssessmentRefusedError) as refused:
        record(*news, source=source)

    assert {index for index, _ in refused.value.objections} == {place}
    assert (ledger.current(), Assessment.objects.count(), Measurement.objects.count()) == (before, rows, readings)


@pytest.mark.parametrize(
    "bad",
    [
        {"indicator": None, "criterion": 15, "conclusion": Conclusion.EXEMPT, "basis": "QĐ 1"},
        {"indicator": None, "criterion": 99},
        {"indicator": "1.1", "note": "x" * 501},
        {"indicator": "1.1", "conclusion": Conclusion.EXEMPT, "basis": "x" * 301},
    ],
    ids=["exempt baseline", "unknown criterion", "long note", "long basis"],
)
def test_what_the_ledger_cannot_hold_is_refused_in_words(bad):
    before = ledger.current()

    with pytest.raises(AssessmentRefusedError) as refused, transaction.atomic():
        record(make_new("1.1"), make_new(**bad))

    assert {index for index, _ in refused.value.objections} == {1}
    assert ledger.current() == before


def test_a_refusal_names_commune_indicator_threshold_and_basis():
    with pytest.raises(AssessmentRefusedError) as refused:
        record(make_new("15.1", values=("84.9999",)))

    assert refused.value.message == (
        "Xã Đăk Na, chỉ tiêu 15.1: Tỷ lệ người tham gia bảo hiểm y tế: 84,9999% dân, yêu cầu từ 85% dân"
        f" ({BASIS}); không thể kết luận đạt."
    )


@pytest.mark.parametrize("bad", [{"indicator": None}, {"indicator": "1.1", "criterion": 15}])
def test_a_row_about_nothing_or_about_two_things_leaves_nothing_behind(bad):
    before, rows = ledger.current(), Assessment.objects.count()

    with pytest.raises(AssessmentRefusedError):
        record(make_new("1.1"), make_new(**bad))

    assert (ledger.current(), Assessment.objects.count()) == (before, rows)


def test_a_correction_wins_and_what_was_known_stays(clock_at):
    first, later = moment(date(2020, 10, 16)), moment(date(2020, 10, 19))
    record(make_new("15.1", values=("86",)), at=first)
    known = snapshot(SET, DAY, first).statuses

    record(make_new("15.1", Conclusion.NOT_MET, values=("84",)), at=later)

    assert [result_of("15.1"), result_of("15.1", known_at=first)] == [Result.NOT_MET, Result.MET]
    assert snapshot(SET, DAY, first).statuses == known
    ledger.Memory.forget_all()
    assert snapshot(SET, DAY, first).statuses == known


def test_of_two_rows_learned_at_one_moment_the_later_position_wins():
    at = moment(date(2020, 10, 16))

    record(make_new("1.1", Conclusion.NOT_MET), make_new("1.1", Conclusion.MET), at=at)

    assert result_of("1.1") is Result.MET


def test_an_assessment_of_an_earlier_day_does_not_undo_a_later_one():
    record(make_new("1.1", Conclusion.NOT_MET, as_of=DAY))

    record(make_new("1.1", Conclusion.MET, as_of=DAY - timedelta(days=1)))

    assert [result_of("1.1"), result_of("1.1", as_of=DAY - timedelta(days=1))] == [Result.NOT_MET, Result.MET]


def test_exact_parts_survive_the_database():
    measure = next(
        m for c in catalogue(SET, known_at=None).criteria for i in c.indicators if i.code == "15.1" for m in i.measures
    )
    new = make_new("15.1", Conclusion.NOT_MET)
    new.readings[measure.id] = ratio(measure, Decimal(84_999_999), Decimal(100_000_000))

    record(new)

    stored = Measurement.objects.order_by("pk").last()
    assert (str(stored.value), stored.numerator, stored.denominator) == ("84.9999", 84_999_999, 100_000_000)
    assert result_of("15.1") is Result.NOT_MET


def test_a_new_threshold_keeps_the_old_one_for_what_was_known(clock_at):
    measure = Measure.objects.get(indicator__code="15.1")
    record(make_new("15.1", values=("86",)), at=moment(DAY))
    before, known = ledger.current(), moment(date(2020, 10, 18))
    clock_at(date(2020, 10, 19))

    set_threshold(measure, zone="tn", commune_group="", value=Decimal(90), basis="QĐ mới")

    assert [asked_of("15.1"), asked_of("15.1", known_at=known)] == [["90"], ["85"]]
    assert [result_of("15.1"), result_of("15.1", known_at=known)] == [Result.NOT_MET, Result.MET]
    assert ledger.current().number > before.number


def test_a_new_threshold_of_one_group_leaves_that_of_the_zone():
    measure = Measure.objects.get(indicator__code="15.1")

    set_threshold(measure, zone="tn", commune_group="III", value=Decimal(80), basis="QĐ mới")

    held = Threshold.objects.filter(measure=measure, withdrawn_at=None).order_by("commune_group")
    assert [(t.commune_group, t.value) for t in held] == [("", 85), ("III", 80)]


@pytest.mark.parametrize("value", ["-1", "101", "90.00001", "NaN"])
def test_an_impossible_threshold_changes_nothing(value):
    measure = Measure.objects.get(indicator__code="15.1")
    before = ledger.current()

    with pytest.raises(ValidationError), transaction.atomic():
        set_threshold(measure, zone="tn", commune_group="", value=Decimal(value), basis="QĐ mới")

    assert (asked_of("15.1"), ledger.current()) == (["85"], before)
