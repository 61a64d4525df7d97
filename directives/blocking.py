"""Who stands in the way of a target, what each lacks, and which body is in charge of exactly that."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from criteria.charge import Charge, by_indicator, charges
from criteria.engine.nearest import Step
from criteria.models.catalogue import Tier
from criteria.queries import CommuneStatus, Snapshot
from directives.kinds import Blocker
from directives.parameters import CommuneReaches, NoCommuneBelow, Parameters, parse_parameters
from directives.queries import TargetResult, judged_by
from ntm_portal.accounts.models import Department, Sponsorship

_MOST_NEEDS = 4
"""How many criteria are told of a unit that lacks many: the nearest ones are won first."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One indicator in the way, what it is short of, and the bodies in charge of it, the leading one first."""

    indicator: str
    text: str
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """One criterion to win, and its indicators in the way."""

    number: int
    name: str
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Obstruction:
    """A unit in the way: what it needs, and who is in charge of the unit itself.

    The needs of a district are those of its commune that lacks least; `nearest` names that commune.
    """

    blocker: Blocker
    body: Department | None
    helpers: tuple[Sponsorship, ...] = ()
    nearest: CommuneStatus | None = None
    needs: tuple[Need, ...] = ()
    more: int = 0
    """How many criteria it needs besides those that are told."""


def obstructions(result: TargetResult, shown: Snapshot) -> tuple[Obstruction, ...]:
    """Each unit in the way of a target, in the order of its blockers (three queries and a snapshot)."""
    judged = judged_by(result.target, shown)
    asked = parse_parameters(result.target.kind, result.target.parameters)
    held = by_indicator(charges(judged.criteria_set.code, judged.as_of))
    bodies = _district_bodies()
    helpers = _helpers(judged.as_of)
    found = []
    for blocker in result.outcome.blockers:
        is_district = blocker.kind == "district"
        status = _nearest_of(blocker.code, judged) if is_district else judged.by_code.get(blocker.code)
        steps = _steps(asked, status)
        body = bodies.get(blocker.code if is_district else status.commune.district_code if status else "")
        others = {other.code for other in bodies.values() if other != body}
        found.append(
            Obstruction(
                blocker,
                body,
                helpers.get(status.commune.code, ()) if status else (),
                status if is_district and steps else None,
                tuple(_need(step, held, others) for step in steps[:_MOST_NEEDS]),
                max(len(steps) - _MOST_NEEDS, 0),
            )
        )
    return tuple(found)


def leading_bodies(held: Iterable[Obstruction]) -> list[tuple[Charge, int]]:
    """Bodies that lead the indicators in the way, with how many units wait for each; the most awaited first."""
    first: dict[str, Charge] = {}
    waiting: Counter[str] = Counter()
    for obstruction in held:
        own = {c.department_code: c for n in obstruction.needs for lack in n.lacks for c in lack.charges if c.is_lead}
        first = own | first
        waiting.update(own.keys())
    return [(first[code], count) for code, count in sorted(waiting.items(), key=lambda row: (-row[1], row[0]))]


def _district_bodies() -> Mapping[str, Department]:
    """The committee of each district, by the district's code."""
    return {body.district.code: body for body in Department.objects.exclude(district=None).select_related("district")}


def _helpers(on: date) -> Mapping[str, tuple[Sponsorship, ...]]:
    found: dict[str, list[Sponsorship]] = defaultdict(list)
    for sponsorship in Sponsorship.objects.in_force(on).select_related("commune", "department"):
        found[sponsorship.commune.code].append(sponsorship)
    return {code: tuple(held) for code, held in found.items()}


def _nearest_of(district: str, judged: Snapshot) -> CommuneStatus | None:
    """The commune of a district that is not recognised and meets most."""
    own = [s for s in judged.statuses if s.commune.district_code == district and not s.recognition]
    return max(own, key=lambda s: s.finding.criteria_met, default=None)


def _steps(asked: Parameters, status: CommuneStatus | None) -> tuple[Step, ...]:
    """The criteria that a commune has to win for the target, nearest first; none where figures are missing."""
    if status is None or status.last_assessed_on is None:
        return ()
    if isinstance(asked, NoCommuneBelow | CommuneReaches):
        return status.steps[: max(asked.criteria - status.finding.criteria_met, 0)]
    return status.steps if getattr(asked, "tier", None) == Tier.STANDARD else ()


def _need(step: Step, held: Mapping[str, tuple[Charge, ...]], others: Collection[str]) -> Need:
    """One criterion to win; supporting committees of other districts (codes in `others`) are not told."""
    texts: dict[str, list[str]] = {}
    for missing in step.missing:
        texts.setdefault(missing.finding.indicator.code, []).append(missing.text)
    lacks = tuple(
        Lack(code, "; ".join(said), tuple(c for c in held.get(code, ()) if c.department_code not in others))
        for code, said in texts.items()
    )
    return Need(step.finding.criterion.number, step.finding.criterion.name, lacks)
