"""How much there is of what a target asks, as a share that never looks full before the target is met."""

from dataclasses import dataclass
from decimal import Decimal

from criteria.queries import Snapshot
from directives.models import Target
from directives.queries import TargetResult, judged_by


@dataclass(frozen=True, slots=True)
class Gauge:
    """Shares of the whole, in percent; `expected` is that of the forecast, none once it is settled."""

    actual: Decimal
    whole: Decimal
    share: int
    expected: int | None
    words: str


def gauge(result: TargetResult, shown: Snapshot) -> Gauge:
    """Where nobody may be left below, the whole is all communes, and those that are not below count."""
    outcome = result.outcome
    actual, whole, expected, words = outcome.actual, outcome.required, outcome.forecast.expected, outcome.unit
    if result.target.kind == Target.Kind.NO_COMMUNE_BELOW:
        whole = Decimal(len(judged_by(result.target, shown).statuses))
        actual, expected = whole - actual, whole - expected
        words = f"xã từ {result.target.parameters['criteria']} tiêu chí"
    is_open = not outcome.is_met and result.days_left >= 0
    return Gauge(
        actual,
        whole,
        _share(actual, whole, is_full=outcome.is_met),
        _share(expected, whole, is_full=outcome.is_within_reach) if is_open else None,
        words,
    )


def _share(part: Decimal, whole: Decimal, *, is_full: bool) -> int:
    if is_full:
        return 100
    return min(int(100 * part / whole), 99) if whole else 0
