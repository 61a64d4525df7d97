"""Positions under many writers: whoever has seen n sees every row up to n."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from criteria.models import Assessment
from ntm_portal.core import ledger
from tests.factories.ledger import make_new, make_source, record

WRITERS, ROUNDS = 4, 4


def test_taking_positions_outside_a_transaction_is_refused(committed_db):
    before = ledger.current()

    with pytest.raises(RuntimeError):
        ledger.take(1)

    assert ledger.current() == before


def test_a_transaction_rolled_back_gives_its_positions_back(committed_db):
    before, rows = ledger.current(), Assessment.objects.count()

    with transaction.atomic():
        record(make_new("1.1"))
        transaction.set_rollback(True)

    assert (ledger.current(), Assessment.objects.count()) == (before, rows)


def test_readers_see_every_row_up_to_the_position_they_have_seen(committed_db):
    start, source, done, together = ledger.current().number, make_source(), Event(), Barrier(WRITERS + 1)
    news = [make_new("1.1"), make_new("1.2")]

    def write() -> None:
        together.wait()
        for _ in range(ROUNDS):
            record(*news, source=source)
        connection.close()

    def read() -> list[tuple[int, int]]:
        together.wait()
        seen = []
        while not seen or not done.is_set():
            number = ledger.current().number
            seen.append((number - start, Assessment.objects.filter(position__gt=start, position__lte=number).count()))
        connection.close()
        return seen

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(read)
        writers = [pool.submit(write) for _ in range(WRITERS)]
        for writer in writers:
            writer.add_done_callback(lambda _: done.set() if all(w.done() for w in writers) else None)
        seen = reader.result()

    assert [writer.exception() for writer in writers] == [None] * WRITERS
    assert [(number, rows) for number, rows in seen if number != rows] == []
    assert ledger.current().number - start == WRITERS * ROUNDS * len(news)
    assert len({number for number, _ in seen}) > 1


def test_the_database_is_as_loaded_after_real_commits(committed_db):
    """The tests above committed; their fixture put everything back."""
    assert Assessment.objects.count() == 85 * 49 * 13
