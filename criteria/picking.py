"""Which communes of a snapshot are asked for, by what holds of them: pages and the API ask alike."""

from collections.abc import Callable, Mapping
from typing import Any

from communes.queries import CommuneFacts
from criteria.queries import CommuneStatus
from ntm_portal.core import text

NO_TIER = "none"
"""Asks for communes that hold no recognition."""


def _lacks_criterion(status: CommuneStatus, number: int) -> bool:
    return not any(f.criterion.number == number and f.result.is_passed for f in status.finding.criteria)


PLACE_TESTS: Mapping[str, Callable[[CommuneFacts, Any], bool]] = {
    "district": lambda place, code: place.district_code == code,
    "group": lambda place, group: place.group == group,
    "search": lambda place, words: text.search_key(words) in place.search_key,
}
STATUS_TESTS: Mapping[str, Callable[[CommuneStatus, Any], bool]] = {
    "band": lambda status, band: status.band == band,
    "tier": lambda status, tier: (status.tier or NO_TIER) == tier,
    "meets_standard": lambda status, value: status.finding.meets_standard is value,
    "criteria_met_min": lambda status, least: status.finding.criteria_met >= least,
    "criteria_met_max": lambda status, most: status.finding.criteria_met <= most,
    "criterion_not_met": _lacks_criterion,
}
"""What may be asked of a commune that is judged. A criterion without data counts as not met."""


def place_fits(place: CommuneFacts, asked: Mapping[str, Any]) -> bool:
    """Whether a place answers to what is asked of places, and nothing is asked that only a judged commune has."""
    return asked.keys().isdisjoint(STATUS_TESTS) and _fits(PLACE_TESTS, place, asked)


def commune_fits(status: CommuneStatus, asked: Mapping[str, Any]) -> bool:
    """Whether a commune answers to everything that is asked; names that no test has ask for nothing."""
    return _fits(PLACE_TESTS, status.commune, asked) and _fits(STATUS_TESTS, status, asked)


def _fits(tests: Mapping[str, Callable[[Any, Any], bool]], one: Any, asked: Mapping[str, Any]) -> bool:
    return all(test(one, asked[name]) for name, test in tests.items() if name in asked)
