"""Bodies, communes and other directives that a text names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from communes.models import Commune
from communes.queries import spellings
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.core import text as wording

_LONGEST_NAME = 4
_ALL_OFFICES = re.compile(r"các sở|sở, ban,? ngành|các ngành", re.IGNORECASE)
_DISTRICTS = re.compile(r"UBND (?:các )?huyện|các huyện", re.IGNORECASE)
_ALL_DISTRICTS = re.compile(r"(?:các|UBND) huyện, thành phố", re.IGNORECASE)
_LINKS = frozenset({"và", "xã"})
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[,;:()]")


@dataclass(slots=True)
class CommunesNamed:
    """Communes that a text names for sure, and names that several communes carry."""

    sure: list[Commune] = field(default_factory=list)
    unsure: list[tuple[str, list[Commune]]] = field(default_factory=list)


def open_bodies(on: date) -> QuerySet[Department]:
    """Bodies that can be given work: that of a district which was closed no longer can."""
    closed = Q(district__valid_to__lt=on) | Q(district__valid_from__gt=on)
    return Department.objects.exclude(closed).order_by("kind", "sort_key")


def _key(said: str) -> str:
    return f" {wording.search_key(said)} "


def bodies_named(said: str, bodies: Iterable[Department]) -> list[Department]:
    """Bodies that the text names, one by one or as all offices or all districts of the province."""
    bodies, key = list(bodies), _key(said)
    district_names = _key(re.sub(r"\bxã\s+[A-ZĐ][^\s,;()]*(?:\s+[A-ZĐ][^\s,;()]*)*", " ", said))
    speaks_of_districts = _DISTRICTS.search(said) is not None
    found = []
    for body in bodies:
        names = [_key(body.name), _key(body.short_name)]
        if body.kind == Department.Kind.COORDINATION:
            names.append(" van phong dieu phoi ")
        bare = _key(re.sub(r"^.*?(?:huyện|thành phố) ", "", body.name)) if body.kind == Department.Kind.DISTRICT else ""
        if any(name in key for name in names) or (speaks_of_districts and bare and bare in district_names):
            found.append(body)
    if _ALL_OFFICES.search(said):
        found += [b for b in bodies if b.kind == Department.Kind.SO_NGANH and b not in found]
    names_none = speaks_of_districts and not any(b.kind == Department.Kind.DISTRICT for b in found)
    if names_none or _ALL_DISTRICTS.search(said):
        found += [b for b in bodies if b.kind == Department.Kind.DISTRICT and b not in found]
    return found


def communes_named(said: str, on: date) -> CommunesNamed:
    """Communes after the word xã, also several in a row; one name of several is settled by a district named beside."""
    known: dict[str, list[Commune]] = {}
    for commune in Commune.objects.in_force(on).filter(kind=Commune.Kind.XA).select_related("district"):
        for name in spellings(commune):
            known.setdefault(name, []).append(commune)
    found, key = CommunesNamed(), _key(said)
    for name, units in _names_after_xa(said, known):
        near = [unit for unit in units if f" {wording.search_key(unit.district.name)} " in key] or units
        if len(near) == 1:
            if near[0] not in found.sure:
                found.sure.append(near[0])
        elif name not in {written for written, _ in found.unsure}:
            found.unsure.append((name, near))
    return found


def _names_after_xa(said: str, known: Mapping[str, list[Commune]]) -> Iterable[tuple[str, list[Commune]]]:
    words, at, in_list = _WORDS.findall(wording.clean(said)), 0, False
    while at < len(words):
        word = words[at]
        length = _length_of_name(words, at, known) if in_list else 0
        if length:
            name = " ".join(words[at : at + length])
            yield name, known[wording.search_key(name)]
            at += length
            continue
        in_list = word.lower() == "xã" or (in_list and (word in _LINKS or word in {",", ";", ":"}))
        at += 1


def _length_of_name(words: Sequence[str], at: int, known: Mapping[str, list[Commune]]) -> int:
    """Words from there that are a commune's name, the longest way to read them; 0 for none."""
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        tried = words[at : at + length]
        if all(word[0].isupper() for word in tried) and wording.search_key(" ".join(tried)) in known:
            return length
    return 0


def directives_named(said: str, *, but: int | None = None) -> list[Directive]:
    """Directives whose number the text names; of several with one number those of a year that stands with it."""
    found: dict[str, list[Directive]] = {}
    for directive in Directive.objects.defer("body", "search_key").exclude(pk=but):
        if re.search(rf"(?<![\w/-]){re.escape(directive.number)}(?![\w/-])", said):
            found.setdefault(directive.number, []).append(directive)
    settled = []
    for number, same in found.items():
        dated = [d for d in same if re.search(rf"{re.escape(number)}[^.;\n]{{0,30}}{d.year}", said)]
        settled += same if len(same) == 1 else dated
    return settled
