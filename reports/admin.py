"""Admin pages of periods, what is owed in them, and reports. Reports go their way through acts; here one looks."""

from django.contrib import admin
from django.utils.html import format_html

from ntm_portal.core.admin import PortalAdmin, ReadOnlyAdmin
from reports.models import (
    CommuneEntry,
    DueRule,
    Evidence,
    Obligation,
    Report,
    ReportingPeriod,
    ReportLine,
    ReviewNote,
    Ruling,
    Visit,
)


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(PortalAdmin):
    list_display = ("__str__", "data_until", "due_on", "opened_at", "closed_on", "basis")
    list_filter = ("kind", "year", ("closed_on", admin.EmptyFieldListFilter))
    ordering = ("-data_until", "kind")
    date_hierarchy = "data_until"
    small_search = ("kind", "year", "number", "basis")
    readonly_fields = ("opened_at", "closed_on")
    import_keys = ("kind", "year", "number")
    import_columns = ("kind", "year", "number", "data_until", "due_on", "basis")


@admin.register(DueRule)
class DueRuleAdmin(PortalAdmin):
    list_display = ("__str__", "data_until_day", "due_day", "basis")
    list_filter = ("kind",)
    list_select_related = ("department",)
    ordering = ("kind", "department__sort_key")
    small_search = ("department__name", "department__short_name", "basis")
    ungrouped = ("data_until_day", "due_day")


@admin.register(Obligation)
class ObligationAdmin(ReadOnlyAdmin):
    list_display = ("department", "kind", "period", "data_until", "due_on", "first_submitted_at")
    list_filter = ("kind", "period", "department")
    list_select_related = ("department", "period")
    ordering = ("-due_on", "department__sort_key", "kind")
    folded_search = ("department__search_key",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "version", "submitted_at", "submitted_by", "decided_at", "decided_by", "page")
    list_filter = ("state", "obligation__kind", "obligation__period", "obligation__department")
    list_select_related = (
        "obligation__period",
        "obligation__department",
        "submitted_by",
        "decided_by",
    )
    ordering = ("-obligation__due_on", "obligation__department__sort_key", "-version")
    folded_search = ("obligation__department__search_key",)

    @admin.display(description="trang báo cáo")
    def page(self, report: Report) -> str:
        return format_html('<a href="{}">Mở báo cáo</a>', report.get_absolute_url())


@admin.register(ReportLine)
class ReportLineAdmin(ReadOnlyAdmin):
    list_display = ("indicator_code", "commune", "conclusion", "note", "report", "answered_at", "answered_by")
    list_filter = ("conclusion", "report__state", "report__obligation__period", "commune__district")
    list_select_related = (
        "indicator",
        "commune",
        "report__obligation__period",
        "report__obligation__department",
        "answered_by",
    )
    ordering = ("-report", "commune__sort_key", "indicator__order")
    folded_search = ("commune__search_key",)
    code_search = ("indicator__code",)
    show_full_result_count = False

    @admin.display(description="chỉ tiêu", ordering="indicator__code")
    def indicator_code(self, line: ReportLine) -> str:
        return line.indicator.code


@admin.register(CommuneEntry)
class CommuneEntryAdmin(ReadOnlyAdmin):
    list_display = ("commune", "report", "help_given", "proposals", "answered_at")
    list_filter = ("report__state", "report__obligation__period", "commune__district")
    list_select_related = ("commune", "report__obligation__period", "report__obligation__department")
    ordering = ("-report", "commune__sort_key")
    folded_search = ("commune__search_key",)


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ("visited_on", "commune", "people", "findings")
    list_select_related = ("entry__commune", "entry__report__obligation__department")
    ordering = ("-visited_on", "-pk")
    date_hierarchy = "visited_on"
    folded_search = ("entry__commune__search_key",)
    small_search = ("people",)

    @admin.display(description="xã", ordering="entry__commune__sort_key")
    def commune(self, visit: Visit) -> str:
        return visit.entry.commune.full_name


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "report", "about", "added_at", "added_by", "opened")
    list_filter = ("report__obligation__period",)
    list_select_related = (
        "file",
        "report__obligation__period",
        "report__obligation__department",
        "line__commune",
        "line__indicator",
        "entry__commune",
        "added_by",
    )
    ordering = ("-pk",)
    small_search = ("title", "file__name")

    @admin.display(description="về")
    def about(self, evidence: Evidence) -> str:
        return str(evidence.line or evidence.entry.commune.full_name)

    @admin.display(description="tệp")
    def opened(self, evidence: Evidence) -> str:
        return format_html('<a href="{}">{}</a>', evidence.file.url, evidence.file.name)


@admin.register(ReviewNote)
class ReviewNoteAdmin(ReadOnlyAdmin):
    list_display = ("text", "report", "written_at", "written_by")
    list_filter = ("report__obligation__period",)
    list_select_related = ("report__obligation__period", "report__obligation__department", "written_by")
    ordering = ("-written_at", "-pk")
    small_search = ("text",)


@admin.register(Ruling)
class RulingAdmin(ReadOnlyAdmin):
    list_display = ("observation", "outcome", "reason", "ruled_at", "ruled_by")
    list_filter = ("outcome",)
    list_select_related = ("observation__criterion", "ruled_by")
    ordering = ("-ruled_at", "-pk")
    small_search = ("reason",)
