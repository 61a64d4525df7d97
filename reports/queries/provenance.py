"""Whose word a row of the ledger is: the report and its line, who wrote, sent and approved it, and the evidence."""

from dataclasses import dataclass

from criteria.models import Assessment
from ntm_portal.accounts.scope import Scope
from reports.models import Evidence, Report, ReportLine


@dataclass(frozen=True)
class Provenance:
    """Where a row came from. `may_open` tells whether the reader may open the report itself."""

    report: Report
    line: ReportLine | None
    evidence: tuple[Evidence, ...]
    may_open: bool

    @property
    def url(self) -> str:
        """The line in its report."""
        return self.report.get_absolute_url() + (f"#d{self.line.pk}" if self.line else "")


def provenance(row: Assessment, scope: Scope) -> Provenance | None:
    """The report behind a row of the ledger, none where it came another way (at most four queries).

    Who stands behind a figure is open to every reader; the report and its files to those whose work it is.
    """
    report = Report.objects.with_about().filter(source=row.source_id).first()
    if report is None:
        return None
    own = report.lines.filter(commune=row.commune_id, indicator=row.indicator_id)
    line = own.select_related("answered_by").first()
    held = Evidence.objects.visible_to(scope).filter(line=line).select_related("file", "added_by") if line else ()
    may_open = Report.objects.visible_to(scope).filter(pk=report.pk).exists()
    return Provenance(report, line, tuple(held), may_open)
