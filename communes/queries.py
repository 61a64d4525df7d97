"""Reads of places: the communes of a day, and which unit a written name means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from communes.models import Commune, District, Province
from ntm_portal.core import text
from ntm_portal.core.errors import DomainError, NotFoundError

_PREFIX = re.compile(r"^(?:ubnd\s+)?(?:(xa|phuong|thi tran|tt|x|p)\s+)?(.+)$")
_KINDS = {
    "xa": Commune.Kind.XA,
    "x": Commune.Kind.XA,
    "phuong": Commune.Kind.PHUONG,
    "p": Commune.Kind.PHUONG,
    "thi tran": Commune.Kind.THI_TRAN,
    "tt": Commune.Kind.THI_TRAN,
}


class AmbiguousNameError(DomainError):
    """A name that several units carry; the message lists them."""

    code = "ambiguous_name"


@dataclass(frozen=True, slots=True)
class CommuneFacts:
    """What a status answer says of the place itself."""

    id: int
    code: str
    name: str
    kind: str
    group: str
    district_code: str
    district_name: str
    sort_key: str
    search_key: str
    is_border: bool
    is_extremely_difficult: bool | None
    in_village_scheme: bool

    @property
    def kind_label(self) -> str:
        return Commune.Kind(self.kind).label

    @property
    def full_name(self) -> str:
        """Name with its kind, as in a document: xã Đăk Na."""
        return f"{self.kind_label.lower()} {self.name}"


_FIELDS = ("id", "code", "name", "kind", "group", "district__code", "district__name", "sort_key", "search_key")
_FLAGS = ("is_border", "is_extremely_difficult", "in_village_scheme")


def communes_on(on: date, kinds: Iterable[str] = (Commune.Kind.XA,)) -> list[CommuneFacts]:
    """Units of the given kinds in force on the day, by district and code (one query)."""
    rows = Commune.objects.in_force(on).filter(kind__in=list(kinds)).order_by("district__code", "code")
    return [CommuneFacts(*values) for values in rows.values_list(*_FIELDS, *_FLAGS)]


def province_name() -> str:
    """Name of the province that the portal serves; empty before reference data are loaded."""
    return Province.objects.values_list("name", flat=True).first() or ""


def find_commune(written: str, *, on: date, district: District | None = None) -> Commune:
    """The unit that a written name or code means, among those in force on the day.

    Marks, case, Ð for Đ, apostrophes, known variants and the prefixes xã, phường, thị trấn, TT, UBND do not
    matter, but a prefix that names another kind does. Raises NotFoundError when no unit has that name and
    AmbiguousNameError, listing the candidates, when several have.
    """
    units = Commune.objects.in_force(on).select_related("district")
    if district is not None:
        units = units.filter(district=district)
    written = text.clean(written)
    if re.fullmatch(r"\d{5}(\.0)?", written):
        candidates = list(units.filter(code=written[:5]))
    else:
        candidates = _candidates_by_name(units, text.search_key(written))
    if not candidates:
        raise NotFoundError(f"Không có xã, phường, thị trấn nào tên “{written}”.", written=written)
    if len(candidates) > 1:
        listed = "; ".join(f"{c.full_name} ({c.district.full_name}, mã {c.code})" for c in candidates)
        raise AmbiguousNameError(f"“{written}” có thể là: {listed}. Hãy ghi rõ huyện hoặc mã.", written=written)
    return candidates[0]


def spellings(commune: Commune) -> set[str]:
    """Search keys of the name and of its known variants."""
    return {text.search_key(name) for name in [commune.name, *commune.name_variants.split(";")]} - {""}


def _candidates_by_name(units, key: str) -> list[Commune]:
    prefix, bare = _PREFIX.match(key).groups() if key else (None, "")
    found = []
    for commune in units:
        names = spellings(commune)
        if key in names or (bare in names and (prefix is None or _KINDS[prefix] == commune.kind)):
            found.append(commune)
    return found
