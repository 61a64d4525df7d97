"""What was won and what fell between two snapshots, commune by commune."""

from collections.abc import Callable
from dataclasses import dataclass

from criteria.engine.judge import CriterionFinding
from criteria.queries import CommuneStatus, Snapshot


@dataclass(frozen=True, slots=True)
class CommuneChange:
    """One commune between two days; findings are those of the later one."""

    now: CommuneStatus
    before: CommuneStatus
    won: tuple[CriterionFinding, ...]
    lost: tuple[CriterionFinding, ...]

    @property
    def difference(self) -> int:
        """Criteria more than before; negative when more fell than were won."""
        return len(self.won) - len(self.lost)


@dataclass(frozen=True, slots=True)
class Changes:
    """Every commune that changed: first those where something fell, then those that won most."""

    communes: tuple[CommuneChange, ...]

    @property
    def won(self) -> int:
        """Criteria won, over all communes."""
        return sum(len(change.won) for change in self.communes)

    @property
    def lost(self) -> int:
        """Criteria that fell, over all communes."""
        return sum(len(change.lost) for change in self.communes)


def change_of(now: CommuneStatus, before: CommuneStatus | None) -> CommuneChange | None:
    """What changed in one commune; none where nothing did, or where one of the days has no figures.

    Won and lost are counted on criteria passed (met or exempt), never on indicators.
    """
    if before is None or before.last_assessed_on is None or now.last_assessed_on is None:
        return None
    won, lost = [], []
    then = {f.criterion.number: f.result.is_passed for f in before.finding.criteria}
    for finding in now.finding.criteria:
        passed = finding.result.is_passed
        if passed != then.get(finding.criterion.number, passed):
            (won if passed else lost).append(finding)
    return CommuneChange(now, before, tuple(won), tuple(lost)) if won or lost else None


def changes_between(
    shown: Snapshot, before: Snapshot, *, among: Callable[[CommuneStatus], bool] = lambda status: True
) -> Changes:
    """What was won and what fell from the earlier snapshot to the later, among the communes that are asked for.

    Both snapshots must be of one criteria set; communes without figures on either day are left out.
    """
    found = (change_of(s, before.by_code.get(s.commune.code)) for s in shown.statuses if among(s))
    changed = [change for change in found if change is not None]
    return Changes(tuple(sorted(changed, key=lambda c: (-len(c.lost), -len(c.won), c.now.commune.sort_key))))
