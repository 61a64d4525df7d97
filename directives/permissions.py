"""Acts on directives and their targets."""

from ntm_portal.accounts.permissions import OFFICE, Doors, register_acts

MAY = {"edit_directives": OFFICE, "edit_obstacles": frozenset()}
"""`edit_obstacles` opens no admin page to anybody: an obstacle goes its way through acts."""

register_acts(
    MAY,
    {
        **dict.fromkeys(("directives.directive", "directives.target"), Doors("read_records", "edit_directives")),
        "directives.obstacle": Doors("read_own_work", "edit_obstacles"),
    },
)
