"""Positions under many writers: whoever has seen n sees every row up to n."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from criteria.models import Assessment
from ntm_portal.core import ledger
from tests.factories.ledger import make_new, make_source, record

WRITERS, ROUNDS = 4, 4


def test_taking_positions_outside_a_transaction_is_refused(committed_db):
    before = ledger.current()

    with pytest.raises(RuntimeError), ledger.taking(1):
        pass

    assert ledger.current() == before


def test_a_transaction_rolled_back_gives_its_positions_back(committed_db):
    before, rows = ledger.current(), Assessment.objects.count()

    with transaction.atomic():
        record(make_new("1.1"))
        transaction.set_rollback(True)

    assert (ledger.current(), Assessment.objects.count()) == (before, rows)


def write(news, source, together: Barrier) -> None:
    together.wait()
    for _ in range(ROUNDS):
        record(*news, source=source)
    connection.close()


def read(start: int, together: Barrier, writers: list[Future]) -> list[tuple[int, int]]:
    """(position seen, rows then found up to it), both counted from the start, until all have written."""
    together.wait()
    seen = []
    while not seen or not all(writer.done() for writer in writers):
        number = ledger.current().number
        seen.append((number - start, Assessment.objects.filter(position__gt=start, position__lte=number).count()))
    connection.close()
    return seen


def test_readers_see_every_row_up_to_the_position_they_have_seen(committed_db):
    start, source, together = ledger.current().number, make_source(), Barrier(WRITERS + 1)
    news = [make_new("1.1"), make_new("1.2")]

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        writers = [pool.submit(write, news, source, together) for _ in range(WRITERS)]
        seen = pool.submit(read, start, together, writers).result()

    assert [writer.exception() for writer in writers] == [None] * WRITERS
    assert [(number, rows) for number, rows in seen if number != rows] == []
    assert ledger.current().number - start == WRITERS * ROUNDS * len(news)
    assert len({number for number, _ in seen}) > 1


def test_the_database_is_as_loaded_after_real_commits(committed_db):
    """The tests above committed; their fixture put everything back."""
    assert Assessment.objects.count() == 85 * 49 * 13
