"""The smallest things that can be recorded in the loaded database."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from communes.models import Commune
from criteria.actions import NewAssessment, record_assessments
from criteria.engine.facts import Conclusion, Reading
from criteria.models import Measure, Source

SET = "xa-ntm-2016-2020"
DAK_NA = "23407"


def moment(day: date, hour: int = 12) -> datetime:
    """That hour of the day in the province."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


def make_source(kind: str = Source.Kind.ENTRY, day: date = date(2020, 10, 20)) -> Source:
    return Source.objects.create(kind=kind, label="Kiểm thử", recorded_at=moment(day))


def make_new(
    indicator: str | None = "1.1",
    conclusion: Conclusion = Conclusion.MET,
    *,
    commune: str = DAK_NA,
    as_of: date = date(2020, 10, 15),
    values: tuple[str, ...] = (),
    **fields,
) -> NewAssessment:
    """An assessment about to be recorded; `values` go to the measures of the indicator in their order."""
    measures = Measure.objects.filter(indicator__code=indicator).order_by("order") if values else []
    readings = {m.pk: Reading(Decimal(value)) for m, value in zip(measures, values, strict=False)}
    unit = Commune.objects.get(code=commune)
    return NewAssessment(unit, as_of, conclusion, indicator=indicator, readings=readings, **fields)


def record(*news: NewAssessment, source: Source | None = None, at: datetime | None = None) -> range:
    """Record as an officer's entry; returns the positions."""
    return record_assessments(SET, news, source=source or make_source(), at=at)
