"""An office's own boundaries: checked whole, simplified on both sides of a border alike, all or nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from communes.boundaries import LIMIT_BYTES, read_boundaries
from communes.geometry import Style, geometry
from communes.models import Boundary, Commune
from ntm_portal.core import clock, ledger
from tests.factories.boundaries import feature, features, square, write

pytestmark = pytest.mark.django_db

HERE = square(3, 3)


@pytest.fixture
def file(tmp_path):
    """Path of the boundary file of a test."""
    return tmp_path / "ranh-gioi.geojson"


def load(*args: object) -> list[str]:
    output = StringIO()
    call_command("load_boundaries", *map(str, args), stdout=output)
    return output.getvalue().splitlines()


def refusal(*args: object) -> str:
    with pytest.raises(CommandError) as refused:
        load(*args)
    return str(refused.value).removeprefix("Không nạp gì cả. ")


def shapes(style: Style | None = None):
    return geometry(clock.today(), style, at=ledger.current())


def test_without_save_nothing_is_stored(file):
    before = ledger.current()
    write(file, features())

    counts, hint = load(file)

    assert counts.startswith("Ranh giới: 102 (102 mới, 0 cập nhật, 0 giữ nguyên, 0 bỏ); 8262 điểm rút còn ")
    assert hint == "Chưa lưu gì: thêm --save để lưu."
    assert (Boundary.objects.count(), ledger.current()) == (0, before)


def test_saved_boundaries_are_drawn_and_tiles_stay_at_hand(file):
    write(file, features())
    assert (shapes().style, shapes().can_outline) == (Style.TILES, False)

    load(file, "--save")

    assert (shapes().style, shapes().can_outline) == (Style.OUTLINES, True)
    assert shapes(Style.TILES).style == Style.TILES
    assert [len(drawn.units) for drawn in (shapes(), shapes(Style.TILES))] == [102, 102]
    assert {b.source_name for b in Boundary.objects.all()} == {"ranh-gioi.geojson"}


def test_the_same_file_twice_changes_nothing(file):
    write(file, features())
    load(file, "--save")
    before = ledger.current()

    said = load(file, "--save")

    assert said[0].startswith("Ranh giới: 102 (0 mới, 0 cập nhật, 102 giữ nguyên, 0 bỏ)")
    assert ledger.current() == before


def test_a_new_file_takes_the_place_of_the_old(file):
    write(file, features())
    load(file, "--save")

    said = load(write(file, features(only_rural=True)), "--save")

    assert said[0].startswith("Ranh giới: 85 (0 mới, 85 cập nhật, 0 giữ nguyên, 17 bỏ)")
    assert Boundary.objects.count() == 85
    assert [u.full_name for u in shapes().unplaced][:2] == ["Phường Quang Trung", "Phường Duy Tân"]


def test_what_is_missing_is_named_and_keeps_the_tiles(file):
    write(file, [f for f in features() if f["properties"]["maxa"] not in {"23407", "23281"}])

    said = load(file, "--save")

    assert said[1] == "Còn thiếu 2 đơn vị: Phường Quang Trung (23281), Xã Đăk Na (23407)."
    assert (shapes().style, shapes(Style.OUTLINES).style, len(shapes().units)) == (Style.TILES, Style.TILES, 102)


def test_neighbours_keep_one_border(file):
    """What is simplified away on one side is on the other: every inner stretch is drawn exactly twice."""
    found = read_boundaries(write(file, features()))

    stretches = [
        frozenset({tuple(start), tuple(end)})
        for outline in found.outlines.values()
        for part in outline
        for ring in part
        for start, end in zip(ring, ring[1:], strict=False)
    ]
    outer = len({s for s in stretches if stretches.count(s) == 1})
    assert found.points_after < 0.6 * found.points_before
    assert {stretches.count(s) for s in set(stretches)} == {1, 2}
    assert outer < len(set(stretches)) / 2
    assert found.overlapping == ()


def test_borders_that_do_not_meet_are_told(file):
    units = features()
    units[0] = feature(units[0]["properties"]["maxa"], square(7, 12)[:-12] + square(7, 12)[-1:])

    assert load(write(file, units))[1].startswith("Không khớp ranh với xã bên cạnh: 23281")


def test_codes_may_be_numbers_under_another_name(file):
    units = [
        feature(None, f["geometry"]["coordinates"][0], properties={"GSO": int(f["properties"]["maxa"])})
        for f in features()
    ]

    assert load(write(file, units), "--code-property", "GSO")[0].startswith("Ranh giới: 102 (102 mới")


def test_holes_islands_and_heights_are_read(file):
    hole = [[x / 2 + 107.75 / 2, y / 2 + 15.05 / 2] for x, y in square(3, 3)][::-1]
    island = [[x, y, 812.5] for x, y in square(9, 1)]
    parts = {"type": "MultiPolygon", "coordinates": [[square(3, 3), hole], [island]]}

    found = read_boundaries(write(file, [feature("23407", [], geometry=parts)]))

    assert [len(part) for part in found.outlines["23407"]] == [2, 1]
    assert {len(point) for part in found.outlines["23407"] for ring in part for point in ring} == {2}


SWAPPED = [[y, x] for x, y in HERE]
METRES = [[x * 5000, y * 100_000] for x, y in HERE]
BOW_TIE = [[107.7, 15.0], [107.8, 15.1], [107.8, 15.0], [107.7, 15.1], [107.7, 15.0]]
ELSEWHERE = [[x - 100, y] for x, y in HERE]


def shaped(kind: str, coordinates: object) -> dict:
    return feature("23407", HERE, geometry={"type": kind, "coordinates": coordinates})


NO_PLACE = "phải là Polygon hoặc MultiPolygon, đây là"
FAULTS = {
    "no code": (feature("", HERE), ": thiếu thuộc tính “maxa” (có: maxa, ten); dùng --code-property"),
    "no properties": (feature("", HERE, properties=None), ": thiếu thuộc tính “maxa” (có: không có gì)"),
    "unknown code": (feature("99999", HERE), " (mã 99999): không có xã, phường, thị trấn nào mang mã này"),
    "code twice": (feature("23410", HERE), " (mã 23410): mã này đã có ở đối tượng trước"),
    "swapped": (feature("23407", SWAPPED), " (mã 23407): điểm (15.1, 107.7) ghi vĩ độ trước"),
    "metres": (feature("23407", METRES), " (mã 23407): điểm (538500.0, 1510000.0) tính bằng mét (VN-2000?)"),
    "elsewhere": (feature("23407", ELSEWHERE), " (mã 23407): điểm (7.7"),
    "bow tie": (feature("23407", BOW_TIE), " (mã 23407): hình không hợp lệ (Self-intersection"),
    "too few points": (feature("23407", HERE[:2]), " (mã 23407): hình không dựng được"),
    "empty": (shaped("Polygon", []), " (mã 23407): hình rỗng"),
    "a point": (shaped("Point", [107, 15]), f" (mã 23407): {NO_PLACE} Point"),
    "no geometry": (feature("23407", HERE, geometry=None), f" (mã 23407): {NO_PLACE} đối tượng không có hình"),
    "words": (feature("23407", [["a", "b"]] * 4), " (mã 23407): tọa độ không đọc được"),
    "not nested": (shaped("Polygon", 7), " (mã 23407): tọa độ không đọc được"),
    "no feature": ({"type": "Polygon"}, ": không phải Feature"),
}


@pytest.mark.parametrize(("wrong", "said"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_feature_is_named_and_nothing_is_stored(wrong, said, file):
    write(file, [feature("23410", square(5, 5)), wrong, feature("23404", square(6, 5))])

    assert refusal(file, "--save").startswith(f"ranh-gioi.geojson, đối tượng 2{said}")
    assert Boundary.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("maxa,wkt", "không phải GeoJSON (không đọc được JSON: "),
        ("[1]", "phải là GeoJSON kiểu FeatureCollection"),
        ('{"type": "Feature"}', "phải là GeoJSON kiểu FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "FeatureCollection không có đối tượng nào"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "không phải GeoJSON (không đọc được JSON: NaN"),
        ("[" * 100_000, "không phải GeoJSON (không đọc được JSON: "),
        ('{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:9213"}}}', "hệ tọa độ "),
    ],
)
def test_what_is_no_boundary_file_is_said(content, said, file):
    file.write_text(content, encoding="utf-8")

    assert refusal(file, "--save").startswith(f"ranh-gioi.geojson: {said}")


def test_a_file_too_large_or_missing_is_said(file):
    assert refusal(file) == "ranh-gioi.geojson: không đọc được tệp (No such file or directory)"
    with file.open("wb") as sparse:
        sparse.truncate(LIMIT_BYTES + 1)
    assert refusal(file) == "ranh-gioi.geojson: tệp 60 MB, quá 60 MB; hãy xuất lại với ít điểm hơn"


def test_files_that_say_wgs84_are_taken(file):
    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}

    assert len(read_boundaries(write(file, features(), crs=system)).outlines) == 102


def test_districts_are_drawn_around_their_units(file):
    """Each outline of a district is one ring: the squares of a district touch each other."""
    write(file, features())
    for _ in range(2):
        drawn = shapes()
        assert len(drawn.districts) == 10
        assert {district.name: district.path.count("M") for district in drawn.districts} == {
            district.name: 1 for district in drawn.districts
        }
        load(file, "--save")


def test_a_unit_without_a_place_is_not_forgotten():
    Commune.objects.filter(code="23407").update(tile_row=None, tile_column=None)

    drawn = shapes()

    assert ([unit.full_name for unit in drawn.unplaced], len(drawn.units)) == (["Xã Đăk Na"], 101)
