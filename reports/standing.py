"""How a body stands with what it owes: handed in in time, late, sent back, still to come, or never."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from ntm_portal.core import clock
from reports.models import Obligation, Report, ReportingPeriod


class State(Enum):
    """Where one obligation is; the value is the class of its colour, the sign stands beside the words."""

    ON_TIME = ("good", "✓")
    LATE = ("risk", "!")
    SENT_BACK = ("risk", "↩")
    NOT_DUE = ("unknown", "○")
    OVERDUE = ("bad", "✗")
    NEVER = ("bad", "–")

    @property
    def tone(self) -> str:
        return self.value[0]

    @property
    def sign(self) -> str:
        return self.value[1]


_PROGRESS = {
    Report.State.DRAFT: "đang soạn",
    Report.State.SUBMITTED: "chờ duyệt",
    Report.State.APPROVED: "đã duyệt",
    Report.State.SENT_BACK: "trả lại",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One obligation on a day. `late_by` are days after the due day: below zero that many are left.

    `is_open` is whether anything can still be handed in.
    """

    state: State
    late_by: int
    is_handed_in: bool
    is_open: bool = True
    progress: str = ""

    @property
    def is_on_time(self) -> bool:
        return self.is_handed_in and self.late_by <= 0

    @property
    def counts(self) -> bool:
        """Whether rates count it: what is not due yet and not there says nothing of a body."""
        return self.state is not State.NOT_DUE

    @property
    def is_owed(self) -> bool:
        """Whether it is the body's turn: nothing came, or it came back; what a closed period lacks is over."""
        return self.is_open and self.state in {State.NOT_DUE, State.OVERDUE, State.SENT_BACK}

    @property
    def label(self) -> str:
        return {
            State.ON_TIME: "Đúng hạn",
            State.LATE: f"Muộn {self.late_by} ngày",
            State.SENT_BACK: "Trả lại",
            State.NOT_DUE: "Chưa đến hạn",
            State.OVERDUE: "Chưa nộp",
            State.NEVER: "Không nộp",
        }[self.state]

    @property
    def beside(self) -> str:
        """What the label does not say."""
        if self.state is State.NOT_DUE:
            return f"còn {-self.late_by} ngày" if self.late_by else "hạn hôm nay"
        if self.state is State.OVERDUE:
            return f"quá hạn {self.late_by} ngày"
        if self.state is State.SENT_BACK:
            return f"nộp muộn {self.late_by} ngày" if self.late_by > 0 else "đã nộp đúng hạn"
        return self.progress

    @property
    def words(self) -> str:
        return f"{self.label}, {self.beside}" if self.beside else self.label


def standing_of(obligation: Obligation, report: Report | None, period: ReportingPeriod, today: date) -> Standing:
    """Judge an obligation by its newest report and the first day on which it was handed in."""
    first, is_open = obligation.first_submitted_at, period.closed_on is None
    late_by = ((clock.local(first).date() if first else today) - obligation.due_on).days
    if first is None:
        missing = State.OVERDUE if late_by > 0 else State.NOT_DUE
        return Standing(missing if is_open else State.NEVER, late_by, is_handed_in=False, is_open=is_open)
    state = State.LATE if late_by > 0 else State.ON_TIME
    if report is not None and report.state == Report.State.SENT_BACK:
        state = State.SENT_BACK
    return Standing(state, late_by, is_handed_in=True, is_open=is_open, progress=_progress(report))


def _progress(report: Report | None) -> str:
    if report is None:
        return ""
    words = _PROGRESS.get(report.state, "")
    return f"bản {report.version} {words}" if report.version > 1 else words
