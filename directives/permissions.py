"""Acts on directives and their targets."""

from ntm_portal.accounts.permissions import OFFICE, Doors, register_acts

MAY = {"edit_directives": OFFICE}

register_acts(
    MAY, dict.fromkeys(("directives.directive", "directives.target"), Doors("read_records", "edit_directives"))
)
