"""The judged snapshot is what the plain engine says of every row of the ledger, in a few queries."""

from collections import defaultdict
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune
from criteria.engine.facts import Conclusion, Entry, Reading
from criteria.engine.judge import judge_unit
from criteria.engine.replay import latest
from criteria.models import Assessment, CriteriaSet, Measurement
from criteria.queries import catalogue, default_set_code, ledger_entries, snapshot
from ntm_portal.core import ledger
from ntm_portal.core.errors import NotFoundError
from tests.factories.ledger import DAK_NA, SET, make_new, moment, record

pytestmark = pytest.mark.django_db

DAY = date(2020, 10, 15)
ANSWERS = [
    (date(2019, 12, 30), None),
    (date(2020, 9, 30), None),
    (DAY, None),
    (DAY, moment(date(2020, 10, 18))),
    (date(2020, 12, 31), moment(date(2020, 10, 20))),
    (date(2020, 12, 31), None),
]


FIELDS = ("pk", "commune__code", "criterion_id", "indicator_id", "conclusion")
ENTRY_FIELDS = ("position", "as_of", "recorded_at", "note", "basis", "source_id")


def whole_ledger(**which) -> dict[str, list]:
    """((kind, id), entry) of every row, by code of commune, in no order and with nothing left to the database."""
    readings = defaultdict(dict)
    for key, measure, *values in Measurement.objects.values_list(
        "assessment_id", "measure_id", "value", "numerator", "denominator"
    ):
        readings[key][measure] = Reading(*values)
    found = defaultdict(list)
    rows = Assessment.objects.filter(village=None, **which).order_by("?")
    for pk, code, criterion, indicator, conclusion, *values in rows.values_list(*FIELDS, *ENTRY_FIELDS):
        key = ("criterion", criterion) if criterion else ("indicator", indicator)
        fields = dict(zip(ENTRY_FIELDS, values, strict=True))
        entry = Entry(conclusion=Conclusion(conclusion), readings=readings[pk], id=pk, **fields)
        found[code].append((key, entry))
    return found


def replayed(rows, as_of, known_at, group):
    held = latest(rows, as_of=as_of, known_at=known_at)
    entries = {key: entry for (kind, key), entry in held.items() if kind == "indicator"}
    baselines = {key: entry for (kind, key), entry in held.items() if kind == "criterion"}
    return judge_unit(catalogue(SET, known_at=known_at), entries, baselines, group)


def queries_of_cold_snapshot() -> int:
    ledger.Memory.forget_all()
    with CaptureQueriesContext(connection) as captured:
        snapshot(SET, DAY)
    return len(captured)


@pytest.fixture
def lively():
    """Corrections, late reports, exemptions, baselines and ties on top of the demonstration."""
    record(make_new("15.1", values=("99",)), make_new("1.1", Conclusion.NOT_MET), at=moment(DAY, 8))
    record(make_new("15.1", Conclusion.NOT_MET, values=("84",)), make_new("1.1"), at=moment(date(2020, 10, 19)))
    record(make_new("1.2", Conclusion.NOT_MET, as_of=date(2020, 1, 15)), at=moment(date(2020, 10, 19)))
    record(make_new("17.3", Conclusion.EXEMPT, basis="QĐ 1"), make_new("17.3", Conclusion.NOT_MET), at=moment(DAY))
    record(
        make_new(None, Conclusion.NOT_MET, criterion=4, as_of=date(2020, 10, 5)),
        make_new(None, Conclusion.MET, criterion=17),
        make_new("4.1", as_of=DAY),
        at=moment(DAY, 18),
    )


def test_a_snapshot_is_the_replay_of_every_row_by_the_plain_engine(lively):
    rows, groups = whole_ledger(), dict(Commune.objects.values_list("code", "group"))

    for as_of, known_at in ANSWERS:
        found = {code: status.finding for code, status in snapshot(SET, as_of, known_at).by_code.items()}
        expected = {code: replayed(rows[code], as_of, known_at, groups[code]) for code in found}
        assert len(found) == 85
        assert found == expected


def test_the_ledger_of_one_commune_is_all_its_rows(lively, django_assert_num_queries):
    commune, spec = Commune.objects.get(code=DAK_NA), catalogue(SET, known_at=None)

    with django_assert_num_queries(1):
        found = ledger_entries(spec, [commune.pk], date(2020, 12, 31), None)[commune.pk]

    assert sorted(found, key=lambda row: row[1].position) == sorted(
        whole_ledger(commune=commune)[DAK_NA], key=lambda row: row[1].position
    )


def test_a_cold_snapshot_takes_six_queries_and_a_warm_one_only_the_position(django_assert_num_queries):
    cold = queries_of_cold_snapshot()

    with django_assert_num_queries(1):
        warm = snapshot(SET, DAY)
    with django_assert_num_queries(0):
        again = snapshot(SET, DAY, at=warm.position)

    assert cold <= 6
    assert again is warm


def test_the_queries_of_a_snapshot_do_not_grow_with_communes_or_rows(lively):
    with_all = queries_of_cold_snapshot()
    closed = Commune.objects.filter(kind="XA").order_by("code")[:40].values("pk")
    Commune.objects.filter(pk__in=list(closed.values_list("pk", flat=True))).update(valid_to=date(2020, 1, 1))

    with_fewer = queries_of_cold_snapshot()

    assert len(snapshot(SET, DAY).statuses) == 45
    assert with_fewer == with_all


def test_a_new_assessment_is_seen_at_once():
    before = snapshot(SET, DAY)

    record(make_new("1.1", Conclusion.NOT_MET))

    after = snapshot(SET, DAY)
    assert (before.position == after.position, before.statuses == after.statuses) == (False, False)


def test_a_day_before_all_data_has_no_data_and_meets_nothing():
    found = snapshot(SET, date(2019, 12, 30))

    assert (found.has_data, {s.finding.criteria_met for s in found.statuses}) == (False, {0})


def test_an_unknown_set_is_not_found():
    with pytest.raises(NotFoundError):
        snapshot("khong-co", DAY)


@pytest.mark.parametrize(("on", "code"), [(date(2016, 12, 1), SET), (date(2020, 10, 20), SET)])
def test_the_set_in_force_is_the_one_to_judge_by(on, code):
    assert default_set_code(on) == code


def test_before_the_first_set_the_first_one_says_that_there_is_nothing_yet():
    assert default_set_code(date(2016, 11, 30)) == SET


def test_no_set_at_all_is_said():
    CriteriaSet.objects.update(subject=CriteriaSet.Subject.VILLAGE)
    with pytest.raises(NotFoundError):
        default_set_code(date(2020, 11, 30))
