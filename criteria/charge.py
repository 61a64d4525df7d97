"""Who is in charge of what on a day: bodies by indicator, and indicators by body."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from criteria.models import Responsibility


@dataclass(frozen=True, slots=True)
class Charge:
    """One body's part in one indicator."""

    indicator: str
    criterion: int
    department_code: str
    department: str
    is_lead: bool
    basis: str
    is_verified: bool


def charges(set_code: str, on: date) -> tuple[Charge, ...]:
    """Every responsibility in force, by criterion and indicator, the leading body first (one query)."""
    rows = (
        Responsibility.objects.in_force(on)
        .filter(indicator__criterion__criteria_set__code=set_code)
        .order_by("indicator__criterion__number", "indicator__order", "role", "department__sort_key")
        .values_list(
            "indicator__code",
            "indicator__criterion__number",
            "department__code",
            "department__short_name",
            "role",
            "basis",
            "is_verified",
        )
    )
    lead = Responsibility.Role.LEAD
    return tuple(Charge(*values, role == lead, basis, checked) for *values, role, basis, checked in rows)


def by_indicator(held: tuple[Charge, ...]) -> dict[str, tuple[Charge, ...]]:
    """Charges of each indicator, the leading body first."""
    found: dict[str, list[Charge]] = defaultdict(list)
    for charge in held:
        found[charge.indicator].append(charge)
    return {code: tuple(charges) for code, charges in found.items()}
