"""Who works here, for which body, and what they may see and touch."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ntm_portal.accounts"
    label = "accounts"
    verbose_name = "Đơn vị và người dùng"
