"""How a target came to stand where it stands: month by month, what there was and what was asked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from criteria.queries import Snapshot
from criteria.trends import MONTHS, month_ends, over_days
from directives.queries import TargetResult, amounts
from ntm_portal.core import ledger

_AMOUNTS = ledger.Memory(4 * MONTHS)


@dataclass(frozen=True, slots=True)
class PacePoint:
    """A target on a month's end, or on the day asked for; amounts are in the unit of its kind."""

    as_of: date
    actual: Decimal
    required: Decimal


def pace(result: TargetResult, shown: Snapshot, months: int = MONTHS) -> tuple[PacePoint, ...]:
    """The last months of a target up to the snapshot's day, whose point is the result itself.

    Past months are those on which it was not yet due and something was recorded; they are remembered for all
    targets together, as `criteria.trends` does.
    """
    past = over_days(shown, month_ends(shown.as_of, months)[:-1], _AMOUNTS, amounts)
    points = [PacePoint(day, *found[result.target.pk]) for day, found in past if result.target.pk in found]
    return (*points, PacePoint(result.as_of, result.outcome.actual, result.outcome.required))
