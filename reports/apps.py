"""Monthly and quarterly reports: what is due when, filed, checked, reviewed, and written to the ledger."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Báo cáo định kỳ"
