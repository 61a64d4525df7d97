"""A trend is what freshly built snapshots say of each month, whatever happened since it was remembered."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, District, Village
from criteria import queries, summaries
from criteria.actions import NewAssessment, record_assessments, set_threshold
from criteria.engine.facts import Conclusion, Reading
from criteria.models import Assessment, CriteriaSet, Criterion, Indicator, Measure, Recognition, Threshold
from criteria.queries import Snapshot, snapshot
from criteria.trends import TrendPoint, month_ends, trend
from ntm_portal.core import ledger
from ntm_portal.core.models import LedgerCounter
from tests.factories.ledger import DAK_NA, SET, make_new, make_source, moment, record

pytestmark = pytest.mark.django_db

DAY = date(2020, 10, 20)
KNOWN = moment(date(2020, 10, 18))
SMALL = "thu"
COMMUNES = [DAK_NA, "23362", "23365"]
MET, NOT_MET = Conclusion.MET, Conclusion.NOT_MET
JUNE, AUGUST = date(2020, 6, 10), date(2020, 8, 10)


def assess(indicator: str | None, conclusion: Conclusion, as_of: date, at=None, commune: str = DAK_NA, **fields) -> int:
    """Record one assessment of the small set; returns its position."""
    unit = Commune.objects.get(code=commune)
    new = NewAssessment(unit, as_of, conclusion, indicator=indicator, **fields)
    return record_assessments(SMALL, [new], source=make_source(), at=at or moment(as_of))[0]


def assess_village() -> None:
    """An assessment of a village, which no snapshot of communes counts but the ledger does."""
    row = Assessment.objects.get(position=assess("1.1", MET, AUGUST))
    with transaction.atomic(), ledger.taking(1) as (position,):
        village = Village.objects.filter(commune__code=DAK_NA).first()
        row.pk, row.position, row.village, row.conclusion, row._state.adding = None, position, village, "NOT_MET", True
        row.save()


def recognise(commune: str = DAK_NA, **fields) -> None:
    unit = Commune.objects.get(code=commune)
    known = {"tier": "STANDARD", "effective_on": JUNE, "basis": "QĐ thử", "recorded_at": moment(JUNE)}
    Recognition.objects.create(commune=unit, **known | fields)


def take_a_position_for_nothing() -> None:
    with transaction.atomic(), ledger.taking(1):
        pass


def set_thresholds(value: int) -> None:
    measure = Measure.objects.get(indicator__criterion__criteria_set__code=SMALL)
    set_threshold(measure, zone="tn", commune_group="", value=Decimal(value), basis="QĐ thử")


def of_small(model: type) -> object:
    path = {Indicator: "criterion__criteria_set__code", Measure: "indicator__criterion__criteria_set__code"}[model]
    return model.objects.filter(**{path: SMALL})


# What happens, and whether it is seen by one who asks for all that is known, and for what was known on 18/10.
HAPPENINGS: dict[str, tuple[Callable[[], object], bool, bool]] = {
    "assessed this month": (lambda: assess("1.1", NOT_MET, date(2020, 10, 15)), True, True),
    "assessed for August": (lambda: assess("2.1", MET, date(2020, 8, 31)), True, True),
    "corrected": (lambda: assess("1.1", NOT_MET, date(2020, 7, 31), at=moment(DAY, 9)), True, False),
    "learned late": (lambda: assess("1.1", NOT_MET, date(2020, 7, 31), at=moment(date(2020, 10, 2))), True, True),
    "baseline": (lambda: assess(None, MET, date(2020, 8, 31), criterion=2), True, True),
    "assessed before all": (lambda: assess("1.1", MET, date(2020, 1, 5)), False, False),
    "another commune assessed": (lambda: assess("2.1", MET, AUGUST, commune="23362"), True, True),
    "village assessed": (assess_village, False, False),
    "another set assessed": (lambda: record(make_new("1.1", NOT_MET, as_of=AUGUST), at=moment(AUGUST)), False, False),
    "position taken for nothing": (take_a_position_for_nothing, False, False),
    "threshold set": (lambda: set_thresholds(90), True, False),
    "threshold edited": (lambda: Threshold.objects.filter(basis="QĐ 0").update(value=90), True, True),
    "measure turned round": (lambda: of_small(Measure).update(comparison="<="), True, True),
    "indicator optional": (lambda: of_small(Indicator).filter(code="1.2").update(is_mandatory=False), True, True),
    "recognised": (recognise, True, True),
    "recognised, known later": (lambda: recognise(recorded_at=moment(DAY, 9)), True, False),
    "recognised and revoked": (lambda: recognise(revoked_on=AUGUST), True, True),
    "recognitions expire": (lambda: Recognition.objects.update(expires_on=AUGUST), True, True),
    "recognitions gone": (lambda: Recognition.objects.all().delete(), True, True),
    "commune closed": (lambda: Commune.objects.filter(code=DAK_NA).update(valid_to=AUGUST), True, True),
    "commune made a ward": (lambda: Commune.objects.filter(code=DAK_NA).update(kind="PHUONG"), True, True),
    "commune opened": (lambda: open_communes(1, valid_from=AUGUST), True, True),
    "district renamed": (lambda: District.objects.update(name="Khác"), False, False),
}


def open_communes(count: int, **fields) -> list[str]:
    district = District.objects.get(code="617")
    codes = [f"9000{number}" for number in range(count)]
    for code in codes:
        Commune.objects.create(code=code, name="Xã mới", district=district, **fields)
    return codes


@pytest.fixture
def small(db) -> None:
    """A set of three indicators, assessed for two of the three communes that are left from May to September."""
    Commune.objects.exclude(code__in=COMMUNES).update(kind="PHUONG")
    fields = {"title": "Bộ thử", "basis": "QĐ 0", "subject": "COMMUNE", "tier": "MODEL", "zone": "tn"}
    chosen = CriteriaSet.objects.create(code=SMALL, **fields)
    first, second = (Criterion.objects.create(criteria_set=chosen, number=n, name=f"Tiêu chí {n}") for n in (1, 2))
    for order, (criterion, code) in enumerate([(first, "1.1"), (first, "1.2"), (second, "2.1")]):
        Indicator.objects.create(criterion=criterion, code=code, order=order, name=code)
    held = Indicator.objects.get(criterion=first, code="1.2")
    measure = Measure.objects.create(indicator=held, name="Tỷ lệ", unit="%", comparison=">=")
    Threshold.objects.create(measure=measure, zone="tn", value=50, basis="QĐ 0", recorded_at=moment(date(2019, 1, 1)))
    recognise("23365")
    for month in range(5, 10):
        for commune in (DAK_NA, "23365"):
            day = date(2020, month, 28)
            reading = {measure.pk: Reading(Decimal("60.5"))}
            assess("1.1", MET, day, commune=commune)
            assess("1.2", NOT_MET if month == 8 else MET, day, commune=commune, readings=reading, note="Thử")
            assess("2.1", NOT_MET, day, commune=commune)


def said_by(shown: Snapshot) -> TrendPoint:
    """The point of one day as the summaries count it."""
    row = summaries.by_province("", shown, shown)
    return TrendPoint(
        shown.as_of,
        row.communes,
        row.average,
        tuple((band.band, band.count) for band in row.bands),
        tuple((criterion.number, criterion.met) for criterion in row.criteria),
        row.recognised_total,
    )


def built_afresh(set_code: str, known_at, months: int) -> tuple[TrendPoint, ...]:
    ledger.Memory.forget_all()
    past = (snapshot(set_code, day, known_at) for day in month_ends(DAY, months))
    return tuple(said_by(shown) for shown in past if shown.has_data)


def remembered(known_at=None, months: int = 4, set_code: str = SMALL) -> tuple[TrendPoint, ...]:
    return trend(snapshot(set_code, DAY, known_at), months)


def queries_of(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_month_ends_lead_to_the_day():
    assert month_ends(date(2020, 3, 31), 3) == (date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 31))
    assert month_ends(date(2020, 1, 1), 2) == (date(2019, 12, 31), date(2020, 1, 1))


def test_trend_is_what_each_snapshot_counts():
    found = remembered(None, 13, SET)

    assert [point.as_of for point in found] == [date(2019, 12, 31), *month_ends(DAY, 13)[3:]]
    assert found == built_afresh(SET, None, 13)


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_nothing_remembered_outlives_what_happens(happening, small):
    act, *seen = HAPPENINGS[happening]
    before = [remembered(None), remembered(KNOWN)]

    act()

    after = [remembered(None), remembered(KNOWN)]
    assert after == [built_afresh(SMALL, None, 4), built_afresh(SMALL, KNOWN, 4)]
    assert [now != then for now, then in zip(after, before, strict=True)] == seen


@pytest.mark.parametrize("seed", range(2))
def test_nothing_remembered_outlives_one_thing_after_another(seed, small):
    """Whatever was remembered at any step is still there at the next ones, and none of it is taken for another."""
    order = list(HAPPENINGS)
    Random(seed).shuffle(order)
    shown = []
    for happening in order:
        shown.append((remembered(None), remembered(KNOWN)))
        HAPPENINGS[happening][0]()

    assert (remembered(None), remembered(KNOWN)) == (built_afresh(SMALL, None, 4), built_afresh(SMALL, KNOWN, 4))
    assert len(shown) == len(HAPPENINGS)


def test_past_months_stay_when_this_month_is_assessed(small, django_assert_num_queries):
    remembered()
    assess("1.1", NOT_MET, date(2020, 10, 15))
    shown = snapshot(SMALL, DAY)

    with django_assert_num_queries(1):
        trend(shown, 4)
    with django_assert_num_queries(0):
        trend(shown, 4)


def test_only_months_from_a_backdated_assessment_on_are_built_again(small):
    remembered()
    assess("1.1", NOT_MET, AUGUST)
    shown = snapshot(SMALL, DAY)

    one = queries_of(lambda: snapshot(SMALL, date(2020, 8, 31), at=shown.position, keep=False))
    assert queries_of(lambda: trend(shown, 4)) == 1 + 2 * one


def test_everything_is_built_again_in_another_history(small):
    shown = snapshot(SMALL, DAY)
    cold = queries_of(lambda: trend(shown))
    LedgerCounter.objects.update(epoch="another")
    shown = snapshot(SMALL, DAY)

    assert queries_of(lambda: trend(shown)) == cold > 10


def test_queries_do_not_grow_with_communes_and_rows(small):
    shown = snapshot(SMALL, DAY)
    before = queries_of(lambda: trend(shown))
    for code in open_communes(5):
        for day in month_ends(DAY, 6):
            assess("1.1", MET, day, commune=code)
    shown = snapshot(SMALL, DAY)

    assert queries_of(lambda: trend(shown)) == before


def test_what_is_recorded_while_a_trend_is_built_is_not_kept_under_the_older_position(small):
    shown = snapshot(SMALL, DAY)
    assess("1.1", NOT_MET, AUGUST)

    meanwhile = trend(shown, 4)

    assert queries_of(lambda: trend(shown, 4)) > 1
    assert (meanwhile[:-1], remembered()) == (remembered()[:-1], built_afresh(SMALL, None, 4))


def test_building_months_drives_no_snapshot_out(small):
    snapshot(SMALL, DAY)
    in_use = list(queries._SNAPSHOTS._kept)

    remembered()

    assert list(queries._SNAPSHOTS._kept) == in_use


def test_trend_of_a_district_counts_its_communes():
    shown = snapshot(SET, DAY)
    row = next(r for r in summaries.by_district(shown, shown) if r.code == "617")

    found = trend(shown, 3, among=lambda commune: commune.district_code == "617")

    assert [(point.as_of.month, point.communes) for point in found] == [(8, 11), (9, 11), (10, 11)]
    assert (found[-1].average, found[-1].recognised) == (row.average, row.recognised_total)
    assert found[-1].bands == tuple((band.band, band.count) for band in row.bands)


def test_there_is_no_trend_without_data(small):
    assert trend(snapshot(SMALL, date(2020, 5, 27))) == ()
    assert trend(snapshot(SMALL, DAY), among=lambda commune: False) == ()
