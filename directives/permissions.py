"""Acts on directives, their targets and tasks, and obstacles."""

from ntm_portal.accounts.permissions import OFFICE, Doors, register_acts
from ntm_portal.accounts.scope import Role

MAY = {
    "edit_directives": OFFICE,
    "give_tasks": OFFICE,
    "do_tasks": frozenset({Role.OFFICER}),
    "confirm_tasks": OFFICE,
    "raise_obstacles": OFFICE | {Role.OFFICER},
    "answer_obstacles": OFFICE | {Role.OFFICER},
    "escalate_obstacles": OFFICE,
    "edit_obstacles": frozenset(),
}
"""`edit_obstacles` opens no admin page to anybody: tasks and obstacles go their way through acts."""

register_acts(
    MAY,
    {
        **dict.fromkeys(("directives.directive", "directives.target"), Doors("read_records", "edit_directives")),
        **dict.fromkeys(
            (
                "directives.targetstanding",
                "directives.task",
                "directives.assignment",
                "directives.taskupdate",
                "directives.taskevidence",
                "directives.obstacle",
                "directives.obstaclestep",
            ),
            Doors("read_own_work", "edit_obstacles"),
        ),
    },
)
