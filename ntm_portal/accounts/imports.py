"""Reference data of bodies, and the accounts of a demonstration."""

from datetime import date
from pathlib import Path

from communes.models import Commune, District
from ntm_portal.accounts.models import Department, Membership, Sponsorship, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core.reference import Counts, flag, read_csv, upsert
from ntm_portal.core.text import clean

DATA = Path(__file__).parent / "data"
DEMO_PASSWORD = "ntm-demo-2020"  # noqa: S105  # nosec B105  # printed by `make run`; accounts exist with demo data only


def load_reference(data: Path = DATA) -> list[Counts]:
    """Load or update bodies and the communes they are assigned; call inside a transaction.

    Raises DataFileError naming file and row.
    """
    districts = {d.code: d for d in District.objects.all()} | {"": None}
    rows = read_csv(data / "departments.csv", ["code", "name", "short_name", "kind", "district", "basis"])
    found, counts = upsert(
        Department,
        ("code",),
        (
            (
                r,
                {
                    **{name: clean(r[name]) for name in ("code", "name", "short_name", "kind", "basis")},
                    "district": r.find("district", districts),
                },
            )
            for r in rows
        ),
    )
    departments = {key[0]: record for key, record in found.items()}
    return [counts, _load_sponsorships(data, departments)]


def _load_sponsorships(data: Path, departments: dict[str, Department]) -> Counts:
    communes = {c.code: c for c in Commune.objects.all()}
    rows = read_csv(data / "sponsorships.csv", ["department", "commune", "kind", "valid_from", "basis", "is_verified"])
    _, counts = upsert(
        Sponsorship,
        ("department_id", "commune_id", "kind"),
        (
            (
                r,
                {
                    "department_id": r.find("department", departments).pk,
                    "commune_id": r.find("commune", communes).pk,
                    "kind": r["kind"],
                    "valid_from": r.get("valid_from", date.fromisoformat),
                    "basis": r["basis"],
                    "is_verified": r.need("is_verified", flag),
                },
            )
            for r in rows
        ),
    )
    return counts


def load_demo_users(data: Path = DATA) -> list[str]:
    """Create the demonstration's accounts that are not there yet; returns all their names.

    Raises DataFileError naming file and row when a body is unknown.
    """
    departments = {d.code: d for d in Department.objects.all()}
    names = []
    for row in read_csv(data / "demo_users.csv", ["username", "full_name", "department", "role"]):
        department, role = row.find("department", departments), row.need("role", Role)
        names.append(row["username"])
        user, is_new = User.objects.get_or_create(
            username=row["username"],
            defaults={
                "full_name": row["full_name"],
                "is_superuser": role is Role.ADMIN,
            },
        )
        if is_new:
            user.set_password(DEMO_PASSWORD)
            user.save()
            Membership.objects.create(user=user, department=department, role=role)
    return names
