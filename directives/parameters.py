"""What each kind of target is told: parsed and checked once, so that the kinds can trust it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from criteria.models.catalogue import Tier


class ParameterError(ValueError):
    """Parameters that do not fit their kind; the message is Vietnamese."""


@dataclass(frozen=True, slots=True)
class NewRecognitions:
    """At least `count` units recognised at `tier` for `year`."""

    tier: str
    year: int
    count: int


@dataclass(frozen=True, slots=True)
class VillageShare:
    """At least `percent` of the villages of the scheme recognised at `tier`.

    `villages_total` is how many villages the scheme has by its decision; it is used while fewer are registered.
    """

    tier: str
    percent: int
    villages_total: int
    scheme: str


@dataclass(frozen=True, slots=True)
class DistrictRecognised:
    """Every district has at least `count` communes recognised at `tier`."""

    tier: str
    count: int


@dataclass(frozen=True, slots=True)
class NoCommuneBelow:
    """No commune meets fewer than `criteria` criteria."""

    criteria: int


@dataclass(frozen=True, slots=True)
class CommuneReaches:
    """One commune meets at least `criteria` criteria."""

    commune: str
    criteria: int


Parameters = NewRecognitions | VillageShare | DistrictRecognised | NoCommuneBelow | CommuneReaches
SHAPES: dict[str, type[Parameters]] = {
    "NEW_RECOGNITIONS": NewRecognitions,
    "VILLAGE_SHARE": VillageShare,
    "DISTRICT_RECOGNISED": DistrictRecognised,
    "NO_COMMUNE_BELOW": NoCommuneBelow,
    "COMMUNE_REACHES": CommuneReaches,
}
VILLAGE_TIERS = frozenset({Tier.NTM_VILLAGE, Tier.MODEL_RESIDENTIAL})
"""Tiers at which a village is recognised; at the others it is a commune."""
_LIMITS = {
    "year": (2010, 2100),
    "count": (1, 1000),
    "percent": (1, 100),
    "villages_total": (1, 5000),
    "criteria": (1, 100),
}


def _check_values(shape: type[Parameters], given: Mapping[str, Any]) -> None:
    for name, (low, high) in _LIMITS.items():
        value = given.get(name, low)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ParameterError(f"{name} phải là số nguyên từ {low} đến {high}.")
    if "tier" in given and given["tier"] not in Tier.values:
        raise ParameterError(f"tier phải là một trong: {', '.join(Tier.values)}.")
    for field in fields(shape):
        if field.type is str and not (isinstance(given[field.name], str) and given[field.name]):
            raise ParameterError(f"{field.name} phải là chữ.")


def parse_parameters(kind: str, given: Mapping[str, Any]) -> Parameters:
    """Parameters of a target as its kind needs them. Raises ParameterError naming what is wrong."""
    shape = SHAPES.get(kind)
    if shape is None:
        raise ParameterError(f"Không có kiểu mục tiêu {kind!r}.")
    if not isinstance(given, Mapping):
        raise ParameterError("Tham số phải là một đối tượng JSON.")
    names = [f.name for f in fields(shape)]
    wrong = [f"thiếu {n}" for n in names if n not in given] + [f"thừa {n}" for n in given if n not in names]
    if wrong:
        raise ParameterError(f"Tham số {', '.join(wrong)}; kiểu này cần: {', '.join(names)}.")
    _check_values(shape, given)
    return shape(**given)


def in_words(asked: Parameters, *, commune: str = "") -> str:
    """What is asked, as the short title of a target; `commune` is the name of the one that is meant."""
    match asked:
        case NewRecognitions():
            unit = "thôn" if asked.tier in VILLAGE_TIERS else "xã"
            return f"Thêm {asked.count} {unit} được công nhận {_tier_words(asked.tier)} năm {asked.year}"
        case VillageShare():
            return f"{asked.percent}% số thôn thuộc Đề án được công nhận {_tier_words(asked.tier)}"
        case DistrictRecognised():
            return f"Mỗi huyện, thành phố có ít nhất {asked.count} xã được công nhận {_tier_words(asked.tier)}"
        case NoCommuneBelow():
            return f"Không còn xã dưới {asked.criteria} tiêu chí"
    return f"Xã {commune or asked.commune} đạt từ {asked.criteria} tiêu chí"


def _tier_words(tier: str) -> str:
    return str(Tier(tier).label).lower()
