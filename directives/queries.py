"""Targets as they stand on a day: one judged snapshot, one scene, one result each; obstacles that say the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from communes.models import District, Village
from criteria.queries import Snapshot, snapshot
from directives.kinds import KINDS, PACE_MONTHS, Outcome, Scene
from directives.models import Obstacle, Target
from directives.parameters import parse_parameters
from ntm_portal.core import ledger, text
from ntm_portal.core.dates import months_later

_RESULTS = ledger.Memory(32)


class State(StrEnum):
    """Where a target stands, worst first when sorted by `trouble`."""

    MISSED = "MISSED"
    AT_RISK = "AT_RISK"
    ON_TRACK = "ON_TRACK"
    MET = "MET"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def trouble(self) -> int:
        return list(State).index(self)


_LABELS = {
    State.MISSED: "Không đạt đúng hạn",
    State.AT_RISK: "Có nguy cơ",
    State.ON_TRACK: "Đúng tiến độ",
    State.MET: "Đã đạt",
}


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target on a day: what it asks, what there is, its state and what stands in the way."""

    target: Target
    outcome: Outcome
    state: State
    as_of: date
    is_illustration: bool
    """Whether some of what it was judged by was made up for illustration."""

    @property
    def is_early(self) -> bool:
        """Whether the day lies before the directive: a target seen with hindsight."""
        return self.as_of < self.target.directive.issued_on

    @property
    def days_left(self) -> int:
        """Days until it is due; negative when that day has passed."""
        return (self.target.due_on - self.as_of).days


def _villages(on: date) -> dict[str, tuple[str, ...]]:
    """Ids of villages in force by code of the scheme's communes; a commune without any is there too (one query)."""
    rows = Village.objects.in_force(on).filter(commune__in_village_scheme=True).values_list("commune__code", "pk")
    found: dict[str, list[str]] = {}
    for code, pk in rows:
        found.setdefault(code, []).append(str(pk))
    return {code: tuple(ids) for code, ids in found.items()}


def _state(target: Target, outcome: Outcome, as_of: date) -> State:
    if outcome.is_met:
        return State.MET
    if as_of > target.due_on:
        return State.MISSED
    return State.ON_TRACK if outcome.is_within_reach else State.AT_RISK


def _judged_on(target: Target, as_of: date) -> date:
    """A recognition for the year may be signed after the year ends; everything else had its day."""
    return as_of if target.kind == Target.Kind.NEW_RECOGNITIONS else min(as_of, target.due_on)


def _snapshot_of(target: Target, on: date, shown: Snapshot) -> Snapshot:
    code = target.criteria_set.code if target.criteria_set else shown.criteria_set.code
    if on == shown.as_of and code == shown.criteria_set.code:
        return shown
    return snapshot(code, on, shown.known_at, at=shown.position)


def judged_by(target: Target, shown: Snapshot) -> Snapshot:
    """The snapshot from which a target is judged on the day shown: of its own set, and none after it was due."""
    return _snapshot_of(target, _judged_on(target, shown.as_of), shown)


class _Scenes:
    """Scenes of one answer: snapshots are shared, and a target that is past due is judged as of its due date."""

    def __init__(self, shown: Snapshot) -> None:
        self.shown = shown
        self.districts = {d.code: d.full_name for d in District.objects.in_force(shown.as_of).order_by("code")}

    def of(self, target: Target, *, with_pace: bool = True) -> Scene:
        """What the kind of this target looks at; without pace it takes no second snapshot and forecasts nothing."""
        on = _judged_on(target, self.shown.as_of)
        villages = _villages(on) if target.kind == Target.Kind.VILLAGE_SHARE else {}
        now = _snapshot_of(target, on, self.shown)
        if target.kind == Target.Kind.VILLAGE_SHARE:
            villages = {
                s.commune.code: villages.get(s.commune.code, ()) for s in now.statuses if s.commune.in_village_scheme
            }
        before = _snapshot_of(target, months_later(on, -PACE_MONTHS), self.shown) if with_pace else now
        return Scene(on, target.due_on, now, before, self.districts, villages)


def target_results(shown: Snapshot | None) -> tuple[TargetResult, ...]:
    """All targets as of the snapshot's day, province-wide ones first; remembered with the snapshot.

    Amounts are in the unit of each kind; dates decide states as design.md 7 says.
    """
    return _RESULTS.find_or_build(shown.key, lambda: _results(shown)) if shown else ()


def _targets() -> QuerySet[Target]:
    return Target.objects.select_related("directive", "criteria_set").order_by(
        "is_focus", "directive__issued_on", "order", "code"
    )


def _outcome(target: Target, scene: Scene) -> Outcome:
    return KINDS[target.kind](parse_parameters(target.kind, target.parameters), scene)


def _judge(target: Target, scenes: _Scenes) -> TargetResult:
    scene, as_of = scenes.of(target), scenes.shown.as_of
    outcome = _outcome(target, scene)
    is_illustration = scene.now.is_illustration or scene.before.is_illustration
    return TargetResult(target, outcome, _state(target, outcome, as_of), as_of, is_illustration)


def _results(shown: Snapshot) -> tuple[TargetResult, ...]:
    scenes = _Scenes(shown)
    return tuple(_judge(target, scenes) for target in _targets())


def judge_target(target: Target, shown: Snapshot) -> TargetResult:
    """One target as of the snapshot's day, also one that is not saved; not remembered."""
    return _judge(target, _Scenes(shown))


def amounts(shown: Snapshot) -> dict[int, tuple[Decimal, Decimal]]:
    """(actual, required) of every target not past due on the snapshot's day, by its id; not remembered here."""
    scenes, found = _Scenes(shown), {}
    for target in _targets():
        if shown.as_of <= target.due_on:
            outcome = _outcome(target, scenes.of(target, with_pace=False))
            found[target.pk] = (outcome.actual, outcome.required)
    return found


_SAME_WORDS = Decimal("0.6")
"""Share of the shorter one's words that both have, from which two obstacles are taken for the same."""


def resembling(description: str, among: Iterable[Obstacle]) -> list[Obstacle]:
    """Obstacles that seem to say what the words say, compared without marks and case; the closest first."""
    words = set(text.search_key(description).split())
    shared = []
    for obstacle in among:
        theirs = set(obstacle.search_key.split())
        shorter = min(len(words), len(theirs))
        share = Decimal(len(words & theirs)) / shorter if shorter else Decimal(0)
        if share >= _SAME_WORDS:
            shared.append((share, obstacle))
    return [obstacle for _, obstacle in sorted(shared, key=lambda pair: -pair[0])]
