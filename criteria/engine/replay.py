"""Which ledger entries hold on a day, as known at a moment. The order in which entries are given does not matter."""

from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import TypeVar

from criteria.engine.facts import Entry

Key = TypeVar("Key", bound=Hashable)


def latest(entries: Iterable[tuple[Key, Entry]], *, as_of: date, known_at: datetime | None = None) -> dict[Key, Entry]:
    """The last entry of each key with `as_of` on or before the day; ties go to the one recorded later."""
    held: dict[Key, Entry] = {}
    for key, entry in entries:
        if entry.as_of > as_of or (known_at is not None and entry.recorded_at > known_at):
            continue
        before = held.get(key)
        if before is None or entry.order > before.order:
            held[key] = entry
    return held
