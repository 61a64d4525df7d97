"""Acts on reporting periods and reports. Whose a report is, the report says; who may do what, this table."""

from ntm_portal.accounts.permissions import OFFICE, Doors, register_acts
from ntm_portal.accounts.scope import Role

MAY = {
    "edit_periods": OFFICE,
    "file_reports": frozenset({Role.OFFICER}),
    "review_reports": OFFICE,
    "remind_bodies": OFFICE,
    "edit_workflow": frozenset(),
}
"""`edit_workflow` opens no admin page to anybody: what goes its way through acts is only looked at there."""

register_acts(
    MAY,
    {
        **dict.fromkeys(("reports.reportingperiod", "reports.duerule"), Doors("read_own_work", "edit_periods")),
        **dict.fromkeys(
            (
                f"reports.{model}"
                for model in (
                    "obligation",
                    "report",
                    "reportline",
                    "communeentry",
                    "observation",
                    "visit",
                    "section",
                    "evidence",
                    "reviewnote",
                    "ruling",
                )
            ),
            Doors("read_own_work", "edit_workflow"),
        ),
    },
)
