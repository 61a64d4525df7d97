"""What bodies owe and how far they have come; and why somebody owes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from communes.models import Commune
from criteria.models import Responsibility
from ntm_portal.accounts.models import Department, Sponsorship
from ntm_portal.accounts.scope import Scope
from reports.models import CommuneEntry, Obligation, Report, ReportingPeriod, ReportLine
from reports.models.report import ReportQuerySet
from reports.queries.sheets import sheets
from reports.standing import Standing, standing_of


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that is owed, with its progress; `errors` is none where nothing is checked before it goes out."""

    report: Report
    today: date
    errors: int | None = None

    @property
    def standing(self) -> Standing:
        """How the body stands with it: days left or gone, or when it came."""
        return standing_of(self.report.obligation, self.report, self.report.obligation.period, self.today)

    @property
    def total(self) -> int:
        return self.report.lines_count or self.report.entries_count

    @property
    def answered(self) -> int:
        return self.report.lines_answered if self.report.lines_count else self.report.entries_answered

    @property
    def unit(self) -> str:
        return "dòng" if self.report.is_criteria_report else "xã"


def _count(model: type[ReportLine] | type[CommuneEntry], **only: object) -> Coalesce:
    rows = model.objects.filter(report=OuterRef("pk"), **only).order_by().values("report")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def with_progress(reports: ReportQuerySet) -> ReportQuerySet:
    """Reports with how many lines or communes they have, and how many of them are answered."""
    return reports.annotate(
        lines_count=_count(ReportLine),
        lines_answered=_count(ReportLine, answered_at__isnull=False),
        entries_count=_count(CommuneEntry),
        entries_answered=_count(CommuneEntry, answered_at__isnull=False),
    )


def listed(scope: Scope) -> ReportQuerySet:
    """The newest version of every report that somebody may read, with what a list says of it."""
    found = with_progress(Report.objects.latest().visible_to(scope).with_about())
    return found.order_by(
        F("obligation__period__data_until").desc(),
        "obligation__period__kind",
        "obligation__department__sort_key",
        "obligation__kind",
    )


def owed_by(departments: Iterable[int], today: date, *, scope: Scope) -> list[Owed]:
    """What bodies owe in open periods, the first due first, with the errors of what they are writing."""
    rows = listed(scope).filter(obligation__department__in=departments, obligation__period__closed_on__isnull=True)
    reports = list(rows.order_by("obligation__due_on", "obligation__period__kind", "obligation__kind"))
    writing = [report for report in reports if report.is_criteria_report and report.is_writable]
    errors = {found.report.pk: found.counts["error"] for found in sheets(writing)} if writing else {}
    return [Owed(report, today, errors.get(report.pk)) for report in reports]


def by_period(reports: Iterable[Report], today: date) -> list[tuple[ReportingPeriod, list[Owed]]]:
    """Reports in their order, under the period of each."""
    groups = groupby(reports, key=lambda report: report.obligation.period)
    return [(period, [Owed(report, today) for report in held]) for period, held in groups]


def why_nothing(departments: Iterable[int], on: date) -> str:
    """Why bodies owe nothing in any open period: nothing is assigned to them, or nothing is open."""
    bodies = set(departments)
    if not bodies:
        return "Bạn không phải là cán bộ báo cáo của đơn vị nào."
    charged = Responsibility.objects.in_force(on).filter(role=Responsibility.Role.LEAD, department__in=bodies)
    helping = Sponsorship.objects.in_force(on).filter(department__in=bodies)
    districts = Department.objects.filter(
        Q(kind=Department.Kind.DISTRICT), Q(district__communes__kind=Commune.Kind.XA), pk__in=bodies
    )
    if not (charged.exists() or helping.exists() or districts.exists()):
        return (
            f"Đến ngày {on:%d/%m/%Y}, đơn vị của bạn không chủ trì chỉ tiêu nào và không được phân công giúp đỡ xã nào"
            " nên không phải nộp báo cáo. Nếu chưa đúng, hãy báo Văn phòng điều phối."
        )
    still_open = ReportingPeriod.objects.still_open().order_by("due_on").first()
    if still_open is not None:
        return (
            f"Kỳ {str(still_open).lower()} đang mở nhưng chưa có báo cáo của đơn vị bạn: đơn vị được giao việc sau khi"
            " mở kỳ. Văn phòng điều phối bổ sung được."
        )
    return f"Chưa có kỳ báo cáo nào mở. {_next_period(on)}"


def _next_period(on: date) -> str:
    coming = ReportingPeriod.objects.filter(opened_at__isnull=True, due_on__gte=on).order_by("data_until").first()
    if coming is None:
        return "Chưa có kỳ tiếp theo trong lịch."
    name = str(coming).lower()
    return f"Kỳ tới: {name}, chốt số liệu {coming.data_until:%d/%m/%Y}, hạn nộp {coming.due_on:%d/%m/%Y}."


def departments_with_reports(scope: Scope) -> list[tuple[str, str]]:
    """Bodies (code, short name) that a list of reports may be filtered by."""
    owing = Obligation.objects.visible_to(scope).values("department")
    return list(Department.objects.filter(pk__in=owing).order_by("sort_key").values_list("code", "short_name"))
