"""Pages that read across all apps."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "ntm_portal.dashboard"
    label = "dashboard"
    verbose_name = "Bảng theo dõi"
