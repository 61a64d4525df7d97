"""Twenty who click at once: an act takes effect once, whoever wins, and everybody else is told why not."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from criteria.engine.facts import Conclusion
from criteria.models import Assessment, Source
from ntm_portal.accounts.models import User
from ntm_portal.core import ledger
from reports.actions.errors import StaleRevisionError, TransitionError
from reports.actions.ruling import rule
from reports.actions.transitions import Remark, approve_report, send_back, submit_report
from reports.models import Observation, Report, ReviewNote, Ruling
from tests.factories.ledger import DAK_NA, make_new, record
from tests.factories.office import COMMUNES, communes_handed_in, finish, handed_in, open_for, person, report_of

CLICKS = 20


def at_once(*acts: Callable[[], object]) -> list[BaseException | None]:
    """What became of each of the acts, all of them begun at the same moment."""
    together = Barrier(len(acts))

    def click(act: Callable[[], object]) -> BaseException | None:
        together.wait()
        try:
            act()
        except (TransitionError, StaleRevisionError) as refused:
            return refused
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(click, acts))


def refusals(found: list[BaseException | None]) -> Counter[str]:
    return Counter(refused.message for refused in found if refused is not None)


def test_twenty_who_submit_hand_it_in_once(committed_db, officer):
    open_for()
    report = finish(report_of(), officer)

    found = at_once(*[lambda: submit_report(report, by=officer)] * CLICKS)

    assert (found.count(None), refusals(found)) == (1, {"Báo cáo này đã được gửi.": CLICKS - 1})
    again = Report.objects.get(pk=report.pk)
    assert (again.state, again.revision) == ("SUBMITTED", report.revision + 1)


@pytest.mark.parametrize("reads", [True, False])
def test_twenty_who_approve_write_the_ledger_once(committed_db, officer, coordinator, reads):
    open_for()
    report = handed_in(report_of(), officer)
    rows, position, sources = Assessment.objects.count(), ledger.current().number, Source.objects.count()
    revision = report.revision if reads else None

    found = at_once(*[lambda: approve_report(report, by=coordinator, revision=revision)] * CLICKS)

    assert (found.count(None), len(refusals(found))) == (1, 1)
    written = report.lines.exclude(conclusion="").count()
    assert Assessment.objects.count() - rows == written == ledger.current().number - position
    assert Source.objects.count() - sources == 1
    assert (Report.objects.get(pk=report.pk).state, written > 0) == ("APPROVED", True)


def test_who_approves_and_who_sends_back_at_once_do_one_of_both(committed_db, officer, coordinator):
    open_for()
    report = handed_in(report_of(), officer)
    rows = Assessment.objects.count()
    acts = [
        lambda: approve_report(report, by=coordinator),
        lambda: send_back(report, [Remark("Xem lại")], by=coordinator),
    ] * (CLICKS // 2)

    found = at_once(*acts)

    assert found.count(None) == 1
    state, written = Report.objects.get(pk=report.pk).state, Assessment.objects.count() - rows
    notes = ReviewNote.objects.count()
    assert (state, notes, written > 0) in {("APPROVED", 0, True), ("SENT_BACK", 1, False)}


def contradiction(by: User) -> Observation:
    """The district of Đăk Na sees what the ledger does not hold."""
    record(make_new("15.2", Conclusion.NOT_MET, note="Kiểm thử"))
    open_for("UB617")
    report = report_of("UB617", what=COMMUNES)
    seen = Observation.objects.get(entry__report=report, entry__commune__code=DAK_NA, criterion__number=15)
    seen.conclusion = "MET"
    seen.save()
    communes_handed_in(report, by)
    return seen


def test_two_who_rule_at_once_make_one_ruling(committed_db, coordinator):
    seen = contradiction(person("tumorong", "UB617"))

    found = at_once(*[lambda: rule(seen, Ruling.Outcome.ASKED, "Đo lại", coordinator)] * 8)

    assert (found.count(None), Ruling.objects.count()) == (1, 1)
    assert all("đã quyết định lúc" in message for message in refusals(found))
