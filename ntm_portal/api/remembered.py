"""Small tables that every list or filter asks for, remembered under the ledger position that they rest on."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from communes.models import District
from criteria.models import CriteriaSet
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.core import ledger

_TABLES = ledger.Memory(64)


def rows(at: ledger.Position, key: Hashable, build: Callable[[], Sequence[Any]]) -> Sequence[Any]:
    """What `build` reads, once for each position; every table it reads must move the position."""
    return _TABLES.find_or_build((at, key), build)


def district_codes(at: ledger.Position) -> Sequence[str]:
    """Codes of all districts, also of those that are closed."""
    return rows(at, "districts", lambda: list(District.objects.order_by("code").values_list("code", flat=True)))


def department_codes(at: ledger.Position) -> Sequence[str]:
    """Codes of all bodies."""
    return rows(at, "departments", lambda: list(Department.objects.order_by("code").values_list("code", flat=True)))


def set_codes(at: ledger.Position) -> Sequence[str]:
    """Codes of all criteria sets that hold something to judge by."""
    filled = CriteriaSet.objects.filter(criteria__indicators__isnull=False).distinct().order_by("code")
    return rows(at, "sets", lambda: list(filled.values_list("code", flat=True)))


def directive_numbers(at: ledger.Position) -> Sequence[str]:
    """Numbers of all directives."""
    numbers = Directive.objects.order_by("number").distinct().values_list("number", flat=True)
    return rows(at, "directives", lambda: list(numbers))
