"""Periods, who owes what in them, the reports with their lines, and what the coordination office says of them."""

from reports.models.communes import CommuneEntry, Observation, Visit
from reports.models.contents import Evidence, ReportLine, Section
from reports.models.periods import DueRule, Obligation, ReportingPeriod
from reports.models.report import Report
from reports.models.rulings import ReviewNote, Ruling

__all__ = [
    "CommuneEntry",
    "DueRule",
    "Evidence",
    "Obligation",
    "Observation",
    "Report",
    "ReportLine",
    "ReportingPeriod",
    "ReviewNote",
    "Ruling",
    "Section",
    "Visit",
]
