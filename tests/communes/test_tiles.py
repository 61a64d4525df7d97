"""The tile grid: a place for every unit, districts in one piece, north up."""

import csv
import shutil
from collections import defaultdict
from pathlib import Path
from statistics import correlation

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from communes.imports import DATA
from communes.models import Commune

pytestmark = pytest.mark.django_db

CENTROIDS = Path(__file__).with_name("centroids.csv")
# Three communes founded in 2015 share one centroid far from where they are.
MISPLACED = {"23535", "23537", "23538"}


def tiles() -> dict[str, tuple[int, int]]:
    return {code: (row, column) for code, row, column in Commune.objects.values_list("code", "tile_row", "tile_column")}


def pieces(places: set[tuple[int, int]]) -> int:
    """Into how many pieces the tiles fall, counting those as joined that share an edge."""
    left, count = set(places), 0
    while left:
        count, edge = count + 1, [left.pop()]
        while edge:
            row, column = edge.pop()
            beside = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & left
            left -= beside
            edge += beside
    return count


def located() -> dict[str, tuple[float, float]]:
    with CENTROIDS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(file)}


def test_every_unit_has_a_tile_of_its_own():
    found = tiles()

    assert len(found) == len(set(found.values())) == 102
    assert {place for place in found.values() if None in place} == set()


def test_the_grid_fits_a_telephone_and_starts_in_its_corner():
    rows, columns = zip(*tiles().values(), strict=True)

    assert (min(rows), min(columns), max(rows), max(columns)) == (1, 1, 14, 10)


def test_every_district_and_the_province_are_in_one_piece():
    places = defaultdict(set)
    for district, *place in Commune.objects.values_list("district__name", "tile_row", "tile_column"):
        places[district].add(tuple(place))

    assert {district: pieces(held) for district, held in places.items()} == dict.fromkeys(places, 1)
    assert pieces(set.union(*places.values())) == 1


def test_north_is_up_and_east_is_right():
    where, found = located(), tiles()
    codes = sorted(where.keys() - MISPLACED)

    north = correlation([where[code][0] for code in codes], [-found[code][0] for code in codes])
    east = correlation([where[code][1] for code in codes], [found[code][1] for code in codes])
    assert (len(codes), north > 0.95, east > 0.9) == (99, True, True)


def test_the_nearest_unit_of_the_same_district_stands_close():
    """Beside it, or at most one tile between."""
    where, found = located(), tiles()
    districts = dict(Commune.objects.values_list("code", "district_id"))
    far = {}
    for code in where.keys() - MISPLACED:
        same = [c for c in where.keys() - MISPLACED - {code} if districts[c] == districts[code]]
        nearest = min(same, key=lambda c: sum((a - b) ** 2 for a, b in zip(where[c], where[code], strict=True)))
        apart = max(abs(a - b) for a, b in zip(found[code], found[nearest], strict=True))
        if apart > 2:
            far[code] = nearest
    assert far == {}


def test_two_units_may_change_places(tmp_path):
    file = (DATA / "tiles.csv").read_text("utf-8")
    shutil.copytree(DATA, tmp_path / "communes")
    before = tiles()
    lines = dict(line.split(",", 1) for line in file.splitlines())
    lines["23407"], lines["23410"] = lines["23410"], lines["23407"]
    swapped = "\n".join(f"{code},{place}" for code, place in lines.items())
    (tmp_path / "communes" / "tiles.csv").write_text(swapped, "utf-8")

    call_command("load_reference", "--data", str(tmp_path), verbosity=0)

    assert tiles() == before | {"23407": before["23410"], "23410": before["23407"]}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("23999,20,1", "cột code: không có “23999”"),
        ("23407,20,1", "trùng mã 23407"),
        ("23554,1,3", "ô hàng 1 cột 3 đã có đơn vị khác"),
        ("23554,,3", "cột row: không được để trống"),
        ("23554,một,3", "cột row: “một” không đọc được"),
        ("23554,0,3", "cột row: “0” không đọc được"),
    ],
)
def test_a_wrong_tile_is_named_and_nothing_is_loaded(row, said, tmp_path):
    shutil.copytree(DATA, tmp_path / "communes")
    lines = (DATA / "tiles.csv").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("23554,")]
    (tmp_path / "communes" / "tiles.csv").write_text("\n".join([*kept, row]), "utf-8")
    before = tiles()

    with pytest.raises(CommandError) as refused:
        call_command("load_reference", "--data", str(tmp_path))

    assert str(refused.value).startswith("Không nạp gì cả. ")
    assert (said in str(refused.value), tiles()) == (True, before)


@pytest.mark.parametrize("place", [(1, 3), (20, None), (None, 20)])
def test_the_database_refuses_a_taken_or_half_tile(place):
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.filter(code="23407").update(tile_row=place[0], tile_column=place[1])
