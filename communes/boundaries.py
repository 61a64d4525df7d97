"""An office's own boundaries: a GeoJSON file checked whole, simplified for the screen, and stored all or nothing."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from communes.models import Boundary, Commune
from ntm_portal.core import audit, clock
from ntm_portal.core.reference import DataFileError

LIMIT_BYTES = 60_000_000
CODE_PROPERTY = "maxa"
# Everything that the state's maps show, islands included: enough to tell degrees from metres, and a swap.
_LONGITUDES, _LATITUDES = (102.0, 118.0), (6.0, 24.0)
_DEGREES_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")
_SCREEN_POINTS = 1200
_DIGITS = 5

Outline = list[list[list[list[float]]]]


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """A file that was found sound: outlines by GSO code, simplified, as GeoJSON coordinates of a MultiPolygon."""

    name: str
    sha256: str
    outlines: Mapping[str, Outline]
    points_before: int
    points_after: int
    overlapping: tuple[str, ...]
    """Codes whose borders do not meet those of their neighbours."""


@dataclass(frozen=True, slots=True)
class BoundaryCounts:
    """What a load did, or would do."""

    created: int
    updated: int
    unchanged: int
    removed: int
    missing: tuple[Commune, ...]
    """Units of the day that the file does not have."""


def read_boundaries(path: Path, code_property: str = CODE_PROPERTY) -> BoundaryFile:
    """Check and simplify a file. Raises DataFileError that names the file, and the feature that is wrong."""
    content = _content(path)
    known = set(Commune.objects.values_list("code", flat=True))
    shapes: dict[str, BaseGeometry] = {}
    for number, feature in enumerate(_features(path.name, content), start=1):
        where = f"{path.name}, đối tượng {number}"
        code = _code(where, feature, code_property)
        where = f"{where} (mã {code})"
        if code not in known:
            raise DataFileError(f"{where}: không có xã, phường, thị trấn nào mang mã này")
        if code in shapes:
            raise DataFileError(f"{where}: mã này đã có ở đối tượng trước")
        shapes[code] = _polygon(where, feature.get("geometry"))
    codes, drawn = list(shapes), list(shapes.values())
    simple = _simplified(drawn)
    faulty = shapely.coverage_invalid_edges(drawn) if len(drawn) > 1 else [shapely.MultiLineString()] * len(drawn)
    return BoundaryFile(
        path.name,
        hashlib.sha256(content).hexdigest(),
        dict(zip(codes, map(_coordinates, simple), strict=True)),
        int(shapely.get_num_coordinates(drawn).sum()),
        int(shapely.get_num_coordinates(simple).sum()),
        tuple(code for code, edges in zip(codes, faulty, strict=True) if not shapely.is_empty(edges)),
    )


def compare_boundaries(file: BoundaryFile) -> BoundaryCounts:
    """What storing the file would change."""
    held = {b.commune.code: b for b in Boundary.objects.select_related("commune")}
    same = sum(_is_same(held.get(code), file, code) for code in file.outlines)
    updated = len(file.outlines.keys() & held.keys()) - same
    missing = Commune.objects.in_force(clock.today()).exclude(code__in=list(file.outlines)).select_related("district")
    return BoundaryCounts(
        len(file.outlines.keys() - held.keys()),
        updated,
        same,
        len(held.keys() - file.outlines.keys()),
        tuple(missing.order_by("code")),
    )


@transaction.atomic
def store_boundaries(file: BoundaryFile) -> BoundaryCounts:
    """Let the file take the place of what was loaded before: borders agree only within one file.

    The same file twice changes nothing.
    """
    with audit.loading(f"ranh giới từ {file.name}"):
        return _replace_boundaries(file)


def _replace_boundaries(file: BoundaryFile) -> BoundaryCounts:
    counts = compare_boundaries(file)
    if counts.removed:
        Boundary.objects.exclude(commune__code__in=list(file.outlines)).delete()
    units = {c.code: c for c in Commune.objects.filter(code__in=list(file.outlines)).select_related("boundary")}
    new, changed = [], []
    for code, outline in file.outlines.items():
        held = getattr(units[code], "boundary", None)
        if _is_same(held, file, code):
            continue
        record = held or Boundary(commune=units[code])
        record.outline, record.source_name = outline, file.name[:200]
        record.sha256, record.loaded_at = file.sha256, clock.now()
        (changed if held else new).append(record)
    Boundary.objects.bulk_create(new)
    if changed:
        Boundary.objects.bulk_update(changed, ["outline", "source_name", "sha256", "loaded_at"])
    return counts


def _is_same(held: Boundary | None, file: BoundaryFile, code: str) -> bool:
    return held is not None and (held.sha256, held.outline) == (file.sha256, file.outlines[code])


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LIMIT_BYTES:
            raise DataFileError(
                f"{path.name}: tệp {size / 1e6:.0f} MB, quá {LIMIT_BYTES / 1e6:.0f} MB; hãy xuất lại với ít điểm hơn"
            )
        return path.read_bytes()
    except OSError as error:
        raise DataFileError(f"{path.name}: không đọc được tệp ({error.strerror})") from error


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} không phải là số")


def _features(name: str, content: bytes) -> Iterator[dict[str, Any]]:
    """The features of a collection in degrees."""
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DataFileError(f"{name}: không phải GeoJSON (không đọc được JSON: {error})") from error
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise DataFileError(f"{name}: phải là GeoJSON kiểu FeatureCollection")
    system = data.get("crs")
    if system is not None and not any(known in json.dumps(system) for known in _DEGREES_WGS84):
        raise DataFileError(f"{name}: hệ tọa độ {json.dumps(system)} không phải WGS 84; hãy chuyển sang kinh, vĩ độ")
    features = data.get("features")
    if not isinstance(features, list) or not features:
        raise DataFileError(f"{name}: FeatureCollection không có đối tượng nào")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise DataFileError(f"{name}, đối tượng {number}: không phải Feature")
        yield feature


def _code(where: str, feature: Mapping[str, Any], code_property: str) -> str:
    """GSO code of a feature, also where a tool has made it a number."""
    properties = feature.get("properties")
    value = properties.get(code_property) if isinstance(properties, dict) else None
    if value is None or isinstance(value, bool) or not str(value).strip():
        held = ", ".join(properties) if isinstance(properties, dict) else ""
        raise DataFileError(
            f"{where}: thiếu thuộc tính “{code_property}” (có: {held or 'không có gì'}); "
            "dùng --code-property để chỉ thuộc tính chứa mã"
        )
    return str(value).strip().removesuffix(".0").zfill(5)


def _polygon(where: str, geometry: Any) -> BaseGeometry:
    """A sound outline in degrees, without heights."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise DataFileError(f"{where}: phải là Polygon hoặc MultiPolygon, đây là {kind or 'đối tượng không có hình'}")
    for x, y in _points(where, geometry.get("coordinates")):
        _check_degrees(where, x, y)
    try:
        found = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise DataFileError(f"{where}: hình không dựng được ({error})") from error
    if not found.is_valid:
        raise DataFileError(f"{where}: hình không hợp lệ ({shapely.is_valid_reason(found)})")
    if not found.area:
        raise DataFileError(f"{where}: hình rỗng")
    return found


def _points(where: str, nested: Any) -> Iterator[tuple[float, float]]:
    """Every point of nested lists of coordinates."""
    left = [nested]
    while left:
        item = left.pop()
        if not isinstance(item, list):
            raise DataFileError(f"{where}: tọa độ không đọc được ({item!r})")
        if not item or isinstance(item[0], list):
            left += item
        elif len(item) < 2 or not all(_is_number(value) for value in item):
            raise DataFileError(f"{where}: tọa độ không đọc được ({item!r})")
        else:
            yield item[0], item[1]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _check_degrees(where: str, x: float, y: float) -> None:
    if _within(x, _LONGITUDES) and _within(y, _LATITUDES):
        return
    if _within(y, _LONGITUDES) and _within(x, _LATITUDES):
        raise DataFileError(f"{where}: điểm ({x}, {y}) ghi vĩ độ trước; GeoJSON ghi kinh độ trước, vĩ độ sau")
    if abs(x) > 180 or abs(y) > 90:
        raise DataFileError(f"{where}: điểm ({x}, {y}) tính bằng mét (VN-2000?); hãy chuyển sang WGS 84 kinh, vĩ độ")
    raise DataFileError(f"{where}: điểm ({x}, {y}) nằm ngoài Việt Nam")


def _simplified(drawn: list[BaseGeometry]) -> list[BaseGeometry]:
    """Fewer points, the same on both sides of a border; a unit that would vanish keeps all of its own."""
    west, south, east, north = shapely.total_bounds(drawn)
    tolerance = max(east - west, north - south) / _SCREEN_POINTS
    simple = shapely.coverage_simplify(drawn, tolerance)
    return [less if less.is_valid and less.area > 0 else full for less, full in zip(simple, drawn, strict=True)]


def _coordinates(outline: BaseGeometry) -> Outline:
    parts = getattr(outline, "geoms", [outline])
    return [[_ring(ring) for ring in (part.exterior, *part.interiors)] for part in parts]


def _ring(ring: BaseGeometry) -> list[list[float]]:
    return [[round(x, _DIGITS), round(y, _DIGITS)] for x, y in ring.coords]
