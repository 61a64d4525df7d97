"""What people are told about obstacles."""

from directives.models import Obstacle
from ntm_portal.accounts.notices import NoticeKind, notify, officers_of, register_kinds
from ntm_portal.accounts.scope import Role

register_kinds({"obstacle_answered": NoticeKind("Vướng mắc được trả lời", Role.OFFICER)})


def obstacle_answered(obstacle: Obstacle, *, url: str) -> int:
    """Tell the body that raised an obstacle what was answered; an answer that is changed is told again."""
    at = f"{obstacle.answered_at:%Y%m%d%H%M%S}" if obstacle.answered_at else ""
    return notify(
        "obstacle_answered",
        officers_of([obstacle.raised_by_id]).get(obstacle.raised_by_id, []),
        key=f"obstacle:{obstacle.pk}:{at}",
        subject=f"Vướng mắc được trả lời: {obstacle}",
        text=f"Vướng mắc: {obstacle.description}\n\nTrạng thái: {obstacle.get_state_display()}.\n\n"
        f"Trả lời: {obstacle.answer}",
        url=url,
    )
