"""Acts on reporting periods."""

from ntm_portal.accounts.permissions import OFFICE, Doors, register_acts

MAY = {"edit_periods": OFFICE}

register_acts(MAY, {"reports.reportingperiod": Doors("read_own_work", "edit_periods")})
