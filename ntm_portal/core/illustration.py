"""Illustration without randomness: what is made up follows from what it is about, on every machine the same."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

_OFFICE_HOUR = time(9, 41)


def share(*parts: object) -> Decimal:
    """A number from 0 to 1 that depends only on the parts."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=4).digest()
    return Decimal(int.from_bytes(digest)) / Decimal(2**32)


def pick(choices: Sequence[str], *parts: object) -> str:
    """One of the choices, by the parts alone."""
    return choices[int(share(*parts) * len(choices))]


def moment(day: date) -> datetime:
    """That day during office hours, in the province."""
    return datetime.combine(day, _OFFICE_HOUR, timezone.get_default_timezone())
