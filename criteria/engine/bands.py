"""Bands and averages. They count criteria, never indicators."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Band(StrEnum):
    """Groups in which provinces report their communes, best first."""

    FULL = "full"
    FROM_15 = "15-18"
    FROM_10 = "10-14"
    FROM_5 = "5-9"
    BELOW_5 = "0-4"


BAND_LABELS = {
    Band.FULL: "Đạt đủ tiêu chí",
    Band.FROM_15: "15–18 tiêu chí",
    Band.FROM_10: "10–14 tiêu chí",
    Band.FROM_5: "5–9 tiêu chí",
    Band.BELOW_5: "Dưới 5 tiêu chí",
}
_FLOORS = ((15, Band.FROM_15), (10, Band.FROM_10), (5, Band.FROM_5))


def band_of(criteria_met: int, criteria_total: int) -> Band:
    """The band of a commune that meets so many criteria of so many."""
    if criteria_total and criteria_met >= criteria_total:
        return Band.FULL
    return next((band for floor, band in _FLOORS if criteria_met >= floor), Band.BELOW_5)


def tally(bands: Sequence[Band]) -> dict[Band, int]:
    """How many communes stand in each band; every band is there, also with 0."""
    return {band: bands.count(band) for band in Band}


def average(counts: Sequence[int]) -> Decimal | None:
    """Mean to two decimals, half up; none where there is nothing to average."""
    if not counts:
        return None
    return (Decimal(sum(counts)) / len(counts)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def average_of_all(counts: Sequence[int | None]) -> Decimal | None:
    """Mean over all units: one without data (none) counts 0, as it does in the bands.

    Leaving it out would let the mean look better through missing data. None while no unit has any.
    """
    return average([count or 0 for count in counts]) if any(count is not None for count in counts) else None
