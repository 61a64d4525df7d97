"""Following targets: a state that changed is kept and told once; a met target proposes that its tasks are done."""

from datetime import date

from django.db import transaction

from criteria.asking import answer
from directives import notices
from directives.actions.tasks import propose_for_met_targets
from directives.models import Target, TargetStanding
from directives.queries import State, target_results
from ntm_portal.core import clock


@transaction.atomic
def follow_targets(day: date) -> tuple[int, int]:
    """Look at every target as of the day; returns (how many changed their state, parts of tasks proposed as done).

    The first look at a target only notes its state. Doing it again changes nothing, also at the same moment.
    """
    # Whoever comes second waits here, and then sees what the first has noted: a lock on standings misses new ones.
    list(Target.objects.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    last = {standing.target_id: standing for standing in TargetStanding.objects.order_by("pk")}
    changed, met = 0, []
    for result in target_results(answer(day).snapshot):
        target, before = result.target, last.get(result.target.pk)
        if result.state is State.MET:
            met.append(target.pk)
        if before is not None and before.state == result.state:
            continue
        now = TargetStanding.objects.create(
            target=target, state=str(result.state), as_of=result.as_of, noticed_at=clock.now()
        )
        if before is not None:
            changed += 1
            notices.target_changed(target, State(before.state).label, result.state.label, standing=now.pk)
    return changed, propose_for_met_targets(met, day=day)
