"""Reporting periods: what is due when."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Kỳ báo cáo"
