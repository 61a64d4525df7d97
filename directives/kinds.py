"""The five kinds of target: each a small function of the snapshot, the recognitions and the date.

A kind says what is required, what there is, who stands in the way and what each lacks, and what the pace of
the last months makes of it. It never says MET by missing data: an unknown year of a recognition, or a
village nobody registered, does not count.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from criteria.engine.wording import number
from criteria.models.catalogue import Tier
from criteria.queries import CommuneStatus, Snapshot
from directives.parameters import (
    CommuneReaches,
    DistrictRecognised,
    NewRecognitions,
    NoCommuneBelow,
    VillageShare,
)

PACE_MONTHS = 3
"""The pace is that of the last three months."""
_DAYS_IN_MONTH = Decimal("30.4375")


@dataclass(frozen=True, slots=True)
class Blocker:
    """A unit in the way, and what it lacks, in Vietnamese. `kind` is commune or district."""

    kind: str
    code: str
    name: str
    lacks: str
    criteria_met: int | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected on the due date, and the reasoning from which it follows."""

    expected: Decimal
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a kind finds. `required` and `actual` are in `unit`; `blockers` are sorted by trouble."""

    required: Decimal
    actual: Decimal
    unit: str
    is_met: bool
    blockers: tuple[Blocker, ...]
    forecast: Forecast
    is_within_reach: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a kind looks at: the snapshot of the day, the one of three months before, districts and villages."""

    on: date
    due_on: date
    now: Snapshot
    before: Snapshot
    districts: Mapping[str, str]
    villages: Mapping[str, tuple[str, ...]]
    """Ids of the villages in force of each commune of the scheme, by commune code."""

    @property
    def months_left(self) -> Decimal:
        """Months from the day to the due date, never below 0."""
        return max(Decimal((self.due_on - self.on).days), Decimal(0)) / _DAYS_IN_MONTH

    def pace(self, code: str) -> int | None:
        """Criteria that a commune gained over the pace months; none when either end has no data."""
        then, now = self.before.by_code.get(code), self.now.by_code.get(code)
        if then is None or now is None or then.last_assessed_on is None:
            return None
        return now.finding.criteria_met - then.finding.criteria_met

    def expected_criteria(self, status: CommuneStatus) -> int:
        """Criteria at the due date if the commune keeps its pace, rounded down."""
        gained = self.pace(status.commune.code) or 0
        more = int(Decimal(gained) * self.months_left / PACE_MONTHS)
        return min(status.finding.criteria_met + more, status.finding.criteria_total)


def lacking(status: CommuneStatus, wanted: int) -> str:
    """What a commune lacks to meet so many criteria: the nearest ones, by number and name."""
    missing = wanted - status.finding.criteria_met
    if status.last_assessed_on is None:
        return "chưa có số liệu"
    names = [f"{s.finding.criterion.number} {s.finding.criterion.name}" for s in status.steps[:missing]]
    met, total = status.finding.criteria_met, status.finding.criteria_total
    return f"{met}/{total} tiêu chí, còn thiếu {missing}; gần nhất: {', '.join(names)}"


def _commune_blocker(status: CommuneStatus, lacks: str) -> Blocker:
    return Blocker("commune", status.commune.code, status.commune.name, lacks, status.finding.criteria_met)


def no_commune_below(asked: NoCommuneBelow, scene: Scene) -> Outcome:
    """No commune in force meets fewer than n criteria; each one that does is a blocker."""
    below = [s for s in scene.now.statuses if s.finding.criteria_met < asked.criteria]
    below.sort(key=lambda s: (s.finding.criteria_met, s.commune.district_code, s.commune.code))
    short = [(s, scene.expected_criteria(s)) for s in below]
    still = [(s, expected) for s, expected in short if expected < asked.criteria]
    said = "; ".join(
        f"{s.commune.name}: {PACE_MONTHS} tháng qua {_gain(scene.pace(s.commune.code))}, dự kiến {expected}"
        for s, expected in short[:5]
    )
    more = f"; và {len(short) - 5} xã khác" if len(short) > 5 else ""
    reason = f"Theo nhịp {PACE_MONTHS} tháng qua: {said}{more}." if said else "Không còn xã nào dưới mức."
    return Outcome(
        required=Decimal(0),
        actual=Decimal(len(below)),
        unit=f"xã dưới {asked.criteria} tiêu chí",
        is_met=scene.now.has_data and not below,
        blockers=tuple(_commune_blocker(s, lacking(s, asked.criteria)) for s in below),
        forecast=Forecast(Decimal(len(still)), scene.due_on, reason),
        is_within_reach=scene.now.has_data and not still,
    )


def _gain(pace: int | None) -> str:
    if pace is None:
        return "chưa đủ số liệu"
    return f"tăng {pace} tiêu chí" if pace >= 0 else f"giảm {-pace} tiêu chí"


def commune_reaches(asked: CommuneReaches, scene: Scene) -> Outcome:
    """One commune meets at least n criteria."""
    status = scene.now.by_code.get(asked.commune)
    required = Decimal(asked.criteria)
    if status is None:
        lost = Forecast(Decimal(0), scene.due_on, "Xã không có trong danh mục vào ngày này.")
        blocker = Blocker("commune", asked.commune, asked.commune, "không có trong danh mục xã")
        return Outcome(required, Decimal(0), "tiêu chí", False, (blocker,), lost, False)
    met, expected = status.finding.criteria_met, scene.expected_criteria(status)
    is_met = met >= asked.criteria
    pace = _gain(scene.pace(asked.commune))
    reason = f"{PACE_MONTHS} tháng qua {pace}; giữ nhịp đó thì đến {scene.due_on:%d/%m/%Y} đạt {expected} tiêu chí."
    return Outcome(
        required=required,
        actual=Decimal(met),
        unit="tiêu chí",
        is_met=is_met,
        blockers=() if is_met else (_commune_blocker(status, lacking(status, asked.criteria)),),
        forecast=Forecast(Decimal(expected), scene.due_on, reason),
        is_within_reach=expected >= asked.criteria,
    )


def district_recognised(asked: DistrictRecognised, scene: Scene) -> Outcome:
    """Every district in force has at least n communes with a recognition at the tier in force."""
    held: Counter[str] = Counter(
        s.commune.district_code for s in scene.now.statuses if any(r.tier == asked.tier for r in s.recognitions)
    )
    short = [code for code in scene.districts if held[code] < asked.count]
    ready = {code: _waiting(scene, code) for code in short}
    expected = len(scene.districts) - sum(len(ready[code]) + held[code] < asked.count for code in short)
    waiting = [f"{scene.districts[code]}: {ready[code][0].commune.name}" for code in short if ready[code]]
    reason = (
        f"Đã đạt đủ tiêu chí, chờ quyết định: {'; '.join(waiting)}."
        if waiting
        else "Các huyện còn thiếu chưa có xã nào đạt đủ tiêu chí."
    )
    return Outcome(
        required=Decimal(len(scene.districts)),
        actual=Decimal(len(scene.districts) - len(short)),
        unit="huyện, thành phố",
        is_met=bool(scene.districts) and not short,
        blockers=tuple(_district_blocker(scene, code, held[code]) for code in short),
        forecast=Forecast(Decimal(expected), scene.due_on, reason if short else "Mọi huyện, thành phố đều đã có."),
        is_within_reach=bool(scene.districts) and expected == len(scene.districts),
    )


def _waiting(scene: Scene, district: str = "") -> list[CommuneStatus]:
    """Communes that meet all criteria and wait for a decision, of one district or of all."""
    return [
        s
        for s in scene.now.statuses
        if s.finding.meets_standard and not s.recognition and district in {"", s.commune.district_code}
    ]


def _district_blocker(scene: Scene, code: str, held: int) -> Blocker:
    own = [s for s in scene.now.statuses if s.commune.district_code == code and not s.recognition]
    best = max(own, key=lambda s: s.finding.criteria_met, default=None)
    lacks = "chưa có xã nào được công nhận" if not held else f"mới có {held} xã được công nhận"
    if best is not None and best.last_assessed_on:
        lacks += f"; gần nhất: {best.commune.name}, {best.finding.criteria_met}/{best.finding.criteria_total} tiêu chí"
    return Blocker("district", code, scene.districts[code], lacks)


def new_recognitions(asked: NewRecognitions, scene: Scene) -> Outcome:
    """At least n units recognised at the tier for the year; a recognition of unknown year does not count."""
    tier = [r for _, _, r in scene.now.recognised if r.tier == asked.tier]
    actual = sum(r.achieved_year == asked.year for r in tier)
    unknown = sum(r.achieved_year is None and r.effective_on.year == asked.year for r in tier)
    missing = max(asked.count - actual, 0)
    candidates, waiting = _candidates(asked.tier, scene)
    expected = actual + waiting
    label = str(Tier(asked.tier).label).lower()
    reason = f"Đã có {actual} quyết định công nhận {label} năm {asked.year}"
    reason += (
        f"; {waiting} xã đạt đủ tiêu chí đang chờ quyết định." if waiting else "; chưa có đơn vị nào chờ quyết định."
    )
    is_village = asked.tier in {Tier.NTM_VILLAGE, Tier.MODEL_RESIDENTIAL}
    return Outcome(
        required=Decimal(asked.count),
        actual=Decimal(actual),
        unit="thôn" if is_village else "xã",
        is_met=actual >= asked.count,
        blockers=tuple(candidates[:missing]),
        forecast=Forecast(Decimal(expected), scene.due_on, reason),
        is_within_reach=expected >= asked.count,
        remark=f"{unknown} công nhận chưa rõ năm đạt chuẩn, không tính." if unknown else "",
    )


def _candidates(tier: str, scene: Scene) -> tuple[list[Blocker], int]:
    """Nearest units that could be recognised at the tier, and how many only wait for a decision."""
    if tier == Tier.STANDARD:
        near = [s for s in scene.now.statuses if not s.recognition and s.last_assessed_on]
        near.sort(key=lambda s: (-s.finding.criteria_met, [step.distance for step in s.steps], s.commune.code))
        waiting = len(_waiting(scene))
        blockers = [_commune_blocker(s, _lacks_recognition(s)) for s in near]
        return blockers, waiting
    below = _STEPS_BELOW.get(Tier(tier), ())
    near = [s for s in scene.now.statuses if s.tier in below and s.finding.meets_standard]
    near.sort(key=lambda s: (below.index(s.tier), s.commune.code))
    return [_commune_blocker(s, _lacks_tier(s, tier, below[0])) for s in near], 0


_STEPS_BELOW = {Tier.ADVANCED: (Tier.STANDARD,), Tier.MODEL: (Tier.ADVANCED, Tier.STANDARD)}
"""The tiers from which a commune rises to another, the one just below first."""


def _lacks_tier(status: CommuneStatus, tier: str, just_below: Tier) -> str:
    lacks = f"chưa có quyết định công nhận {str(Tier(tier).label).lower()}"
    if status.tier != just_below:
        lacks += f"; phải được công nhận {str(just_below.label).lower()} trước"
    return lacks


def _lacks_recognition(status: CommuneStatus) -> str:
    if status.finding.meets_standard:
        return "đạt đủ tiêu chí, chưa có quyết định công nhận"
    return lacking(status, status.finding.criteria_total)


def village_share(asked: VillageShare, scene: Scene) -> Outcome:
    """At least a share of the villages of the scheme recognised; the scheme's own total while fewer are registered."""
    registered = sum(map(len, scene.villages.values()))
    total = max(registered, asked.villages_total)
    required = -(-total * asked.percent // 100)
    recognised = {key for kind, key, r in scene.now.recognised if kind == "village" and r.tier == asked.tier}
    held = {code: sum(v in recognised for v in ids) for code, ids in scene.villages.items()}
    actual = sum(held.values())
    blockers = []
    for code, ids in scene.villages.items():
        asked_here = -(-len(ids) * asked.percent // 100)
        status = scene.now.by_code.get(code)
        if status is not None and (held[code] < asked_here or not ids):
            counted = f"{held[code]}/{len(ids)} thôn được công nhận" if ids else "chưa có danh mục thôn"
            blockers.append(_commune_blocker(status, counted))
    share = number((Decimal(actual) * 100 / total).quantize(Decimal("0.01"))) if total else "0"
    remark = f"Mới đăng ký {registered} trên {total} thôn của Đề án." if registered < total else ""
    return Outcome(
        required=Decimal(required),
        actual=Decimal(actual),
        unit="thôn",
        is_met=bool(total) and actual >= required,
        blockers=tuple(blockers) if actual < required else (),
        forecast=Forecast(
            Decimal(actual),
            scene.due_on,
            f"Đã công nhận {actual}/{total} thôn ({share}%), cần {required}; chưa có thôn nào chờ quyết định.",
        ),
        is_within_reach=actual >= required,
        remark=remark,
    )


KINDS: dict[str, Callable[[Any, Scene], Outcome]] = {
    "NEW_RECOGNITIONS": new_recognitions,
    "VILLAGE_SHARE": village_share,
    "DISTRICT_RECOGNISED": district_recognised,
    "NO_COMMUNE_BELOW": no_commune_below,
    "COMMUNE_REACHES": commune_reaches,
}
