"""Acts on the catalogue, recognitions and the ledger, and which indicators are whose."""

from collections.abc import Iterable

from criteria.models import Responsibility
from ntm_portal.accounts.permissions import OFFICE, Doors, register_acts
from ntm_portal.accounts.scope import Scope, reach
from ntm_portal.core import clock

MAY = {"edit_catalogue": OFFICE, "edit_recognitions": OFFICE}

register_acts(
    MAY,
    {
        **dict.fromkeys(
            (f"criteria.{model}" for model in ("criteriaset", "criterion", "indicator", "measure", "threshold")),
            Doors("read_records", "edit_catalogue"),
        ),
        "criteria.recognition": Doors("read_records", "edit_recognitions"),
        "criteria.responsibility": Doors("read_own_work", "edit_catalogue"),
        "criteria.source": Doors("read_records", "edit_catalogue"),
        **dict.fromkeys(("criteria.assessment", "criteria.measurement"), Doors("read_own_work", "edit_catalogue")),
    },
)


@reach("indicator_ids")
def _indicators(scope: Scope) -> Iterable[int]:
    """A district leads an indicator in its own communes only, which it reaches anyway."""
    held = Responsibility.objects.in_force(clock.today()).filter(
        department__in=scope.department_ids, department__district=None
    )
    return held.values_list("indicator_id", flat=True)
