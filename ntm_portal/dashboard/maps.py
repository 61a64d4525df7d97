"""What a map is coloured by: for every commune a tone, a sign in its tile, the words of its tooltip, and the legend."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from communes.geometry import DistrictShape, Frame, Geometry, Style, UnitShape, frame_around, geometry
from criteria.engine.bands import BAND_LABELS, Band
from criteria.engine.facts import Result, SetSpec
from criteria.engine.wording import RESULT_LABELS
from criteria.models import Tier
from criteria.queries import CommuneStatus, Snapshot
from ntm_portal.core import ledger
from ntm_portal.core.errors import BadQueryError
from ntm_portal.dashboard.tones import BAND_TONES, TONES

_MAPS = ledger.Memory(96)
BY_BAND = "nhom"
_NO_DATA = "Chưa có số liệu"
_STEPS = 6
_AROUND = 0.45
"""How much of the neighbours a map of one district shows, in tiles."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one commune is shown: tone (a class), sign, words; `more` is said in the tooltip only."""

    tone: str
    sign: str
    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One tone with its meaning, and how many communes have it."""

    tone: str
    sign: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to colour the map. `keys` are the tones with their signs and labels, in the order of the legend."""

    key: str
    label: str
    mark: Callable[[CommuneStatus, date], Mark]
    keys: tuple[tuple[str, str, str], ...]

    @property
    def is_criterion(self) -> bool:
        return self.key.startswith("tc-")

    @property
    def column(self) -> str:
        """What stands above the words in a table."""
        return " ".join(self.label.split()[:3]) if self.is_criterion else self.label

    @property
    def title(self) -> str:
        """What stands above the map."""
        return self.label if self.is_criterion else f"Các xã theo {_small(self.label)}"


@dataclass(frozen=True, slots=True)
class MapUnit:
    """One unit on the map; without a mark it is outside the programme."""

    shape: UnitShape
    status: CommuneStatus | None
    mark: Mark | None
    tone: str
    title: str
    is_faded: bool = False


@dataclass(frozen=True, slots=True)
class MapView:
    """A map ready to be drawn, and what stands beside it."""

    mode: Mode
    style: Style
    can_outline: bool
    frame: Frame
    units: tuple[MapUnit, ...]
    districts: tuple[DistrictShape, ...]
    unplaced: tuple[MapUnit, ...]
    legend: tuple[LegendItem, ...]
    rows: tuple[MapUnit, ...]
    """Rural communes, in the order of a list."""

    @property
    def width(self) -> int:
        """Width on a screen where there is room: tiles are as large on every map."""
        return round(self.frame.width * 0.6)

    @property
    def height(self) -> int:
        return round(self.frame.height * 0.6)

    @property
    def is_wide(self) -> bool:
        """Whether names no longer fit in on a telephone."""
        return self.frame.width > 650

    @property
    def has_outside(self) -> bool:
        """Whether the map shows units that are not judged."""
        return any(unit.tone == "outside" and not unit.is_faded for unit in self.units)

    @property
    def summary(self) -> str:
        """The legend as one sentence: the text alternative of the drawing."""
        return "; ".join(f"{item.label}: {item.count} xã" for item in self.legend if item.count)


def _by_band(status: CommuneStatus, on: date) -> Mark:
    if status.last_assessed_on is None:
        return Mark("unknown", "?", _NO_DATA)
    return Mark(BAND_TONES[status.band], str(status.finding.criteria_met), status.band_label)


def _step(met: int, total: int) -> int:
    """One of six equal steps below the full number, which is the seventh."""
    return met * _STEPS // total if total else 0


def _by_count(status: CommuneStatus, on: date) -> Mark:
    if status.last_assessed_on is None:
        return Mark("unknown", "?", _NO_DATA)
    met, total = status.finding.criteria_met, status.finding.criteria_total
    return Mark(f"s{_step(met, total)}", str(met), f"Đạt {met} trên {total} tiêu chí")


_TIERS = {
    Tier.STANDARD: ("b2", "NTM", "Nông thôn mới"),
    Tier.ADVANCED: ("b1", "NC", "Nông thôn mới nâng cao"),
    Tier.MODEL: ("s6", "KM", "Nông thôn mới kiểu mẫu"),
}
_WAITING = ("b3", "chờ", "Đủ tiêu chí, chờ quyết định")
_NOT_RECOGNISED = ("plain", "–", "Chưa được công nhận")


def _by_tier(status: CommuneStatus, on: date) -> Mark:
    """The signed decision; a recognised commune that no longer meets the standard keeps its tier and is flagged."""
    if status.tier is None:
        return Mark(*(_WAITING if status.finding.meets_standard else _NOT_RECOGNISED))
    tone, sign, words = _TIERS[Tier(status.tier)]
    if status.has_slipped:
        return Mark(tone, f"{sign}!", f"{words}, nay không còn đủ tiêu chí")
    return Mark(tone, sign, words)


_CRITERION = {Result.MET: "b1", Result.EXEMPT: "b2", Result.NOT_MET: "b4", Result.NO_DATA: "unknown"}


def _by_criterion(index: int, status: CommuneStatus, on: date) -> Mark:
    finding = status.finding.criteria[index]
    more = "" if finding.result.is_passed else finding.reason
    return Mark(_CRITERION[finding.result], TONES[finding.result][1], RESULT_LABELS[finding.result], more)


_MONTH = 31
_AGES = (("b1", "Trong một tháng qua"), ("b2", "1–3 tháng trước"), ("b4", "Hơn 3 tháng trước"))


def _by_age(status: CommuneStatus, on: date) -> Mark:
    """Days between the newest figure and the day shown; in the tile whole months of thirty days."""
    newest = status.last_assessed_on
    if newest is None:
        return Mark("unknown", "?", _NO_DATA)
    days = (on - newest).days
    tone, _ = _AGES[0 if days <= _MONTH else 1 if days <= 3 * _MONTH else 2]
    return Mark(tone, str(days // 30), f"Số liệu mới nhất ngày {newest:%d/%m/%Y}")


_UNKNOWN = ("unknown", "?", _NO_DATA)


def _count_keys(total: int) -> tuple[tuple[str, str, str], ...]:
    """The steps that a set of so many criteria has, best first."""
    keys = []
    for step in range(_STEPS, -1, -1):
        within = [met for met in range(total + 1) if _step(met, total) == step]
        if within:
            span = f"{within[0]}–{within[-1]}" if len(within) > 1 else str(within[0])
            keys.append((f"s{step}", "", f"{span} tiêu chí"))
    return tuple(keys)


def modes(criteria_set: SetSpec) -> tuple[Mode, ...]:
    """Every way to colour a map by this set, the usual one first."""
    bands = tuple((BAND_TONES[band], "", BAND_LABELS[band]) for band in Band)
    results = tuple((_CRITERION[result], TONES[result][1], RESULT_LABELS[result]) for result in Result)
    return (
        Mode(BY_BAND, "Nhóm", _by_band, (*bands, _UNKNOWN)),
        Mode("so-tieu-chi", "Số tiêu chí đạt", _by_count, (*_count_keys(len(criteria_set.criteria)), _UNKNOWN)),
        Mode("cong-nhan", "Mức công nhận", _by_tier, (*reversed(_TIERS.values()), _WAITING, _NOT_RECOGNISED)),
        Mode("do-moi", "Độ mới của số liệu", _by_age, (*((tone, "", label) for tone, label in _AGES), _UNKNOWN)),
        *(
            Mode(f"tc-{c.number}", f"Tiêu chí {c.number} {c.name}", partial(_by_criterion, index), results)
            for index, c in enumerate(criteria_set.criteria)
        ),
    )


def mode_of(asked: str, criteria_set: SetSpec) -> Mode:
    """The mode of that key, none for the usual one. Raises BadQueryError that lists what there is."""
    found = {mode.key: mode for mode in modes(criteria_set)}
    if (asked or BY_BAND) not in found:
        words = f"Không tô màu được theo “{asked}”. Nhận: {', '.join(found)}."
        raise BadQueryError("Địa chỉ này có tham số không đọc được.", {"to_mau": [words]})
    return found[asked or BY_BAND]


def province_map(shown: Snapshot, mode: str = BY_BAND, *, style: Style | None = None) -> MapView:
    """The whole province; remembered under the snapshot. Raises BadQueryError for an unknown mode."""
    chosen = mode_of(mode, shown.criteria_set)
    return _MAPS.find_or_build((shown.key, chosen.key, style), lambda: _view(shown, chosen, style))


def only(view: MapView, codes: Collection[str]) -> MapView:
    """The same map with every other unit faded; the legend counts those that stay."""
    units = tuple(unit if unit.shape.code in codes else replace(unit, is_faded=True) for unit in view.units)
    rows = [unit for unit in view.rows if unit.shape.code in codes]
    return replace(view, units=units, rows=tuple(rows), legend=_legend(view.mode, rows))


def district_map(shown: Snapshot, code: str, mode: str = BY_BAND, *, style: Style | None = None) -> MapView:
    """One district of the same map, with the edge of its neighbours faded around it; counts are its own."""
    chosen = mode_of(mode, shown.criteria_set)
    return _MAPS.find_or_build((shown.key, chosen.key, style, code), lambda: _view(shown, chosen, style, code))


def _view(shown: Snapshot, mode: Mode, style: Style | None, district: str | None = None) -> MapView:
    drawn = geometry(shown.as_of, style, at=shown.position)
    frame = _frame(drawn, district)
    placed = [_unit(shape, shown, mode, district) for shape in drawn.units if _is_inside(shape, frame)]
    unplaced = [_unit(s, shown, mode, None) for s in drawn.unplaced if district in {None, s.district_code}]
    rows = [unit for unit in (*placed, *unplaced) if unit.status and not unit.is_faded]
    return MapView(
        mode,
        drawn.style,
        drawn.can_outline,
        frame,
        tuple(placed),
        tuple(d for d in drawn.districts if district in {None, d.code}),
        tuple(unplaced),
        _legend(mode, rows),
        tuple(sorted(rows, key=lambda unit: (unit.shape.district_code, unit.status.commune.sort_key))),
    )


def _frame(drawn: Geometry, district: str | None) -> Frame:
    around = next((d.bounds for d in drawn.districts if d.code == district), None)
    if around is None:
        return drawn.frame
    left, top, right, bottom = around
    share = 100 if drawn.style is Style.TILES else max(right - left, bottom - top) / 4
    return frame_around(around, share * _AROUND)


def _is_inside(shape: UnitShape, frame: Frame) -> bool:
    left, top, right, bottom = shape.bounds
    beside = left >= frame.x + frame.width or right <= frame.x
    return not (beside or top >= frame.y + frame.height or bottom <= frame.y)


def _unit(shape: UnitShape, shown: Snapshot, mode: Mode, district: str | None) -> MapUnit:
    status = shown.by_code.get(shape.code)
    is_faded = district not in {None, shape.district_code}
    place = f"{shape.full_name}, {shape.district_name}"
    if status is None:
        return MapUnit(shape, None, None, "outside", f"{place}\nNgoài diện nông thôn mới", is_faded)
    mark = mode.mark(status, shown.as_of)
    said = [place, _standing(status)]
    if mode.is_criterion:
        said.append(f"{mode.label}: {mark.words.lower()}")
    elif mode.key in {"cong-nhan", "do-moi"}:
        said.append(mark.words)
    said += [mark.more] if mark.more else []
    return MapUnit(shape, status, mark, mark.tone, "\n".join(dict.fromkeys(said)), is_faded)


def _standing(status: CommuneStatus) -> str:
    if status.last_assessed_on is None:
        return _NO_DATA
    finding = status.finding
    return f"{finding.criteria_met}/{finding.criteria_total} tiêu chí, nhóm {_small(status.band_label)}"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]


def _legend(mode: Mode, rows: Sequence[MapUnit]) -> tuple[LegendItem, ...]:
    """Every tone of the mode, also with none; recognitions that figures no longer support are counted besides."""
    tones = [unit.tone for unit in rows]
    items = [LegendItem(tone, sign, label, tones.count(tone)) for tone, sign, label in mode.keys]
    slipped = sum(unit.mark.sign.endswith("!") for unit in rows if unit.mark)
    if slipped:
        items.append(LegendItem("", "!", "Trong đó không còn đủ tiêu chí", slipped))
    return tuple(items)
