"""Where what was seen in a commune and the ledger exclude each other. Computed whenever asked for, never stored.

Open until ruled on. A ruling holds while its body goes on saying the same and the ledger's result stays what it
was; when the body changes its mind, or the ledger moves, even there and back, the question is open anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Max, Sum

from communes.queries import CommuneFacts
from criteria.asking import shown_today
from criteria.charge import Charge, charges
from criteria.engine.facts import Entry
from criteria.engine.judge import CriterionFinding, judge_criterion
from criteria.engine.replay import latest
from criteria.queries import Snapshot, ledger_entries
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope
from ntm_portal.core import clock, ledger
from reports.checks_communes import contradicts
from reports.models import Report, Ruling
from reports.queries.observing import Place, Run, Seen, runs_of, seen_last


@dataclass(frozen=True)
class Discrepancy:
    """Who says what of a criterion of a commune since when, what the ledger holds, and whose the criterion is."""

    seen: Seen
    run: Run
    commune: CommuneFacts
    finding: CriterionFinding
    leads: tuple[Charge, ...]
    ruling: Ruling | None

    @property
    def is_closed(self) -> bool:
        return self.ruling is not None

    @property
    def is_asked(self) -> bool:
        return self.ruling is not None and self.ruling.outcome == Ruling.Outcome.ASKED

    @property
    def bodies(self) -> set[str]:
        """Codes of who disagrees: the one that saw, and those in charge."""
        return {self.seen.department_code, *(lead.department_code for lead in self.leads)}


def findings_of(shown: Snapshot | None) -> dict[Place, tuple[CommuneFacts, CriterionFinding]]:
    """Findings by commune and criterion."""
    return {
        (status.commune.id, finding.criterion.id): (status.commune, finding)
        for status in (shown.statuses if shown else ())
        for finding in status.finding.criteria
    }


_FOUND = ledger.Memory(4)


def discrepancies() -> tuple[Discrepancy, ...]:
    """Every one, open ones first, each by how long it has been said.

    At most seventeen queries, however many; three while neither the ledger nor a report nor a ruling has changed.
    """
    position = ledger.current()
    reports = Report.objects.aggregate(Count("pk"), Sum("revision"), Max("saved_at"))
    rulings = Ruling.objects.aggregate(Count("pk"), Max("ruled_at"))
    key = (position, clock.today(), tuple(reports.values()), tuple(rulings.values()))
    return _FOUND.find_or_build(key, lambda: tuple(_found(shown_today())))


def _found(shown: Snapshot | None) -> list[Discrepancy]:
    held = findings_of(shown)
    last = [
        seen
        for place, said in seen_last().items()
        for seen in said
        if place in held and contradicts(seen.conclusion, held[place][1].result)
    ]
    if not last:
        return []
    runs, leads = runs_of(last), _leads(shown)
    rulings = _standing_rulings(last, runs, shown, held)
    found = [
        Discrepancy(seen, runs[seen.key], *held[seen.place], leads[seen.criterion_id], rulings.get(seen.key))
        for seen in last
    ]
    order = {status.commune.id: number for number, status in enumerate(shown.statuses)}
    return sorted(
        found, key=lambda d: (d.is_closed, d.run.since, order[d.commune.id], d.finding.criterion.number, d.seen.id)
    )


def _leads(shown: Snapshot) -> Mapping[int, tuple[Charge, ...]]:
    """Leading bodies of each criterion, each once (one query)."""
    numbers = {finding.number: finding.id for finding in shown.criteria_set.criteria}
    found: dict[int, dict[str, Charge]] = defaultdict(dict)
    for charge in charges(shown.criteria_set.code, clock.today()):
        if charge.is_lead:
            found[numbers[charge.criterion]].setdefault(charge.department_code, charge)
    return defaultdict(tuple, {key: tuple(bodies.values()) for key, bodies in found.items()})


Key = tuple[int, int, int]


def _standing_rulings(
    last: Iterable[Seen],
    runs: Mapping[Key, Run],
    shown: Snapshot,
    held: Mapping[Place, tuple[CommuneFacts, CriterionFinding]],
) -> dict[Key, Ruling]:
    """Rulings that still hold, by who says of what (two queries)."""
    said = {pk for seen in last for pk in runs[seen.key].observations}
    made = {r.observation_id: r for r in Ruling.objects.filter(observation__in=said).select_related("ruled_by")}
    found: dict[Key, Ruling] = {}
    for seen in last:
        # What was taken back and handed in again after the ruling may have been changed: it is not ruled on.
        own = [
            ruling
            for pk, handed_in in runs[seen.key].observations.items()
            if (ruling := made.get(pk)) is not None and ruling.ruled_at >= handed_in
        ]
        if own:
            found[seen.key] = max(own, key=lambda ruling: ruling.ruled_at)
    moved = _moved(
        {key: (ruling.ruled_at, *held[key[1], key[2]]) for key, ruling in found.items()},
        shown,
    )
    return {key: ruling for key, ruling in found.items() if key not in moved}


def _moved(ruled: Mapping[Key, tuple[datetime, CommuneFacts, CriterionFinding]], shown: Snapshot) -> set[Key]:
    """Those on which the ledger has said something else since the moment of the ruling (one query).

    Today's thresholds judge all of it, so that what moves is the commune and not the rules.
    """
    if not ruled:
        return set()
    criteria = {finding.criterion.id: finding.criterion for _, _, finding in ruled.values()}
    spec = replace(shown.criteria_set, criteria=tuple(criteria.values()))
    entries = ledger_entries(spec, {commune.id for _, commune, _ in ruled.values()}, shown.as_of, None)
    return {
        key
        for key, (since, commune, finding) in ruled.items()
        if _has_moved(entries[commune.id], since, commune.group, finding, shown.as_of)
    }


def _has_moved(
    entries: list[tuple[tuple[str, int], Entry]], since: datetime, group: str, now: CriterionFinding, on: date
) -> bool:
    own = {("criterion", now.criterion.id), *(("indicator", i.id) for i in now.criterion.indicators)}
    about = [(key, entry) for key, entry in entries if key in own]
    for moment in sorted({entry.recorded_at for _, entry in about if entry.recorded_at > since}):
        held = latest(about, as_of=on, known_at=moment)
        indicators = {key: entry for (kind, key), entry in held.items() if kind == "indicator"}
        baseline = held.get(("criterion", now.criterion.id))
        if judge_criterion(now.criterion, indicators, baseline, group).result is not now.result:
            return True
    return False


def seen_by(found: Iterable[Discrepancy], scope: Scope) -> list[Discrepancy]:
    """Those of the reader's work: of communes that the bodies guide or help, and of criteria that they lead."""
    if scope.reads_all:
        return list(found)
    codes = _codes(scope.department_ids)
    return [d for d in found if d.commune.id in scope.commune_ids or not codes.isdisjoint(d.bodies)]


def asked_of(department_ids: Collection[int]) -> list[Discrepancy]:
    """What the coordination office asked bodies in charge to look into in their next report."""
    codes = _codes(department_ids)
    if not codes:
        return []
    return [d for d in discrepancies() if d.is_asked and any(lead.department_code in codes for lead in d.leads)]


def _codes(department_ids: Collection[int]) -> set[str]:
    return set(Department.objects.filter(pk__in=department_ids).values_list("code", flat=True))
