"""A made-up boundary file: every unit a square in degrees, with borders that wind and that neighbours share."""

import json
from math import sin
from pathlib import Path
from typing import Any

from communes.models import Commune

WEST, NORTH, SIDE, STEPS = 107.4, 15.4, 0.1, 20


def _edge(start: tuple[int, int], end: tuple[int, int]) -> list[list[float]]:
    """Points from one corner of the grid towards the next; the same points whichever way one goes."""
    (x0, y0), (x1, y1) = sorted([start, end])
    line = []
    for step in range(STEPS + 1):
        share = step / STEPS
        bend = 0.0002 * sin(step * 1.7 + x0 + 3 * y0) if 0 < step < STEPS else 0
        x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
        line.append([WEST + SIDE * x + bend * (y1 - y0), NORTH - SIDE * y + bend * (x1 - x0)])
    return (line if (x0, y0) == start else line[::-1])[:-1]


def square(column: int, row: int) -> list[list[float]]:
    """The closed ring of one square of the grid."""
    corners = [(column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row)]
    ring = [point for i, corner in enumerate(corners) for point in _edge(corner, corners[(i + 1) % 4])]
    return [*ring, ring[0]]


def feature(code: Any, ring: list, **changes: Any) -> dict[str, Any]:
    """One unit of a file; what is given replaces its usual parts."""
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"maxa": code, "ten": "x"}, "geometry": geometry} | changes


def features(*, only_rural: bool = False) -> list[dict[str, Any]]:
    """Every unit at the place of its tile, by code."""
    units = Commune.objects.order_by("code")
    if only_rural:
        units = units.filter(kind=Commune.Kind.XA)
    return [feature(unit.code, square(unit.tile_column, unit.tile_row)) for unit in units]


def write(path: Path, found: Any, **changes: Any) -> Path:
    """A file with these features, or whatever else is given for them."""
    data = {"type": "FeatureCollection", "features": found} | changes
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
