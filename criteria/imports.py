"""Reference data of the criteria: sets, indicators, thresholds, who is in charge, recognitions."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from communes.models import Commune, Village
from criteria.actions import set_threshold
from criteria.models import CriteriaSet, Criterion, Indicator, Measure, Recognition, Responsibility, Threshold
from ntm_portal.accounts.models import Department
from ntm_portal.core.reference import Counts, Row, checked, flag, read_csv, upsert
from ntm_portal.core.text import clean, search_key

DATA = Path(__file__).parent / "data"
_RECOGNITION = ("tier", "decision_number", "signer", "basis")
_SET = ("code", "title", "subject", "tier", "basis", "zone", "zone_name")


def load_reference(data: Path = DATA) -> list[Counts]:
    """Load or update the catalogue and the signed decisions; call inside a transaction.

    Raises DataFileError naming file and row.
    """
    counts = []
    rows = read_csv(data / "criteria_sets.csv", [*_SET, "valid_from", "valid_to"])
    found, counted = upsert(CriteriaSet, ("code",), ((r, _set(r)) for r in rows))
    counts.append(counted)
    sets = {key[0]: record for key, record in found.items()}
    rows = read_csv(data / "criteria.csv", ["set", "number", "name", "group", "basis"])
    found, counted = upsert(
        Criterion,
        ("criteria_set_id", "number"),
        (
            (
                r,
                {
                    "criteria_set_id": r.find("set", sets).pk,
                    "number": r.need("number", int),
                    "name": clean(r["name"]),
                    "group": clean(r["group"]),
                    "basis": r["basis"],
                },
            )
            for r in rows
        ),
    )
    counts.append(counted)
    numbers = {f"{record.criteria_set.code}/{record.number}": record for record in found.values()}
    indicators, counted = _load_indicators(data, numbers)
    counts.append(counted)
    measures, counted = _load_measures(data, indicators)
    counts += [counted, _load_thresholds(data, measures, sets), _load_responsibilities(data, indicators)]
    counts.append(_load_recognitions(data))
    return counts


def _set(row: Row) -> dict:
    return {
        **{name: row[name] for name in _SET},
        "valid_from": row.need("valid_from", date.fromisoformat),
        "valid_to": row.get("valid_to", date.fromisoformat),
    }


def _load_indicators(data: Path, criteria: Mapping[str, Criterion]) -> tuple[dict[str, Indicator], Counts]:
    columns = [
        "set",
        "criterion",
        "code",
        "order",
        "name",
        "is_name_verified",
        "is_requirement_verified",
        "basis",
        "note",
    ]
    rows = read_csv(data / "indicators.csv", columns)
    found, counts = upsert(
        Indicator,
        ("criterion_id", "code"),
        (
            (
                r,
                {
                    "criterion_id": r.find(("set", "criterion"), criteria).pk,
                    "code": r["code"],
                    "order": r.need("order", int),
                    "name": clean(r["name"]),
                    "is_name_verified": r.need("is_name_verified", flag),
                    "is_requirement_verified": r.need("is_requirement_verified", flag),
                    "basis": r["basis"],
                    "note": r["note"],
                },
            )
            for r in rows
        ),
    )
    return {f"{row['set']}/{row['code']}": r for row, r in zip(rows, found.values(), strict=True)}, counts


def _load_measures(data: Path, indicators: Mapping[str, Indicator]) -> tuple[dict[str, Measure], Counts]:
    columns = ["set", "indicator", "order", "name", "unit", "comparison"]
    rows = read_csv(data / "measures.csv", columns)
    found, counts = upsert(
        Measure,
        ("indicator_id", "order"),
        (
            (
                r,
                {
                    "indicator_id": r.find(("set", "indicator"), indicators).pk,
                    "order": r.need("order", int),
                    **{name: clean(r[name]) for name in ("name", "unit", "comparison")},
                },
            )
            for r in rows
        ),
    )
    return {
        f"{row['set']}/{row['indicator']}/{row['order']}": r for row, r in zip(rows, found.values(), strict=True)
    }, counts


def _load_thresholds(data: Path, measures: Mapping[str, Measure], sets: Mapping[str, CriteriaSet]) -> Counts:
    """New thresholds hold since their set does; one that differs from the file replaces the old from now on."""
    columns = ["set", "indicator", "measure", "zone", "commune_group", "value", "basis", "is_verified"]
    counts = Counts(str(Threshold._meta.verbose_name))
    in_force = {(t.measure_id, t.zone, t.commune_group): t for t in Threshold.objects.filter(withdrawn_at__isnull=True)}
    created, seen = [], set()
    for row in read_csv(data / "thresholds.csv", columns):
        asked = _threshold(row, row.find(("set", "indicator", "measure"), measures), sets)
        identity = (asked.measure_id, asked.zone, asked.commune_group)
        if identity in seen:
            raise row.wrong("trùng dòng trước", "measure", "zone", "commune_group")
        seen.add(identity)
        before = in_force.get(identity)
        if before is None:
            created.append(asked)
        elif any(getattr(before, name) != getattr(asked, name) for name in _ASKED):
            values = {name: getattr(asked, name) for name in _ASKED}
            set_threshold(asked.measure, zone=asked.zone, commune_group=asked.commune_group, **values)
            counts.updated += 1
        else:
            counts.unchanged += 1
    Threshold.objects.bulk_create(created)
    counts.created = len(created)
    return counts


_ASKED = ("value", "basis", "is_verified")


def _threshold(row: Row, measure: Measure, sets: Mapping[str, CriteriaSet]) -> Threshold:
    asked = Threshold(
        measure=measure,
        zone=row["zone"],
        commune_group=row["commune_group"],
        value=row.need("value", Decimal),
        basis=row["basis"],
        is_verified=row.need("is_verified", flag),
        recorded_at=_midnight(sets[row["set"]].valid_from),
    )
    return checked(row, asked)


def _load_responsibilities(data: Path, indicators: Mapping[str, Indicator]) -> Counts:
    departments = {d.code: d for d in Department.objects.all()}
    rows = read_csv(data / "responsibilities.csv", ["set", "indicator", "department", "role", "basis"])
    _, counts = upsert(
        Responsibility,
        ("indicator_id", "department_id", "role"),
        (
            (
                r,
                {
                    "indicator_id": r.find(("set", "indicator"), indicators).pk,
                    "department_id": r.find("department", departments).pk,
                    "role": r["role"],
                    "basis": r["basis"],
                },
            )
            for r in rows
        ),
    )
    return counts


def _load_recognitions(data: Path) -> Counts:
    communes = {c.code: c for c in Commune.objects.all()}
    villages = {f"{v.commune.code}/{v.search_key}": v for v in Village.objects.select_related("commune")}
    rows = read_csv(
        data / "recognitions.csv",
        [*_RECOGNITION, "commune", "village", "achieved_year", "decided_on", "effective_on", "is_verified"],
    )
    _, counts = upsert(
        Recognition,
        ("commune_id", "village_id", "tier", "effective_on"),
        ((r, _recognition(r, communes, villages)) for r in rows),
    )
    return counts


def _recognition(row: Row, communes: Mapping[str, Commune], villages: Mapping[str, Village]) -> dict:
    commune, village = row.find("commune", communes), None
    if row["village"]:
        key = f"{commune.code}/{search_key(row['village'])}"
        village = row.resolve(key, villages, "commune", "village")
    return {
        "commune_id": None if village else commune.pk,
        "village_id": village.pk if village else None,
        **{name: row[name] for name in _RECOGNITION},
        "achieved_year": row.get("achieved_year", int),
        "decided_on": row.get("decided_on", date.fromisoformat),
        "effective_on": row.need("effective_on", date.fromisoformat),
        "is_verified": row.need("is_verified", flag),
        "recorded_at": _midnight(row.need("effective_on", date.fromisoformat)),
    }


def _midnight(day: date) -> datetime:
    """Reference data count as known since the day from which they hold."""
    return datetime.combine(day, time(), timezone.get_default_timezone())
