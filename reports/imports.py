"""Reference data of reporting periods."""

from datetime import date
from pathlib import Path

from ntm_portal.core.reference import Counts, read_csv, upsert
from reports.models import ReportingPeriod

DATA = Path(__file__).parent / "data"


def load_reference(data: Path = DATA) -> list[Counts]:
    """Load or update the calendar of reporting periods; call inside a transaction.

    Raises DataFileError naming file and row.
    """
    rows = read_csv(data / "periods.csv", ["kind", "year", "number", "data_until", "due_on", "basis"])
    _, counts = upsert(
        ReportingPeriod,
        ("kind", "year", "number"),
        (
            (
                r,
                {
                    "kind": r["kind"],
                    "year": r.need("year", int),
                    "number": r.need("number", int),
                    "data_until": r.need("data_until", date.fromisoformat),
                    "due_on": r.need("due_on", date.fromisoformat),
                    "basis": r["basis"],
                },
            )
            for r in rows
        ),
    )
    return [counts]
