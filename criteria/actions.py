"""The only ways into the ledger and the catalogue's thresholds: checked by the engine, numbered by the counter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from django.db import transaction

from communes.models import Commune
from criteria.engine.admission import SCALE, objections
from criteria.engine.facts import Comparison, Conclusion, Entry, IndicatorSpec, MeasureSpec, Reading
from criteria.models import Assessment, Measure, Measurement, Source, Threshold
from criteria.queries import catalogue
from ntm_portal.accounts.models import User
from ntm_portal.core import clock, ledger
from ntm_portal.core.errors import DomainError

_BATCH = 2000


class AssessmentRefusedError(DomainError):
    """The ledger refuses assessments; `objections` lists (index of the assessment, Vietnamese message)."""

    code = "assessment_refused"

    def __init__(self, found: Sequence[tuple[int, str]]) -> None:
        super().__init__(" ".join(message for _, message in found[:5]), count=len(found))
        self.objections = list(found)


@dataclass(frozen=True, slots=True)
class NewAssessment:
    """An assessment about to be recorded. `readings` is keyed by measure id, in the unit of the measure.

    Exactly one of `indicator` (its code) and `criterion` (its number, for baseline data) is given.
    """

    commune: Commune
    as_of: date
    conclusion: Conclusion
    indicator: str | None = None
    criterion: int | None = None
    readings: Mapping[int, Reading] = field(default_factory=dict)
    note: str = ""
    basis: str = ""


def ratio(measure: MeasureSpec, numerator: Decimal, denominator: Decimal) -> Reading:
    """A reading from numerator and denominator; the shown value is rounded away from the pass, four decimals.

    Raises ZeroDivisionError when the denominator is 0.
    """
    exact = Fraction(numerator) / Fraction(denominator) * (100 if measure.is_percentage else 1)
    rounding = ROUND_CEILING if measure.comparison is Comparison.AT_MOST else ROUND_FLOOR
    value = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(SCALE, rounding)
    return Reading(value, numerator, denominator)


def _entry(new: NewAssessment, at: datetime) -> Entry:
    return Entry(0, new.as_of, at, new.conclusion, new.readings, new.note, new.basis)


def _refusals(
    indicators: Mapping[str, IndicatorSpec], news: Sequence[NewAssessment], at: datetime
) -> Iterable[tuple[int, str]]:
    today = clock.today()
    for index, new in enumerate(news):
        if new.as_of > today:
            yield index, f"Ngày {new.as_of:%d/%m/%Y} chưa đến."
        if new.indicator is None:
            continue
        spec = indicators.get(new.indicator)
        if spec is None:
            yield index, f"Bộ tiêu chí không có chỉ tiêu {new.indicator}."
            continue
        for message in objections(spec, _entry(new, at), new.commune.group):
            yield index, f"{new.commune.full_name}, chỉ tiêu {spec.code}: {message}"


@transaction.atomic
def record_assessments(
    criteria_set: str,
    news: Iterable[NewAssessment],
    *,
    source: Source,
    by: User | None = None,
    at: datetime | None = None,
) -> range:
    """Append assessments to the ledger, all or none; returns the positions they took.

    Raises AssessmentRefusedError when one concludes MET below its threshold (design rule 5.3; the message
    names the threshold and its basis), exempts without a legal basis, or holds an impossible value.
    """
    moment = at or clock.now()
    news = list(news)
    spec = catalogue(criteria_set, known_at=None)
    indicators = {i.code: i for c in spec.criteria for i in c.indicators}
    criterion_ids = {c.number: c.id for c in spec.criteria}
    refused = list(_refusals(indicators, news, moment))
    if refused:
        raise AssessmentRefusedError(refused)
    positions = ledger.take(len(news))
    rows = [
        Assessment(
            position=position,
            commune=new.commune,
            indicator_id=indicators[new.indicator].id if new.indicator else None,
            criterion_id=criterion_ids[new.criterion] if new.criterion else None,
            as_of=new.as_of,
            conclusion=new.conclusion,
            note=new.note,
            basis=new.basis,
            source=source,
            recorded_at=moment,
            recorded_by=by,
        )
        for position, new in zip(positions, news, strict=True)
    ]
    Assessment.objects.bulk_create(rows, batch_size=_BATCH)
    Measurement.objects.bulk_create(
        (
            Measurement(
                assessment=row,
                measure_id=measure,
                value=reading.value,
                numerator=reading.numerator,
                denominator=reading.denominator,
            )
            for row, new in zip(rows, news, strict=True)
            for measure, reading in new.readings.items()
        ),
        batch_size=_BATCH,
    )
    return positions


@transaction.atomic
def set_threshold(
    measure: Measure, *, zone: str, commune_group: str, value: Decimal, basis: str, is_verified: bool = True
) -> Threshold:
    """Set what a measure asks (in its unit) and keep what it asked before, for pages as known in the past.

    `basis` names the decision that sets it. Raises ValidationError for an impossible value.
    """
    now = clock.now()
    new = Threshold(
        measure=measure,
        zone=zone,
        commune_group=commune_group,
        value=value,
        basis=basis,
        is_verified=is_verified,
        recorded_at=now,
    )
    new.full_clean(validate_constraints=False)
    measure.thresholds.filter(zone=zone, commune_group=commune_group, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    new.save()
    return new
