"""Deciding between what was seen in a commune and what the ledger holds: once, with a reason."""

from django.db import transaction

from ntm_portal.accounts.models import User
from ntm_portal.core import audit, clock
from reports import notices
from reports.actions.errors import TransitionError
from reports.models import Observation, Ruling
from reports.queries.discrepancies import discrepancies


@transaction.atomic
def rule(observation: Observation, outcome: str, reason: str, by: User) -> Ruling:
    """Close a discrepancy; whoever clicks second, on this server or another, is told by whom it was closed.

    An observation that was ruled on before and is open anew gets the new ruling; the trail keeps the old one.
    Raises TransitionError.
    """
    observation = Observation.objects.select_for_update(of=("self",)).get(pk=observation.pk)
    if not reason.strip():
        raise TransitionError("Phải ghi lý do.")
    found = next((d for d in discrepancies() if d.seen.id == observation.pk), None)
    if found is None:
        raise TransitionError("Không còn mâu thuẫn này: sổ cái hoặc báo cáo xã đã thay đổi.")
    if found.ruling is not None:
        ruling = found.ruling
        raise TransitionError(
            f"{ruling.ruled_by} đã quyết định lúc {clock.local(ruling.ruled_at):%H:%M %d/%m/%Y}: "
            f"{ruling.get_outcome_display()}."
        )
    ruling = Ruling.objects.filter(observation=observation).first() or Ruling(observation=observation)
    ruling.outcome, ruling.reason = outcome, reason.strip()
    ruling.ruled_at, ruling.ruled_by = clock.now(), by
    with audit.under(f"xử lý mâu thuẫn ở {found.commune.full_name}"):
        ruling.save()
    if ruling.outcome == Ruling.Outcome.ASKED:
        notices.review_asked(ruling)
    return ruling
