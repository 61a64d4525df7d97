"""Positions of the ledger: handed out in commit order, and the key of everything that is remembered.

A position is the number of the last change that can alter a status answer. Whoever takes one locks the
counter row until the end of the transaction, so positions become visible in their own order: a reader who
has seen n has seen everything up to n.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import TypeVar

from cachetools import LRUCache
from django.db import connection

from ntm_portal.core.models import LedgerCounter

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Position:
    """A point of one history of the ledger."""

    epoch: str
    number: int


def current() -> Position:
    """The position of the last committed change (one query)."""
    row = LedgerCounter.objects.values_list("epoch", "position").first()
    return Position(*row) if row else Position("", 0)


@contextmanager
def taking(count: int) -> Iterator[range]:
    """Take that many positions, and record under them inside the block; afterwards they are closed for good.

    Raises RuntimeError outside a transaction: the order would no longer be that of the commits.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Positions are taken inside the transaction that records.")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [count])
        (last,) = cursor.fetchone()
        yield range(last - count + 1, last + 1)
        cursor.execute(_CLOSE)


_TAKE = "UPDATE core_ledgercounter SET open_from = position + 1, position = position + %s RETURNING position"
_CLOSE = "UPDATE core_ledgercounter SET open_from = position + 1"


class Memory:
    """Results kept in this process under a key that holds the ledger position, so none is ever stale.

    One thread builds a missing value while the others wait for it.
    """

    _all: list["Memory"] = []

    def __init__(self, size: int, weigh: Callable[[object], int] | None = None) -> None:
        self._kept: LRUCache = LRUCache(size, getsizeof=weigh)
        self._lock = RLock()
        Memory._all.append(self)

    def find(self, key: Hashable) -> object | None:
        """The value kept under the key, if any."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: Hashable, value: Value) -> Value:
        """Keep a value, unless it is larger than the whole memory."""
        with self._lock:
            if self._kept.getsizeof(value) <= self._kept.maxsize:
                self._kept[key] = value
        return value

    def find_or_build(self, key: Hashable, build: Callable[[], Value]) -> Value:
        """The value kept under the key, else a new one, built once."""
        with self._lock:
            value = self._kept.get(key)
            return self.keep(key, build()) if value is None else value

    @classmethod
    def forget_all(cls) -> None:
        """Start cold: for benchmarks, and between tests that roll positions back."""
        for memory in cls._all:
            with memory._lock:
                memory._kept.clear()
