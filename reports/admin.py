"""Admin page of the reporting periods."""

from django.contrib import admin

from ntm_portal.core.admin import PortalAdmin
from reports.models import ReportingPeriod


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(PortalAdmin):
    list_display = ("__str__", "data_until", "due_on", "closed_on", "basis")
    list_filter = ("kind", "year", ("closed_on", admin.EmptyFieldListFilter))
    ordering = ("-data_until", "kind")
    date_hierarchy = "data_until"
    small_search = ("kind", "year", "number", "basis")
    import_keys = ("kind", "year", "number")
    import_columns = ("kind", "year", "number", "data_until", "due_on", "closed_on", "basis")
