"""Why an act on a report is refused."""

from dataclasses import dataclass

from ntm_portal.core.errors import DomainError
from reports.models import Report


class TransitionError(DomainError):
    """The report, or the period, is not where the act could take it further."""

    code = "wrong_state"


class StaleRevisionError(DomainError):
    """Somebody changed the report since it was read."""

    code = "stale"
    status = 412


class UnfinishedReportError(DomainError):
    """Lines, or communes, stand in the way of sending; `details["lines"]` counts them."""

    code = "unfinished"


class LinesRefusedError(DomainError):
    """Changes of lines that cannot be stored; `faults` names each by its place in what was sent."""

    code = "lines_refused"
    status = 400

    def __init__(self, faults: list["Fault"]) -> None:
        super().__init__(" ".join(fault.message for fault in faults[:5]), count=len(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one change: its place in the list, the field, and a Vietnamese sentence."""

    index: int
    field: str
    message: str


def require_writable(report: Report) -> None:
    """Raise TransitionError unless the report may be written: in its state, and in an open period."""
    if not report.is_writable:
        raise TransitionError(f"Báo cáo đang ở trạng thái “{report.get_state_display()}” nên không sửa được.")
    require_open(report)


def require_open(report: Report) -> None:
    """Raise TransitionError where the period is closed."""
    period = report.obligation.period
    if not period.is_open:
        raise TransitionError(f"Kỳ {str(period).lower()} đã đóng; Văn phòng điều phối mở lại mới sửa được.")
