"""Writing what was seen: every row through its model, all of them or none."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models

from ntm_portal.core import audit
from ntm_portal.core.errors import DomainError
from ntm_portal.core.importing.planning import Plan
from ntm_portal.core.models import StoredFile


class ImportRefusedError(DomainError):
    """A row was refused while it was written; whoever calls rolls back."""

    code = "import_refused"


def write(plan: Plan, file: StoredFile, kind: str, save: Callable[[models.Model], None]) -> None:
    """Save every row of the plan, and tell the trail which file it came from; call inside a transaction.

    Raises ImportRefusedError naming the row, after which nothing of the transaction may stay.
    """
    said = f"Nhập {file.name} (SHA-256 {file.sha256[:16]})"
    with audit.under(said):
        for row in plan.to_write:
            try:
                save(row.record)
            except ValidationError as error:
                raise ImportRefusedError(f"Dòng {row.number}: {' '.join(error.messages)}") from error
            except DatabaseError as error:
                raise ImportRefusedError(f"Dòng {row.number}: cơ sở dữ liệu không nhận.") from error
        counts = f"{len(plan.created)} dòng mới, {len(plan.changed)} dòng đổi, {len(plan.unchanged)} dòng như cũ"
        audit.record(audit.Kind.LOADED, name=f"{kind} từ tệp {file.name}", note=f"{counts}; SHA-256 {file.sha256}")
