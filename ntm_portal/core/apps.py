"""The ground floor: text, clock, ledger positions, guards."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.urls import register_converter

from ntm_portal.core import guards
from ntm_portal.core.converters import CommuneCode, DistrictCode


def _install_guards(using: str, **_: object) -> None:
    guards.install(connections[using])


class CoreConfig(AppConfig):
    name = "ntm_portal.core"
    label = "core"
    verbose_name = "Nền tảng"

    def ready(self) -> None:
        post_migrate.connect(_install_guards, sender=self)
        register_converter(DistrictCode, "district")
        register_converter(CommuneCode, "commune")
