"""The criteria, the ledger of assessments, and signed recognitions."""

from django.apps import AppConfig


class CriteriaConfig(AppConfig):
    name = "criteria"
    verbose_name = "Tiêu chí và sổ cái"
