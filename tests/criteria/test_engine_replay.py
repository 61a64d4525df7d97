"""Which entries hold: the order in which they are read never matters."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.engine.facts import Conclusion
from criteria.engine.judge import judge_unit
from criteria.engine.replay import latest
from tests.factories.engine import (
    DAY,
    MOMENT,
    conclusions,
    make_criterion,
    make_entry,
    make_indicator,
    make_measure,
    make_set,
    values,
)

pytestmark = pytest.mark.engine

SET = make_set(
    make_criterion(make_indicator(make_measure(1, "70"), key=1), make_indicator(key=2), number=1),
    make_criterion(make_indicator(make_measure(3, "95"), make_measure(4, "50"), key=3), number=2),
)
KEYS = [("indicator", 1), ("indicator", 2), ("indicator", 3), ("criterion", 1), ("criterion", 2)]
MEASURES = {("indicator", 1): [1], ("indicator", 3): [3, 4]}


@st.composite
def ledgers(draw):
    """A ledger of one unit: (key, entry) rows with distinct positions, several on one day."""
    rows = []
    for position, key in enumerate(draw(st.lists(st.sampled_from(KEYS), max_size=12)), start=1):
        conclusion = draw(conclusions if key[0] == "indicator" else st.sampled_from(["MET", "NOT_MET"]))
        readings = {measure: draw(values) for measure in MEASURES.get(key, [])}
        days = draw(st.integers(-2, 2))
        rows.append(
            (
                key,
                make_entry(Conclusion(conclusion), readings, days=days, position=position, basis=draw(st.just("QĐ 1"))),
            )
        )
    return rows


def judged(held):
    entries = {key: entry for (kind, key), entry in held.items() if kind == "indicator"}
    baselines = {key: entry for (kind, key), entry in held.items() if kind == "criterion"}
    return judge_unit(SET, entries, baselines, "")


@given(ledgers(), st.randoms(use_true_random=False), st.integers(-3, 3))
def test_shuffled_entries_give_the_same_latest(rows, random, days):
    shuffled = random.sample(rows, len(rows))
    day = DAY + timedelta(days=days)

    assert latest(shuffled, as_of=day) == latest(rows, as_of=day)


@given(ledgers(), st.randoms(use_true_random=False))
def test_a_shuffled_ledger_is_judged_the_same(rows, random):
    shuffled = random.sample(rows, len(rows))

    assert judged(latest(shuffled, as_of=DAY)) == judged(latest(rows, as_of=DAY))


@given(ledgers(), st.integers(-3, 3), st.integers(-3, 3))
def test_latest_is_the_greatest_of_what_was_true_and_known(rows, days, known):
    day, moment = DAY + timedelta(days=days), MOMENT + timedelta(days=known)

    found = latest(rows, as_of=day, known_at=moment)

    seen = [(key, e) for key, e in rows if e.as_of <= day and e.recorded_at <= moment]
    assert found == {key: max((e for k, e in seen if k == key), key=lambda e: e.order) for key, _ in seen}


@given(ledgers())
def test_what_is_learned_later_never_changes_what_was_known(rows):
    known = MOMENT
    before = [row for row in rows if row[1].recorded_at <= known]

    assert latest(rows, as_of=DAY, known_at=known) == latest(before, as_of=DAY, known_at=known)


def test_a_correction_of_the_same_day_wins():
    first = make_entry(position=5)
    correction = make_entry(Conclusion.NOT_MET, position=9)

    assert latest([(1, correction), (1, first)], as_of=DAY) == {1: correction}


def test_a_late_report_of_an_earlier_day_does_not_win():
    newer = make_entry(days=0, position=1)
    older = make_entry(days=-1, position=2)

    assert latest([(1, newer), (1, older)], as_of=DAY) == {1: newer}
