"""Illustration: monthly assessments made up so that they agree with every published figure of 2020.

Each commune walks from its count of criteria at the end of 2019 through the count of 30/9/2020 to that of
31/12/2020 (`data/demo_paths.csv`, with the source it agrees with). Which criteria come first follows how hard
they are in the province, varied by commune; values follow from met or not met. No randomness: the same day
gives the same figures on every machine.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from communes.models import Commune, Village
from criteria.actions import NewAssessment, record_assessments
from criteria.engine.facts import Comparison, Conclusion, CriterionSpec, IndicatorSpec, MeasureSpec, Reading
from criteria.models import Source
from criteria.queries import catalogue
from ntm_portal.core.illustration import share
from ntm_portal.core.reference import DataFileError, read_csv

DATA = Path(__file__).parent / "data"
SET = "xa-ntm-2016-2020"
FIRST_DAY, LAST_DAY = date(2019, 12, 31), date(2020, 12, 31)
_ANCHOR = date(2020, 9, 30)
_TIME_OF_RECORD = time(16, 30)
# Criteria from the easiest to the hardest in a mountain province; the last come last in almost every commune.
_EASIEST_FIRST = (1, 8, 4, 12, 19, 15, 14, 3, 7, 18, 16, 13, 5, 6, 2, 9, 17, 11, 10)
_VARIATION = 3.0
_STEP = Decimal("0.1")
# Plausible values where the province has set no threshold, and scales for quantities that are not percentages.
_UNSET_MET, _UNSET_NOT_MET = (70, 30), (30, 35)
_RANGES = {"triệu đồng/người/năm": (Decimal(9), Decimal(16)), "nhà": (Decimal(0), Decimal(35))}


@dataclass(frozen=True, slots=True)
class Walk:
    """How many criteria a commune meets at the three dated points."""

    commune: Commune
    start: int
    anchor: int
    end: int

    def met_on(self, day: date) -> int:
        """Criteria met at a month's end, interpolated between the dated points."""
        if day <= _ANCHOR:
            months = max(0, (day.year - 2020) * 12 + day.month)
            return self.start + round((self.anchor - self.start) * months / 9)
        return self.anchor + -(-(self.end - self.anchor) * (day.month - 9) // 3)


def month_ends(until: date) -> list[date]:
    """Last days of the months from 12/2019 that end on or before the day."""
    ends = [FIRST_DAY] + [date(2020, month, monthrange(2020, month)[1]) for month in range(1, 13)]
    return [day for day in ends if day <= until]


def _order(commune: Commune) -> dict[int, int]:
    """Rank of each criterion in which this commune reaches them."""
    weight = {
        number: rank + float(share(commune.code, number)) * _VARIATION for rank, number in enumerate(_EASIEST_FIRST)
    }
    return {number: rank for rank, number in enumerate(sorted(weight, key=weight.__getitem__))}


def _value(measure: MeasureSpec, *, passes: bool, share: Decimal, distance: int, month: int) -> Decimal:
    """A plausible value on the right side of the threshold, one decimal; it creeps forward month by month."""
    threshold = measure.threshold_for("")
    creep = Decimal(month) * Decimal("0.15") * share
    if threshold is None:
        base, width = _UNSET_MET if passes else _UNSET_NOT_MET
        return (Decimal(base) + width * share + (creep if passes else 0)).quantize(_STEP).min(Decimal(100))
    asked = threshold.value
    room, depth = _RANGES.get(measure.unit, (100 - asked, asked * Decimal("0.55")))
    fall = (_STEP + depth * (share * Decimal("0.5") + Decimal("0.5")) * min(distance + 1, 10) / 10 - creep).max(_STEP)
    match measure.comparison:
        case Comparison.AT_LEAST:
            value = asked + room * share * Decimal("0.8") + creep if passes else asked - fall
            high = Decimal(100) if measure.is_percentage else Decimal(10**6)
            return value.quantize(_STEP, ROUND_HALF_UP).max(Decimal(0)).min(high)
        case Comparison.AT_MOST:
            kept = asked * (Decimal("0.95") - share * Decimal("0.6")) - creep
            more = asked + (asked * 3).min(100 - asked) * (fall / depth if depth else share)
            return (kept.max(Decimal("0.5")) if passes else more.min(Decimal(95))).quantize(_STEP, ROUND_HALF_UP)
        case Comparison.EQUAL:
            return asked if passes else asked + (1 + depth * share * min(distance + 1, 10) / 10).quantize(Decimal(1))


def _failing(criterion: CriterionSpec, commune: Commune, distance: int) -> set[str]:
    """Which indicators stand in the way: one when the criterion is near, more when it is far."""
    count = min(len(criterion.indicators), 1 + distance // 3)
    shuffled = sorted(criterion.indicators, key=lambda i: share(commune.code, i.code, "fails"))
    return {indicator.code for indicator in shuffled[:count]}


def _assess(path: Walk, indicator: IndicatorSpec, *, passes: bool, distance: int, day: date) -> NewAssessment:
    month = (day.year - 2020) * 12 + day.month
    readings = {
        measure.id: Reading(
            _value(
                measure,
                passes=passes or (len(indicator.measures) > 1 and measure is indicator.measures[0]),
                share=share(path.commune.code, indicator.code, measure.name),
                distance=distance,
                month=month,
            )
        )
        for measure in indicator.measures
    }
    conclusion = Conclusion.MET if passes else Conclusion.NOT_MET
    return NewAssessment(path.commune, day, conclusion, indicator=indicator.code, readings=readings)


def _assessments(paths: list[Walk], criteria: tuple[CriterionSpec, ...], day: date) -> Iterator[NewAssessment]:
    for path in paths:
        met, order = path.met_on(day), _order(path.commune)
        for criterion in criteria:
            distance = order[criterion.number] - met
            failing = _failing(criterion, path.commune, distance) if distance >= 0 else set()
            for indicator in criterion.indicators:
                yield _assess(path, indicator, passes=indicator.code not in failing, distance=distance, day=day)


def read_paths() -> list[Walk]:
    """The walks of all communes. Raises DataFileError when one is unknown or goes backwards."""
    communes = {c.code: c for c in Commune.objects.filter(kind=Commune.Kind.XA)}
    paths = []
    for row in read_csv(DATA / "demo_paths.csv", ["commune", "name", "met_2019_12", "met_2020_09", "met_2020_12"]):
        counts = [row.need(c, int) for c in ("met_2019_12", "met_2020_09", "met_2020_12")]
        if counts != sorted(counts):
            raise row.wrong("số tiêu chí giảm")
        paths.append(Walk(row.find("commune", communes), *counts))
    if len(paths) != len(communes):
        raise DataFileError(f"demo_paths.csv: {len(paths)} xã, danh mục có {len(communes)}")
    return paths


@transaction.atomic
def load_villages() -> int:
    """Add "Thôn 1" … to the communes of the scheme, marked as illustration; returns how many are new."""
    communes = {c.code: c for c in Commune.objects.filter(in_village_scheme=True)}
    created = 0
    for row in read_csv(DATA / "demo_villages.csv", ["commune", "villages"]):
        for number in range(1, row.need("villages", int) + 1):
            _, is_new = Village.objects.get_or_create(
                commune=row.find("commune", communes),
                name=f"Thôn {number}",
                defaults={"is_illustration": True, "is_verified": False, "basis": "Số liệu minh họa"},
            )
            created += is_new
    return created


@transaction.atomic
def load_assessments(until: date) -> int:
    """Record the months that end on or before the day and are not there yet; returns how many rows.

    Raises DataFileError when the paths do not fit the communes, AssessmentRefusedError when a made-up value
    breaks a rule.
    """
    spec, paths, recorded = catalogue(SET, known_at=None), read_paths(), 0
    for day in month_ends(min(until, LAST_DAY)):
        label = f"Số liệu minh họa tháng {day:%m/%Y}"
        if Source.objects.filter(kind=Source.Kind.ILLUSTRATION, label=label).exists():
            continue
        at = datetime.combine(day, _TIME_OF_RECORD, timezone.get_default_timezone())
        source = Source.objects.create(kind=Source.Kind.ILLUSTRATION, label=label, recorded_at=at)
        recorded += len(record_assessments(SET, _assessments(paths, spec.criteria, day), source=source, at=at))
    return recorded
