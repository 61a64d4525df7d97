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


def _commune(row: Row, districts: dict) -> dict:
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
    rows = read_csv(data / "communes.csv", [*_UNIT, *_COMMUNE])
    found, commune_counts = upsert(Commune, ("code",), ((r, _commune(r, districts)) for r in rows))
    communes = {key[0]: record for key, record in found.items()}
    village_counts = _load_villages(data, communes)
    return [province_counts, district_counts, commune_counts, village_counts]
