"""What a reader asks of time, and the snapshots that answer: the day, what was known, the day to compare with."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from criteria.asking import Answer
from criteria.queries import Snapshot, snapshot
from criteria.summaries import compared_day
from ntm_portal.core import clock


@dataclass(frozen=True, slots=True)
class Asked:
    """The three choices of the time control; none means the portal's own: today, all that is known, a month before."""

    day: date | None = None
    known_at: datetime | None = None
    compared: date | None = None

    NAMES: ClassVar = ("ngay", "so_voi", "biet_den")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The choices made, as parameters of an address."""
        made = [
            ("ngay", self.day and f"{self.day:%Y-%m-%d}"),
            ("biet_den", self.known_at and f"{clock.local(self.known_at):%Y-%m-%dT%H:%M}"),
            ("so_voi", self.compared and f"{self.compared:%Y-%m-%d}"),
        ]
        return [(name, value) for name, value in made if value]

    @property
    def query(self) -> str:
        """What a link appends to carry the choices along; nothing where none was made."""
        return f"?{urlencode(self.pairs, safe=':')}" if self.pairs else ""


@dataclass(frozen=True)
class Reading:
    """One status page being made: what was asked, the snapshot that answers, and the one it is held against."""

    asked: Asked
    answer: Answer
    given: dict[str, Any] = field(default_factory=dict)
    """Other parameters of the page."""

    @property
    def shown(self) -> Snapshot:
        return self.answer.snapshot

    @property
    def compared_on(self) -> date:
        """The day asked for, else the end of the month before the latest figures."""
        return self.asked.compared or compared_day(self.shown)

    @cached_property
    def before(self) -> Snapshot:
        return self.at(self.compared_on)

    @cached_property
    def year_before(self) -> Snapshot:
        """The last day of the year before."""
        return self.at(date(self.shown.as_of.year - 1, 12, 31))

    def href(self, **changed: Any) -> str:
        """This page with other choices; what is empty is left out, and a file is asked for only anew."""
        given = {name: value for name, value in self.given.items() if name != "xuat"} | changed
        pairs = [*self.asked.pairs, *((name, value) for name, value in given.items() if value)]
        return "?" + urlencode(pairs, doseq=True, safe=":")

    def at(self, day: date) -> Snapshot:
        """The same set, as known at the same moment, on another day."""
        shown = self.shown
        return snapshot(shown.criteria_set.code, day, shown.known_at, at=shown.position)
