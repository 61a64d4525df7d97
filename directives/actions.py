"""Obstacles: raised once, by whoever meets them."""

from django.db import transaction

from communes.models import Commune
from criteria.models import Indicator
from directives.models import Obstacle
from ntm_portal.accounts.models import Department, User
from ntm_portal.core import clock, text
from ntm_portal.core.errors import DomainError

_LONGEST = 5_000


class ObstacleRefusedError(DomainError):
    """What cannot be raised as an obstacle."""

    code = "obstacle_refused"
    status = 400


@transaction.atomic
def raise_obstacle(
    description: str,
    *,
    raised_by: Department,
    by: User,
    commune: Commune | None = None,
    indicator: Indicator | None = None,
) -> Obstacle:
    """Record what keeps a commune, an indicator or the body itself from getting on.

    The same words of the same body about the same thing, still open, are that obstacle and no second one.
    Raises ObstacleRefusedError for no words, or too many.
    """
    words = text.clean(description)
    if not words:
        raise ObstacleRefusedError("Hãy ghi nội dung khó khăn, vướng mắc.")
    if len(words) > _LONGEST:
        raise ObstacleRefusedError(f"Nội dung khó khăn, vướng mắc dài quá {_LONGEST} ký tự.")
    about = {"raised_by": raised_by, "commune": commune, "indicator": indicator}
    same = Obstacle.objects.still_open().filter(**about, search_key=text.search_key(words)).first()
    return same or Obstacle.objects.create(description=words, raised_by_user=by, raised_at=clock.now(), **about)
