"""Counts of a snapshot: by province, district, criterion and body in charge, each against an earlier snapshot."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from criteria.engine.bands import BAND_LABELS, Band, average_of_all, tally
from criteria.engine.facts import IndicatorSpec, Result
from criteria.models import Responsibility, Tier
from criteria.queries import CommuneStatus, Snapshot

TIERS = (Tier.STANDARD, Tier.ADVANCED, Tier.MODEL)


@dataclass(frozen=True, slots=True)
class BandCount:
    """Communes in one band, and how many more than before."""

    band: Band
    count: int
    difference: int

    @property
    def band_label(self) -> str:
        return BAND_LABELS[self.band]


@dataclass(frozen=True, slots=True)
class CriterionCount:
    """Communes by what they are found on one criterion; `difference` counts those that meet it."""

    number: int
    name: str
    met: int
    not_met: int
    no_data: int
    total: int
    difference: int


@dataclass(frozen=True, slots=True)
class TierCount:
    """Communes whose highest recognition in force is of this tier."""

    tier: Tier
    count: int
    difference: int

    @property
    def tier_label(self) -> str:
        return str(self.tier.label)


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Counts of one group of communes; parts that a grouping does not count are empty."""

    code: str
    name: str
    communes: int
    communes_with_data: int
    average: Decimal | None = None
    average_denominator: int | None = None
    average_difference: Decimal | None = None
    bands: tuple[BandCount, ...] = ()
    criteria: tuple[CriterionCount, ...] = ()
    recognised: tuple[TierCount, ...] = ()

    def in_band(self, band: Band) -> int:
        """Communes in one band."""
        return next((b.count for b in self.bands if b.band is band), 0)

    @property
    def meeting_standard(self) -> int:
        return self.in_band(Band.FULL)

    @property
    def recognised_total(self) -> int:
        return sum(t.count for t in self.recognised)


def with_data(statuses: Iterable[CommuneStatus]) -> int:
    """Communes of which anything is recorded."""
    return sum(s.last_assessed_on is not None for s in statuses)


def mean(statuses: Sequence[CommuneStatus]) -> Decimal | None:
    """Criteria met a commune, over all communes; none while no commune has data."""
    return average_of_all([s.finding.criteria_met if s.last_assessed_on else None for s in statuses])


def _bands(now: Sequence[CommuneStatus], before: Sequence[CommuneStatus]) -> tuple[BandCount, ...]:
    held, then = tally([s.band for s in now]), tally([s.band for s in before])
    return tuple(BandCount(band, held[band], held[band] - then[band]) for band in Band)


def _tiers(now: Sequence[CommuneStatus], before: Sequence[CommuneStatus]) -> tuple[TierCount, ...]:
    return tuple(
        TierCount(
            tier,
            sum(s.tier == tier for s in now),
            sum(s.tier == tier for s in now) - sum(s.tier == tier for s in before),
        )
        for tier in TIERS
    )


def _met_counts(statuses: Iterable[CommuneStatus]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for status in statuses:
        for finding in status.finding.criteria:
            counts[finding.criterion.number] += finding.result.is_passed
    return counts


def criterion_counts(
    shown: Snapshot, now: Sequence[CommuneStatus], before: Sequence[CommuneStatus]
) -> tuple[CriterionCount, ...]:
    """Communes meeting, not meeting and without data, for each criterion in order."""
    then = _met_counts(before)
    counts = []
    for index, criterion in enumerate(shown.criteria_set.criteria):
        found = [s.finding.criteria[index].result for s in now]
        met = sum(r.is_passed for r in found)
        counts.append(
            CriterionCount(
                criterion.number,
                criterion.name,
                met,
                found.count(Result.NOT_MET),
                found.count(Result.NO_DATA),
                len(found),
                met - then[criterion.number],
            )
        )
    return tuple(counts)


def _row(
    code: str, name: str, shown: Snapshot, now: Sequence[CommuneStatus], before: Sequence[CommuneStatus]
) -> SummaryRow:
    held, then = mean(now), mean(before)
    return SummaryRow(
        code,
        name,
        len(now),
        with_data(now),
        held,
        len(now),
        held - then if held is not None and then is not None else None,
        _bands(now, before),
        criterion_counts(shown, now, before),
        _tiers(now, before),
    )


def by_province(name: str, shown: Snapshot, before: Snapshot) -> SummaryRow:
    """All communes in one row. Averages are criteria a commune, two decimals, half up."""
    return _row("", name, shown, shown.statuses, before.statuses)


def by_district(shown: Snapshot, before: Snapshot) -> tuple[SummaryRow, ...]:
    """A row for each district that has rural communes, by code."""
    now: dict[str, list[CommuneStatus]] = defaultdict(list)
    then: dict[str, list[CommuneStatus]] = defaultdict(list)
    for status in shown.statuses:
        now[status.commune.district_code].append(status)
    for status in before.statuses:
        then[status.commune.district_code].append(status)
    return tuple(
        _row(code, statuses[0].commune.district_name, shown, statuses, then[code])
        for code, statuses in sorted(now.items())
    )


def of_district(code: str, shown: Snapshot, before: Snapshot) -> SummaryRow | None:
    """The row of one district; none while it has no rural commune."""
    now = [s for s in shown.statuses if s.commune.district_code == code]
    then = [s for s in before.statuses if s.commune.district_code == code]
    return _row(code, now[0].commune.district_name, shown, now, then) if now else None


def by_criterion(shown: Snapshot, before: Snapshot) -> tuple[SummaryRow, ...]:
    """A row for each criterion, with its counts alone."""
    known = with_data(shown.statuses)
    return tuple(
        SummaryRow(str(c.number), c.name, c.total, known, criteria=(c,))
        for c in criterion_counts(shown, shown.statuses, before.statuses)
    )


def by_department(shown: Snapshot, before: Snapshot) -> tuple[SummaryRow, ...]:
    """A row for each body that leads indicators: the criteria in which it leads one (one query)."""
    leading = Responsibility.objects.in_force(shown.as_of).filter(
        role=Responsibility.Role.LEAD, indicator__criterion__criteria_set__code=shown.criteria_set.code
    )
    led: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for code, name, number, order in leading.values_list(
        "department__code", "department__name", "indicator__criterion__number", "department__sort_key"
    ):
        led[(order, code, name)].add(number)
    counts = criterion_counts(shown, shown.statuses, before.statuses)
    communes, known = len(shown.statuses), with_data(shown.statuses)
    return tuple(
        SummaryRow(code, name, communes, known, criteria=tuple(c for c in counts if c.number in numbers))
        for (_, code, name), numbers in sorted(led.items())
    )


@dataclass(frozen=True, slots=True)
class IndicatorCount:
    """Communes by what they are found on one indicator."""

    indicator: IndicatorSpec
    met: int
    not_met: int
    no_data: int

    @property
    def total(self) -> int:
        return self.met + self.not_met + self.no_data


def indicator_counts(statuses: Sequence[CommuneStatus], numbers: Collection[int]) -> tuple[IndicatorCount, ...]:
    """Communes meeting (or exempt), not meeting and without data, for each indicator of those criteria, in order."""
    results: dict[str, list[Result]] = defaultdict(list)
    specs: dict[str, IndicatorSpec] = {}
    for status in statuses:
        for criterion in status.finding.criteria:
            if criterion.criterion.number in numbers:
                for found in criterion.indicators:
                    specs[found.indicator.code] = found.indicator
                    results[found.indicator.code].append(found.result)
    return tuple(
        IndicatorCount(
            specs[code], sum(r.is_passed for r in held), held.count(Result.NOT_MET), held.count(Result.NO_DATA)
        )
        for code, held in results.items()
    )


def compared_day(shown: Snapshot) -> date:
    """The day with which a snapshot is compared: the end of the month before that of its latest figures."""
    latest = max((s.last_assessed_on for s in shown.statuses if s.last_assessed_on), default=shown.as_of)
    return date.fromordinal(latest.replace(day=1).toordinal() - 1)
