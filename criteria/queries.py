"""The judged snapshot: what holds of every commune on a day, as known at a moment. Everything shown reads it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from communes.models import Commune
from communes.queries import CommuneFacts, communes_on
from criteria.engine.bands import BAND_LABELS, Band, band_of
from criteria.engine.facts import (
    ZONE,
    Comparison,
    Conclusion,
    CriterionSpec,
    Entry,
    IndicatorSpec,
    MeasureSpec,
    Reading,
    SetSpec,
    ThresholdSpec,
)
from criteria.engine.judge import UnitFinding, judge_unit
from criteria.engine.nearest import Step, nearest_first
from criteria.models import Assessment, CriteriaSet, Indicator, Recognition, Source, Tier
from ntm_portal.core import ledger
from ntm_portal.core.errors import NotFoundError

_SNAPSHOTS = ledger.Memory(24)
_SETS = ledger.Memory(16)
_READ_AGAIN = 5


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recognition in force, as a status answer shows it."""

    tier: str
    achieved_year: int | None
    decision_number: str
    decided_on: date | None
    effective_on: date
    basis: str
    is_verified: bool

    @property
    def tier_label(self) -> str:
        return str(Tier(self.tier).label)


_TIER_ORDER = {tier: rank for rank, tier in enumerate((Tier.STANDARD, Tier.ADVANCED, Tier.MODEL))}


@dataclass(frozen=True)
class CommuneStatus:
    """One commune in a snapshot: the place, what the engine finds, and the decisions that hold."""

    commune: CommuneFacts
    finding: UnitFinding
    recognitions: tuple[Recognised, ...]
    last_assessed_on: date | None
    is_illustration: bool

    @property
    def band(self) -> Band:
        return band_of(self.finding.criteria_met, self.finding.criteria_total)

    @property
    def band_label(self) -> str:
        return BAND_LABELS[self.band]

    @cached_property
    def recognition(self) -> Recognised | None:
        """The highest tier in force; of equal ones the latest."""
        held = [r for r in self.recognitions if r.tier in _TIER_ORDER]
        return max(held, key=lambda r: (_TIER_ORDER[Tier(r.tier)], r.effective_on), default=None)

    @property
    def tier(self) -> str | None:
        return self.recognition.tier if self.recognition else None

    @property
    def has_slipped(self) -> bool:
        """Recognised, but the latest figures no longer meet the standard (both facts stay)."""
        return self.recognition is not None and not self.finding.meets_standard

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What is missing, nearest first."""
        return nearest_first(self.finding)


@dataclass(frozen=True)
class Snapshot:
    """All communes in force on `as_of`, judged. (set, as_of, known_at, position) determines it wholly."""

    criteria_set: SetSpec
    as_of: date
    known_at: datetime | None
    position: ledger.Position
    statuses: tuple[CommuneStatus, ...]
    recognised: tuple[tuple[str, str, Recognised], ...]
    """(kind of unit, its code or id, recognition) of every decision in force, villages and districts too."""

    @cached_property
    def by_code(self) -> Mapping[str, CommuneStatus]:
        return {status.commune.code: status for status in self.statuses}

    @cached_property
    def has_data(self) -> bool:
        """Whether any assessment stands behind it."""
        return any(status.last_assessed_on for status in self.statuses)

    @cached_property
    def is_illustration(self) -> bool:
        """Whether some of it rests on figures made up for illustration."""
        return any(status.is_illustration for status in self.statuses)

    @property
    def key(self) -> tuple:
        """What everything derived from it may be remembered under."""
        return (self.position, self.criteria_set.code, self.as_of, self.known_at)


_CATALOGUE_FIELDS = (
    "id", "code", "name", "is_mandatory",
    "criterion_id", "criterion__number", "criterion__name", "criterion__is_mandatory", "criterion__optional_at_least",
    "criterion__criteria_set__title", "criterion__criteria_set__basis", "criterion__criteria_set__zone",
    "criterion__criteria_set__optional_at_least",
    "measures__id", "measures__name", "measures__unit", "measures__comparison",
    "measures__thresholds__zone", "measures__thresholds__commune_group", "measures__thresholds__value",
    "measures__thresholds__basis", "measures__thresholds__recorded_at", "measures__thresholds__withdrawn_at",
)  # fmt: skip


def catalogue(set_code: str, *, known_at: datetime | None) -> SetSpec:
    """A criteria set with its thresholds as the engine needs it (one query).

    Raises NotFoundError for a code that no set has, or whose set is empty.
    """
    rows = Indicator.objects.filter(criterion__criteria_set__code=set_code).order_by(
        "criterion__number", "order", "measures__order"
    )
    grouped: dict[int, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.values(*_CATALOGUE_FIELDS):
        grouped[row["criterion_id"]][row["id"]].append(row)
    if not grouped:
        raise NotFoundError(f"Không có bộ tiêu chí {set_code}, hoặc bộ chưa có chỉ tiêu.", set=set_code)
    criteria = tuple(_criterion(indicators, known_at) for indicators in grouped.values())
    return SetSpec(
        set_code,
        row["criterion__criteria_set__title"],
        row["criterion__criteria_set__basis"],
        criteria,
        row["criterion__criteria_set__optional_at_least"],
    )


def _criterion(indicators: Mapping[int, list[dict[str, Any]]], known_at: datetime | None) -> CriterionSpec:
    specs = []
    for rows in indicators.values():
        first = rows[0]
        measures = _measures(rows, known_at)
        specs.append(IndicatorSpec(first["id"], first["code"], first["name"], measures, first["is_mandatory"]))
    return CriterionSpec(
        first["criterion_id"],
        first["criterion__number"],
        first["criterion__name"],
        tuple(specs),
        first["criterion__is_mandatory"],
        first["criterion__optional_at_least"],
    )


def _measures(rows: list[dict[str, Any]], known_at: datetime | None) -> tuple[MeasureSpec, ...]:
    held: dict[int, tuple[dict[str, Any], dict[str, ThresholdSpec]]] = {}
    for row in rows:
        if row["measures__id"] is None:
            continue
        _, thresholds = held.setdefault(row["measures__id"], (row, {}))
        if row["measures__thresholds__zone"] == row["criterion__criteria_set__zone"] and _was_known(row, known_at):
            group = row["measures__thresholds__commune_group"] or ZONE
            thresholds[group] = ThresholdSpec(row["measures__thresholds__value"], row["measures__thresholds__basis"])
    return tuple(
        MeasureSpec(
            key, row["measures__name"], row["measures__unit"], Comparison(row["measures__comparison"]), thresholds
        )
        for key, (row, thresholds) in held.items()
    )


def _was_known(row: Mapping[str, Any], known_at: datetime | None) -> bool:
    withdrawn = row["measures__thresholds__withdrawn_at"]
    if known_at is None:
        return withdrawn is None
    return row["measures__thresholds__recorded_at"] <= known_at and (withdrawn is None or withdrawn > known_at)


def default_set_code(on: date) -> str:
    """The set by which communes are recognised as new-style countryside on the day; the latest if several.

    Before the first such set there is nothing to judge, and the first one says so. Raises NotFoundError while
    none is loaded.
    """
    sets = CriteriaSet.objects.filter(subject=CriteriaSet.Subject.COMMUNE, tier=Tier.STANDARD)
    codes = sets.values_list("code", flat=True)
    found = (
        codes.in_force(on).order_by(F("valid_from").desc(nulls_last=True)).first()
        or codes.order_by(F("valid_from").asc(nulls_first=True)).first()
    )
    if found is None:
        raise NotFoundError("Chưa nạp bộ tiêu chí xã nông thôn mới nào.", on=str(on))
    return found


_ENTRY_FIELDS = (
    "id", "position", "commune_id", "indicator_id", "criterion_id", "as_of", "recorded_at", "conclusion", "note",
    "basis", "source_id", "source__kind",
    "measurements__measure_id", "measurements__value", "measurements__numerator", "measurements__denominator",
)  # fmt: skip

Entries = dict[int, dict[int, Entry]]
_CONCLUSIONS = {str(conclusion): conclusion for conclusion in Conclusion}


@dataclass(frozen=True, slots=True)
class _Held:
    """Ledger entries by commune: of indicators, of whole criteria, and which communes rest on illustration."""

    indicators: Entries
    baselines: Entries
    illustrated: frozenset[int]


def _known(spec: SetSpec, as_of: date, known_at: datetime | None) -> QuerySet[Assessment]:
    indicators = [i.id for c in spec.criteria for i in c.indicators]
    rows = Assessment.objects.filter(
        Q(indicator_id__in=indicators) | Q(criterion_id__in=[c.id for c in spec.criteria]),
        village__isnull=True,
        as_of__lte=as_of,
    )
    return rows if known_at is None else rows.filter(recorded_at__lte=known_at)


def read_entries(rows: QuerySet[Assessment]) -> list[tuple[int, int | None, int | None, str, Entry]]:
    """(commune, indicator, criterion, kind of source, entry) of each row, with its readings (one query)."""
    found: dict[int, tuple[int, int | None, int | None, str, Entry]] = {}
    for values in rows.values_list(*_ENTRY_FIELDS):
        pk, position, commune, indicator, criterion, as_of, recorded_at, conclusion, note, basis, source, kind = values[
            :12
        ]
        measure, value, numerator, denominator = values[12:]
        if pk not in found:
            readings: dict[int, Reading] = {}
            entry = Entry(position, as_of, recorded_at, _CONCLUSIONS[conclusion], readings, note, basis, pk, source)
            found[pk] = (commune, indicator, criterion, kind, entry)
        if measure is not None:
            found[pk][4].readings[measure] = Reading(value, numerator, denominator)  # type: ignore[index]
    return list(found.values())


def _held_entries(spec: SetSpec, as_of: date, known_at: datetime | None) -> _Held:
    ranked = _known(spec, as_of, known_at).annotate(
        rank=Window(
            RowNumber(),
            partition_by=[F("commune_id"), F("indicator_id"), F("criterion_id")],
            order_by=[F("as_of").desc(), F("recorded_at").desc(), F("position").desc()],
        )
    )
    latest = Assessment.objects.filter(pk__in=ranked.filter(rank=1).values("pk"))
    indicators: Entries = defaultdict(dict)
    baselines: Entries = defaultdict(dict)
    illustrated = set()
    for commune, indicator, criterion, kind, entry in read_entries(latest):
        if indicator is None:
            baselines[commune][criterion] = entry  # type: ignore[index]
        else:
            indicators[commune][indicator] = entry
        if kind == "ILLUSTRATION":
            illustrated.add(commune)
    return _Held(indicators, baselines, frozenset(illustrated))


def ledger_entries(
    spec: SetSpec, communes: Iterable[int], as_of: date, known_at: datetime | None
) -> dict[int, list[tuple[tuple[str, int], Entry]]]:
    """Everything recorded of communes (ids) up to the day, each keyed ("indicator" | "criterion", id) (one query)."""
    found: dict[int, list[tuple[tuple[str, int], Entry]]] = defaultdict(list)
    rows = _known(spec, as_of, known_at).filter(commune__in=set(communes))
    for commune, indicator, criterion, _, entry in read_entries(rows):
        found[commune].append((("indicator", indicator) if indicator else ("criterion", criterion or 0), entry))
    return found


def _recognitions(on: date, known_at: datetime | None) -> list[tuple[str, str, Recognised]]:
    decisions = Recognition.objects.in_force(on)
    if known_at is not None:
        decisions = decisions.filter(recorded_at__lte=known_at)
    rows = decisions.values_list(
        "commune__code", "village_id", "district__code",
        "tier", "achieved_year", "decision_number", "decided_on", "effective_on", "basis", "is_verified",
    )  # fmt: skip
    found = []
    for commune, village, district, *values in rows:
        kind, key = (
            ("commune", commune) if commune else ("village", str(village)) if village else ("district", district)
        )
        found.append((kind, key, Recognised(*values)))
    return found


def sources_of(status: CommuneStatus) -> dict[int, Source]:
    """The sources behind a commune's findings, by id (one query)."""
    return Source.objects.in_bulk({f.entry.source_id for c in status.finding.criteria for f in c.indicators if f.entry})


def _build(set_code: str, as_of: date, known_at: datetime | None, position: ledger.Position) -> Snapshot:
    spec = catalogue(set_code, known_at=known_at)
    communes = communes_on(as_of, [Commune.Kind.XA])
    held = _held_entries(spec, as_of, known_at)
    recognised = _recognitions(as_of, known_at)
    by_commune: dict[str, list[Recognised]] = defaultdict(list)
    for kind, key, recognition in recognised:
        if kind == "commune":
            by_commune[key].append(recognition)
    statuses = []
    for facts in communes:
        entries, baselines = held.indicators.get(facts.id, {}), held.baselines.get(facts.id, {})
        days = [entry.as_of for entry in (*entries.values(), *baselines.values())]
        statuses.append(
            CommuneStatus(
                facts,
                judge_unit(spec, entries, baselines, facts.group),
                tuple(by_commune[facts.code]),
                max(days, default=None),
                facts.id in held.illustrated,
            )
        )
    return Snapshot(spec, as_of, known_at, position, tuple(statuses), tuple(recognised))


def snapshot(
    set_code: str,
    as_of: date,
    known_at: datetime | None = None,
    *,
    at: ledger.Position | None = None,
    keep: bool = True,
) -> Snapshot:
    """Every rural commune judged as of the day, as known at the moment (default: all that is known).

    At most six queries whatever the number of communes, and none but the position once it is remembered; give
    `at` when the position was just read. One that is only passed through is not kept (`keep`), so that it drives
    out none that is in use. Raises NotFoundError for an unknown set.
    """
    position = at or ledger.current()
    key = (position, set_code, as_of, known_at)

    def read() -> Snapshot:
        before = position
        for _ in range(_READ_AGAIN):
            built = _build(set_code, as_of, known_at, before)
            after = ledger.current()
            if after == before:
                break
            before = after  # somebody recorded meanwhile: what was read may be a mixture
        return built

    found = _SNAPSHOTS.find(key)
    if found is None:
        found = read()
        if keep:
            _SNAPSHOTS.keep(found.key, found)
    return found  # type: ignore[return-value]


def standard_set(on: date, *, at: ledger.Position) -> str:
    """`default_set_code`, remembered under the position."""
    return _SETS.find_or_build((at, on), lambda: default_set_code(on))
