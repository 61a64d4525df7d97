"""The only ways into the ledger and the catalogue's thresholds: checked by the engine, numbered by the counter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from communes.models import Commune
from criteria.engine.admission import objections, shown_value
from criteria.engine.facts import Conclusion, Entry, IndicatorSpec, MeasureSpec, Reading
from criteria.models import Assessment, Measure, Measurement, Source, Threshold
from criteria.queries import catalogue
from ntm_portal.accounts.models import User
from ntm_portal.core import audit, clock, ledger
from ntm_portal.core.errors import DomainError

_BATCH = 2000
_LONGEST_NOTE = Assessment._meta.get_field("note").max_length
_LONGEST_BASIS = Assessment._meta.get_field("basis").max_length


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
    reading = Reading(None, numerator, denominator)
    exact = reading.exact(is_percentage=measure.is_percentage)
    if exact is None:
        raise ZeroDivisionError(measure.name)
    return Reading(shown_value(measure, exact), numerator, denominator)


def _faults(
    new: NewAssessment, indicators: Mapping[str, IndicatorSpec], criteria: Mapping[int, int], at: datetime
) -> list[str]:
    """What keeps one assessment out of the ledger, in Vietnamese."""
    found = [
        f"{label} dài quá {longest} ký tự."
        for label, text, longest in (("Ghi chú", new.note, _LONGEST_NOTE), ("Căn cứ", new.basis, _LONGEST_BASIS))
        if len(text) > longest
    ]
    if new.as_of > clock.today():
        found.append(f"Ngày {new.as_of:%d/%m/%Y} chưa đến.")
    if (new.indicator is None) == (new.criterion is None):
        return [*found, "Phải là về một chỉ tiêu, hoặc số liệu nền của một tiêu chí."]
    if new.criterion is not None:
        return found + _baseline_faults(new, criteria)
    spec = indicators.get(new.indicator)
    if spec is None:
        return [*found, f"Bộ tiêu chí không có chỉ tiêu {new.indicator}."]
    entry = Entry(0, new.as_of, at, new.conclusion, new.readings, new.note, new.basis)
    return found + objections(spec, entry, new.commune.group)


def _baseline_faults(new: NewAssessment, criteria: Mapping[int, int]) -> list[str]:
    found = [] if new.criterion in criteria else [f"Bộ tiêu chí không có tiêu chí {new.criterion}."]
    if new.conclusion is Conclusion.EXEMPT:
        found.append("Số liệu nền chỉ là đạt hoặc chưa đạt.")
    if new.readings:
        found.append("Số liệu nền của tiêu chí không có số đo.")
    return found


def _refusals(
    news: Sequence[NewAssessment], indicators: Mapping[str, IndicatorSpec], criteria: Mapping[int, int]
) -> Iterable[tuple[int, str]]:
    at = clock.now()
    for index, new in enumerate(news):
        for fault in _faults(new, indicators, criteria, at):
            about = f"chỉ tiêu {new.indicator}" if new.indicator else f"tiêu chí {new.criterion}"
            yield index, f"{new.commune.full_name}, {about}: {fault}"


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
    news = list(news)
    spec = catalogue(criteria_set, known_at=None)
    indicators = {i.code: i for c in spec.criteria for i in c.indicators}
    criteria = {c.number: c.id for c in spec.criteria}
    refused = list(_refusals(news, indicators, criteria))
    if refused:
        raise AssessmentRefusedError(refused)
    with ledger.taking(len(news)) as positions:
        # Only now, with the counter locked: whoever commits later has also learned it later.
        moment = at or clock.now()
        rows = [
            Assessment(
                position=position,
                commune=new.commune,
                indicator_id=indicators[new.indicator].id if new.indicator else None,
                criterion_id=criteria[new.criterion] if new.criterion else None,
                source=source,
                recorded_at=moment,
                recorded_by=by,
                **{name: getattr(new, name) for name in ("as_of", "conclusion", "note", "basis")},
            )
            for position, new in zip(positions, news, strict=True)
        ]
        Assessment.objects.bulk_create(rows, batch_size=_BATCH)
        Measurement.objects.bulk_create(_measurements(rows, news), batch_size=_BATCH)
    return positions


def _measurements(rows: Sequence[Assessment], news: Sequence[NewAssessment]) -> Iterable[Measurement]:
    for row, new in zip(rows, news, strict=True):
        for measure, reading in new.readings.items():
            yield Measurement(
                assessment=row,
                measure_id=measure,
                value=reading.value,
                numerator=reading.numerator,
                denominator=reading.denominator,
            )


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
    replaced = measure.thresholds.filter(zone=zone, commune_group=commune_group, withdrawn_at__isnull=True)
    before = replaced.first()
    with audit.following(before):
        replaced.update(withdrawn_at=now)
        new.save()
    return new
