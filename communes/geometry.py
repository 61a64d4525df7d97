"""The shapes of a map: for every unit a tile or its outline, and the outlines of the districts around them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations_with_replacement
from math import cos, hypot, radians
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from communes.models import Commune, District
from ntm_portal.core import ledger

_DRAWN = ledger.Memory(8)
TILE = 100
"""Units of the drawing for one tile; an outline map is as wide as ten."""
_GAP = 3
_WIDTH = 10 * TILE
_NAME_LINES = {1: (38,), 2: (29, 47)}
_SIGN_LINE = 82
_SMALL_SIGN = 8
"""Baselines: of name and number below the upper edge of a tile, of the number below the middle of an outline."""
_LIFT = 2
"""How far the name of a district stands above its edge: the numbers below a name leave more room than the names."""
_ROOM = 17
"""Half the space that a number needs inside an outline."""


_CLEAR = 24
"""How far the name of a district keeps from the numbers in outlines."""


class Style(StrEnum):
    """How units are drawn."""

    TILES = "o"
    OUTLINES = "ranh-gioi"


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        return f"{_short(self.x)} {_short(self.y)} {_short(self.width)} {_short(self.height)}"


@dataclass(frozen=True, slots=True)
class UnitShape:
    """One unit: its path and middle, where its number stands, and its name in lines, each with its height."""

    code: str
    name: str
    full_name: str
    is_rural: bool
    district_code: str
    district_name: str
    path: str
    x: float
    y: float
    sign_y: float
    lines: tuple[tuple[float, str], ...]
    has_room: bool
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class DistrictShape:
    """The outline of a district, and where its name stands."""

    code: str
    name: str
    path: str
    x: float
    y: float
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything that does not depend on figures. Units without a place of their own are `unplaced`."""

    style: Style
    frame: Frame
    units: tuple[UnitShape, ...]
    districts: tuple[DistrictShape, ...]
    unplaced: tuple[UnitShape, ...]
    can_outline: bool
    """Whether every rural commune of the day has an outline; with one missing the map would hide it."""


_FIELDS = (
    "code", "name", "kind", "tile_row", "tile_column", "boundary__outline",
    "district__code", "district__name", "district__kind",
)  # fmt: skip


def geometry(on: date, style: Style | None = None, *, at: ledger.Position) -> Geometry:
    """Shapes of the units in force on the day: outlines where they are complete, unless tiles are asked for.

    One query, remembered under the position.
    """
    return _DRAWN.find_or_build((at, on, style), lambda: _build(on, style))


def _build(on: date, style: Style | None) -> Geometry:
    units = Commune.objects.in_force(on).order_by("district__code", "code")
    rows = list(units.values(*_FIELDS))
    rural = [row for row in rows if row["kind"] == Commune.Kind.XA]
    can_outline = bool(rural) and all(row["boundary__outline"] for row in rural)
    use = Style.OUTLINES if can_outline and style is not Style.TILES else Style.TILES
    placed = _outlines(rows) if use is Style.OUTLINES else _tiles(rows)
    shapes = tuple(_unit(row, placed.get(row["code"]), use) for row in rows)
    return Geometry(
        use,
        _frame(list(placed.values())),
        tuple(shape for shape in shapes if shape.path),
        _districts(rows, placed, shapes, use),
        tuple(shape for shape in shapes if not shape.path),
        can_outline,
    )


def _tiles(rows: Iterable[dict[str, Any]]) -> dict[str, BaseGeometry]:
    found = {}
    for row in rows:
        if row["tile_row"] is not None:
            x, y = (row["tile_column"] - 1) * TILE, (row["tile_row"] - 1) * TILE
            found[row["code"]] = box(x, y, x + TILE, y + TILE)
    return found


def _outlines(rows: Iterable[dict[str, Any]]) -> dict[str, BaseGeometry]:
    """Outlines on a plane: degrees of longitude as short as they are in the middle of the province."""
    degrees = {
        row["code"]: MultiPolygon([(part[0], part[1:]) for part in row["boundary__outline"]])
        for row in rows
        if row["boundary__outline"]
    }
    west, south, east, north = shapely.total_bounds(list(degrees.values()))
    shrink = cos(radians((south + north) / 2))
    scale = _WIDTH / ((east - west) * shrink)
    return {
        code: shapely.transform(
            drawn, lambda x, y: ((x - west) * shrink * scale, (north - y) * scale), interleaved=False
        )
        for code, drawn in degrees.items()
    }


def _frame(shapes: Sequence[BaseGeometry], margin: float = 12) -> Frame:
    """The drawing with a margin; on top there is room for the name of the northernmost district."""
    if not shapes:
        return Frame(0, 0, TILE, TILE)
    left, top, right, bottom = shapely.total_bounds(shapes)
    return frame_around((left, top, right, bottom), margin)


def frame_around(bounds: tuple[float, float, float, float], margin: float) -> Frame:
    """A rectangle with a margin, and half a name's height more on top."""
    left, top, right, bottom = bounds
    return Frame(left - margin, top - margin - 12, right - left + 2 * margin, bottom - top + 2 * margin + 12)


def _unit(row: dict[str, Any], drawn: BaseGeometry | None, style: Style) -> UnitShape:
    kind, district = Commune.Kind(row["kind"]), District.Kind(row["district__kind"])
    about = (
        row["code"],
        row["name"],
        f"{kind.label} {row['name']}",
        kind is Commune.Kind.XA,
        row["district__code"],
        f"{district.label.lower()} {row['district__name']}",
    )
    if drawn is None:
        return UnitShape(*about, "", 0, 0, 0, (), False, (0, 0, 0, 0))
    if style is Style.TILES:
        left, top, _, _ = drawn.bounds
        side = TILE - 2 * _GAP
        path = f"M{_short(left + _GAP)} {_short(top + _GAP)}h{side}v{side}h-{side}z"
        words = _in_lines(row["name"])
        lines = tuple((top + start, line) for start, line in zip(_NAME_LINES[len(words)], words, strict=True))
        middle = (left + TILE / 2, top + TILE / 2)
        return UnitShape(*about, path, *middle, top + _SIGN_LINE, lines, True, drawn.bounds)
    circle = shapely.maximum_inscribed_circle(drawn)
    x, y = (round(value, 1) for value in circle.coords[0])
    return UnitShape(*about, _path(drawn), x, y, y + _SMALL_SIGN, (), shapely.length(circle) > _ROOM, drawn.bounds)


def _in_lines(name: str) -> tuple[str, ...]:
    """A name in two lines, as even as its words allow: what is too long for two is cut by nobody."""
    words = name.split()
    if len(words) == 1:
        return (name,)
    splits = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return min(splits, key=lambda lines: max(map(len, lines)))


def _districts(
    rows: Iterable[dict[str, Any]], placed: dict[str, BaseGeometry], units: Sequence[UnitShape], style: Style
) -> tuple[DistrictShape, ...]:
    signs = [(unit.x, unit.y) for unit in units if unit.is_rural and unit.has_room]
    parts: dict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    for row in rows:
        if row["code"] in placed:
            parts[(row["district__code"], row["district__name"])].append(placed[row["code"]])
    found = []
    for (code, name), shapes in parts.items():
        whole = shapely.union_all([shapely.make_valid(s) for s in shapes], grid_size=0.1)
        if style is Style.TILES:
            x, y = _above(shapes)
        else:
            x, y = _between(whole, [shape.centroid.coords[0] for shape in shapes], signs)
        found.append(DistrictShape(code, name, _path(whole.simplify(0)), round(x, 1), round(y, 1), whole.bounds))
    return tuple(found)


def _above(tiles: Sequence[BaseGeometry]) -> tuple[float, float]:
    """The middle of the longest stretch of upper edge, of equal ones the northernmost: there the name has room."""
    held = {(int(tile.bounds[0] // TILE), int(tile.bounds[1] // TILE)) for tile in tiles}
    top = sorted((row, column) for column, row in held if (column, row - 1) not in held)
    runs: list[tuple[int, int, int]] = []
    for row, column in top:
        if runs and runs[-1][0] == row and runs[-1][2] == column:
            runs[-1] = (row, runs[-1][1], column + 1)
        else:
            runs.append((row, column, column + 1))
    row, first, after = max(runs, key=lambda run: (run[2] - run[1], -run[0]))
    return (first + after) * TILE / 2, row * TILE - _LIFT


def _between(
    whole: BaseGeometry, middles: Sequence[tuple[float, float]], signs: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """A point of the district, half-way between two of its units, where a name covers no number; near the middle."""
    halfway = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in combinations_with_replacement(middles, 2)]
    inside = [point for point in halfway if shapely.contains_xy(whole, *point)]
    centre = whole.centroid.coords[0]

    def fitness(point: tuple[float, float]) -> tuple[float, float]:
        """Distance to the nearest number, where a name is wider than it is high; then nearness to the middle."""
        clear = min((hypot((point[0] - x) / 3, point[1] - y) for x, y in signs), default=_CLEAR)
        return min(clear, _CLEAR), -hypot(point[0] - centre[0], point[1] - centre[1])

    return max([*inside, whole.representative_point().coords[0]], key=fitness)


def _path(drawn: BaseGeometry) -> str:
    """The `d` of an SVG path: outer rings and holes, told apart by the even-odd rule."""
    polygons = [part for part in getattr(drawn, "geoms", [drawn]) if isinstance(part, Polygon)]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return "".join("M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in ring.coords[:-1]) + "z" for ring in rings)


def _short(number: float) -> str:
    """One decimal at most."""
    return f"{number:.1f}".removesuffix(".0")
