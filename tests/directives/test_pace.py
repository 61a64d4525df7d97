"""The pace of a target is what its results said at each month's end."""

from datetime import date
from decimal import Decimal

import pytest

from communes.models import Commune
from criteria.asking import answer
from criteria.engine.facts import Conclusion
from criteria.models import Recognition
from criteria.queries import Snapshot
from criteria.trends import month_ends
from directives.models import Target
from directives.pace import PacePoint, pace
from directives.queries import target_results
from ntm_portal.core import ledger
from tests.factories.ledger import make_new, record

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DAY = date(2020, 10, 20)


def paces(shown: Snapshot, months: int = 13) -> dict[str, tuple[PacePoint, ...]]:
    return {result.target.code: pace(result, shown, months) for result in target_results(shown)}


def said_on(days) -> dict[str, tuple[PacePoint, ...]]:
    """Every target on each day as its own results say it."""
    ledger.Memory.forget_all()
    found: dict[str, tuple[PacePoint, ...]] = {}
    for day in days:
        for result in target_results(answer(day).snapshot):
            point = PacePoint(day, result.outcome.actual, result.outcome.required)
            found[result.target.code] = (*found.get(result.target.code, ()), point)
    return found


def test_pace_is_what_the_results_were():
    assert paces(answer(DAY).snapshot, 5) == said_on(month_ends(DAY, 5))


def test_pace_begins_with_the_data():
    found = paces(answer(DAY).snapshot)["T7"]
    assert [(p.as_of, p.actual, p.required) for p in found][:2] == [
        (date(2019, 12, 31), Decimal(31), Decimal(0)),
        (date(2020, 1, 31), Decimal(31), Decimal(0)),
    ]
    assert (len(found), found[-1].as_of, found[-1].actual) == (11, DAY, Decimal(3))


@pytest.mark.parametrize("change", ["assessed for August", "recognised in August", "target asks less"])
def test_nothing_remembered_outlives_what_happens(change):
    before = paces(answer(DAY).snapshot, 4)

    if change == "assessed for August":
        record(make_new("1.1", Conclusion.NOT_MET, commune="23470", as_of=date(2020, 9, 30)))
    elif change == "recognised in August":
        unit = Commune.objects.get(code="23344")
        Recognition.objects.create(
            commune=unit, tier="STANDARD", achieved_year=2020, effective_on=date(2020, 8, 5), basis="QĐ thử"
        )
    else:
        Target.objects.filter(code="T7").update(parameters={"criteria": 9})

    after = paces(answer(DAY).snapshot, 4)
    assert after == said_on(month_ends(DAY, 4))
    assert after != before


def test_all_targets_share_one_query_at_a_new_position(django_assert_num_queries):
    paces(answer(DAY).snapshot)
    record(make_new("1.1", as_of=date(2020, 10, 15)))
    shown = answer(DAY).snapshot
    results = target_results(shown)

    with django_assert_num_queries(1):
        for result in results:
            pace(result, shown)


def test_pace_ends_when_the_target_is_due(clock_at):
    clock_at(date(2021, 3, 10))
    shown = answer(date(2021, 3, 10)).snapshot
    assert [point.as_of for point in paces(shown, 5)["F1"]] == [date(2020, 11, 30), date(2021, 3, 10)]


def test_a_fall_shows_in_every_month_it_touches():
    shown = answer(DAY).snapshot
    before = paces(shown, 2)["F1"]
    record(make_new("1.1", Conclusion.NOT_MET, commune="23470", as_of=date(2020, 9, 30)))
    late = answer(DAY).snapshot
    assert [p.actual for p in paces(late, 2)["F1"]] == [p.actual - 1 for p in before]
