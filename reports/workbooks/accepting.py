"""Taking over what was seen of a workbook: through the same act as typing, all of it or nothing."""

from dataclasses import dataclass

from django.db import transaction

from ntm_portal.accounts.models import User
from ntm_portal.core import audit
from ntm_portal.core.errors import DomainError
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.storing import opened
from reports.actions.drafting import confirm_unchanged, locked, save_lines
from reports.actions.errors import require_writable
from reports.models import Report
from reports.queries.sheets import Sheet, sheet
from reports.workbooks.columns import slots
from reports.workbooks.comparing import Plan, compare
from reports.workbooks.reading import Table, read


class SeenOtherwiseError(DomainError):
    """What the file would do is no longer what was seen; nothing was written."""

    code = "stale"


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many lines were written, and how many confirmed as they were."""

    changed: int
    confirmed: int


def table_of(shown: Sheet, file: StoredFile) -> Table:
    """The table of a stored file. Raises SheetError, and FileNotFoundError when its content was swept away."""
    with opened(file) as content:
        return read(content.read(), slots(shown.specs))


def plan_of(report: Report, file: StoredFile) -> Plan:
    """What the file would do to the report as it is now."""
    shown = sheet(report)
    return compare(shown, table_of(shown, file))


@transaction.atomic
def accept(
    report: Report, file: StoredFile, *, by: User, seen: str, confirms: bool, leaves_conflicts: bool = False
) -> Accepted:
    """Write what the plan with that digest says.

    `confirms`: lines that the file holds unchanged count as confirmed. `leaves_conflicts`: lines that both sides
    changed stay as they are on the portal; otherwise one of them refuses the rest. Raises SeenOtherwiseError,
    TransitionError, LinesRefusedError; then nothing of it stays.
    """
    report = locked(report)
    require_writable(report)
    plan = plan_of(report, file)
    if plan.digest != seen or not plan.is_sound:
        raise SeenOtherwiseError("Báo cáo đã đổi từ khi bạn xem; đây là bản xem trước mới. Chưa có gì được ghi.")
    if plan.conflicts and not leaves_conflicts:
        raise SeenOtherwiseError("Có dòng bị sửa ở cả hai nơi. Chưa có gì được ghi.")
    if plan.changed:
        save_lines(report, [row.change for row in plan.changed], by=by, all_or_none=True)
    confirmed = confirm_unchanged(report, by=by, lines=plan.to_confirm) if confirms and plan.to_confirm else 0
    if plan.changed or confirmed:
        said = f"{len(plan.changed)} dòng đổi, {confirmed} dòng xác nhận giữ nguyên; SHA-256 {file.sha256}"
        audit.record(audit.Kind.LOADED, report, note=f"Nộp tệp {file.name}: {said}")
    return Accepted(len(plan.changed), confirmed)
