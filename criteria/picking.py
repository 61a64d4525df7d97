"""Which communes of a snapshot are asked for, by what holds of them: pages and the API ask alike."""

from collections.abc import Callable, Mapping
from typing import Any

from criteria.queries import CommuneStatus
from ntm_portal.core import text

NO_TIER = "none"
"""Asks for communes that hold no recognition."""


def _lacks_criterion(status: CommuneStatus, number: int) -> bool:
    return not any(f.criterion.number == number and f.result.is_passed for f in status.finding.criteria)


TESTS: Mapping[str, Callable[[CommuneStatus, Any], bool]] = {
    "district": lambda status, code: status.commune.district_code == code,
    "group": lambda status, group: status.commune.group == group,
    "band": lambda status, band: status.band == band,
    "tier": lambda status, tier: (status.tier or NO_TIER) == tier,
    "meets_standard": lambda status, value: status.finding.meets_standard is value,
    "criteria_met_min": lambda status, least: status.finding.criteria_met >= least,
    "criteria_met_max": lambda status, most: status.finding.criteria_met <= most,
    "criterion_not_met": _lacks_criterion,
    "search": lambda status, words: text.search_key(words) in status.commune.search_key,
}
"""What may be asked of a commune. A criterion without data counts as not met."""


def fits(status: CommuneStatus, asked: Mapping[str, Any]) -> bool:
    """Whether a commune answers to everything that is asked; names that no test has ask for nothing."""
    return all(test(status, asked[name]) for name, test in TESTS.items() if name in asked)
