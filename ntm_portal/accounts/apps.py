"""Who works here, for which body, and what they may see and touch."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "ntm_portal.accounts"
    label = "accounts"
    verbose_name = "Đơn vị và người dùng"

    def ready(self) -> None:
        """Load the table of acts of every app, those above included, and the kinds of notice."""
        autodiscover_modules("permissions", "notices")
        import_module("ntm_portal.accounts.trail")  # listens to Django's signals of signing in and out
