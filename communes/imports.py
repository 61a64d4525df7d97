"""Reference data of places: read whole, checked, written so that a second run changes nothing."""

from datetime import date
from pathlib import Path

from communes.models import Commune, District, Province, Village
from ntm_portal.core.reference import Counts, Row, flag, read_csv, upsert
from ntm_portal.core.text import clean, search_key

DATA = Path(__file__).parent / "data"
_UNIT = ("code", "name", "kind", "name_variants", "valid_from", "valid_to", "basis")
_COMMUNE = (
    "district", "group", "is_group_verified", "is_border", "is_extremely_difficult", "is_extremely_difficult_verified",
    "in_village_scheme", "population", "population_year", "village_count", "successor_code", "successor_name",
)  # fmt: skip


def _unit(row: Row) -> dict:
    """Fields that districts, communes and villages share."""
    return {
        "name": clean(row["name"]),
        "name_variants": row["name_variants"],
        "valid_from": row.get("valid_from", date.fromisoformat),
        "valid_to": row.get("valid_to", date.fromisoformat),
        "basis": row["basis"],
    }


def _line(text: str) -> int:
    """Number of a row or a column of the tile grid. Raises ValueError outside 1 to 99."""
    number = int(text)
    if not 1 <= number <= 99:
        raise ValueError(text)
    return number


def _read_tiles(data: Path) -> dict[str, tuple[Row, tuple[int, int]]]:
    """Rows of the tile grid, with their places, by the code of the unit; none where a province has no grid yet."""
    file = data / "tiles.csv"
    if not file.exists():
        return {}
    tiles: dict[str, tuple[Row, tuple[int, int]]] = {}
    taken: set[tuple[int, int]] = set()
    for row in read_csv(file, ["code", "row", "column"]):
        place = (row.need("row", _line), row.need("column", _line))
        if row["code"] in tiles:
            raise row.wrong(f"trùng mã {row['code']}", "code")
        if place in taken:
            raise row.wrong(f"ô hàng {place[0]} cột {place[1]} đã có đơn vị khác", "row", "column")
        tiles[row["code"]] = (row, place)
        taken.add(place)
    return tiles


def _load_communes(data: Path, districts: dict) -> tuple[dict, Counts]:
    """Communes with their tiles. Whoever stands where another is to go is taken off first: two may change places."""
    tiles = _read_tiles(data)
    rows = read_csv(data / "communes.csv", [*_UNIT, *_COMMUNE])
    wanted = {place: code for code, (_, place) in tiles.items()}
    placed = Commune.objects.exclude(tile_row=None).values_list("pk", "code", "tile_row", "tile_column")
    in_the_way = [pk for pk, code, *place in placed if wanted.get(tuple(place), code) != code]
    if in_the_way:
        Commune.objects.filter(pk__in=in_the_way).update(tile_row=None, tile_column=None)
    nowhere = (None, (None, None))
    found = upsert(Commune, ("code",), ((r, _commune(r, districts, *tiles.get(r["code"], nowhere)[1])) for r in rows))
    known = {code: commune for (code,), commune in found[0].items()}
    for row, _ in tiles.values():
        row.find("code", known)
    return found


def _commune(row: Row, districts: dict, tile_row: int | None, tile_column: int | None) -> dict:
    return {
        "code": row["code"],
        "kind": row["kind"],
        "district": row.find("district", districts),
        "group": row["group"],
        "is_group_verified": row.need("is_group_verified", flag),
        "is_border": row.need("is_border", flag),
        "is_extremely_difficult": row.get("is_extremely_difficult", flag),
        "is_extremely_difficult_verified": row.need("is_extremely_difficult_verified", flag),
        "in_village_scheme": row.need("in_village_scheme", flag),
        "population": row.get("population", int),
        "population_year": row["population_year"],
        "village_count": row.get("village_count", int),
        "successor_code": row["successor_code"],
        "successor_name": row["successor_name"],
        "tile_row": tile_row,
        "tile_column": tile_column,
        **_unit(row),
    }


def _load_villages(data: Path, communes: dict) -> Counts:
    rows = read_csv(data / "villages.csv", ["commune", "name", "kind", "basis", "is_verified"])
    _, counts = upsert(
        Village,
        ("commune_id", "search_key"),
        (
            (
                r,
                {
                    "commune_id": r.find("commune", communes).pk,
                    "search_key": search_key(r["name"]),
                    "kind": r["kind"],
                    "name": clean(r["name"]),
                    "basis": r["basis"],
                    "is_verified": r.need("is_verified", flag),
                },
            )
            for r in rows
        ),
    )
    return counts


def load_reference(data: Path = DATA) -> list[Counts]:
    """Load or update province, districts, communes and named villages; call inside a transaction.

    Raises DataFileError naming file and row; nothing is written before a file is checked whole.
    """
    rows = read_csv(data / "provinces.csv", ["code", "name", "basis"])
    provinces, province_counts = upsert(
        Province, ("code",), ((r, {"code": r["code"], "name": clean(r["name"]), "basis": r["basis"]}) for r in rows)
    )
    by_code = {key[0]: record for key, record in provinces.items()}
    rows = read_csv(data / "districts.csv", [*_UNIT, "province"])
    found, district_counts = upsert(
        District,
        ("code",),
        (
            (r, {"code": r["code"], "kind": r["kind"], "province": r.find("province", by_code), **_unit(r)})
            for r in rows
        ),
    )
    districts = {key[0]: record for key, record in found.items()}
    found, commune_counts = _load_communes(data, districts)
    communes = {key[0]: record for key, record in found.items()}
    village_counts = _load_villages(data, communes)
    return [province_counts, district_counts, commune_counts, village_counts]
