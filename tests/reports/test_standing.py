"""How an obligation stands on a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from reports.models import Obligation, Report, ReportingPeriod
from reports.queries.board import Rates
from reports.standing import State, standing_of

pytestmark = pytest.mark.one_database

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = date(2020, 10, 20)


def stands(
    today: date, *, first: datetime | None = None, state: str = "DRAFT", version: int = 1, closed: date | None = None
):
    period = ReportingPeriod(kind="MONTH", year=2020, number=10, due_on=DUE, closed_on=closed)
    obligation = Obligation(period=period, due_on=DUE, first_submitted_at=first)
    return standing_of(obligation, Report(obligation=obligation, state=state, version=version), period, today)


@pytest.mark.parametrize(
    ("today", "state", "words", "counts"),
    [
        (date(2020, 10, 17), State.NOT_DUE, "Chưa đến hạn, còn 3 ngày", False),
        (DUE, State.NOT_DUE, "Chưa đến hạn, hạn hôm nay", False),
        (date(2020, 10, 21), State.OVERDUE, "Chưa nộp, quá hạn 1 ngày", True),
    ],
)
def test_nothing_handed_in_is_missing_only_after_the_due_day(today, state, words, counts):
    found = stands(today)
    assert (found.state, found.words, found.counts, found.is_owed) == (state, words, counts, True)


@pytest.mark.parametrize(
    ("first", "words", "is_on_time"),
    [
        (datetime(2020, 10, 20, 23, 59, tzinfo=HERE), "Đúng hạn, chờ duyệt", True),
        (datetime(2020, 10, 21, 0, 1, tzinfo=HERE), "Muộn 1 ngày, chờ duyệt", False),
        # In UTC it is still the 20th.
        (datetime(2020, 10, 20, 18, 0, tzinfo=ZoneInfo("UTC")), "Muộn 1 ngày, chờ duyệt", False),
    ],
)
def test_first_submission_decides_in_the_time_of_the_province(first, words, is_on_time):
    found = stands(date(2020, 10, 25), first=first, state="SUBMITTED")
    assert (found.words, found.is_on_time, found.is_owed) == (words, is_on_time, False)


def test_sent_back_report_is_its_bodys_turn_and_stays_on_time():
    found = stands(date(2020, 10, 25), first=datetime(2020, 10, 19, 8, tzinfo=HERE), state="SENT_BACK")
    assert (found.words, found.is_on_time, found.is_owed) == ("Trả lại, đã nộp đúng hạn", True, True)


def test_approved_and_corrected_reports_say_so():
    first = datetime(2020, 10, 19, 8, tzinfo=HERE)
    assert stands(DUE, first=first, state="APPROVED").words == "Đúng hạn, đã duyệt"
    assert stands(DUE, first=first, version=2).words == "Đúng hạn, bản 2 đang soạn"


def test_what_a_closed_period_lacks_was_never_handed_in_and_nobody_owes_it():
    found = stands(date(2020, 10, 19), closed=date(2020, 10, 18))
    assert (found.words, found.counts, found.is_owed) == ("Không nộp", True, False)
    back = stands(DUE, first=datetime(2020, 10, 1, 8, tzinfo=HERE), state="SENT_BACK", closed=DUE)
    assert (back.state, back.is_owed) == (State.SENT_BACK, False)


def test_rates_leave_out_what_is_not_due_and_never_round_up():
    first = datetime(2020, 10, 19, 8, tzinfo=HERE)
    late = datetime(2020, 10, 25, 8, tzinfo=HERE)
    done = [stands(DUE, first=first), stands(DUE, first=late), stands(date(2020, 10, 30))]
    rates = Rates.of([*done, stands(DUE)])
    assert (rates.counted, rates.completeness, rates.timeliness) == (3, 66, 33)
    assert (Rates.of([stands(DUE)]).completeness, Rates().timeliness) == (None, None)
