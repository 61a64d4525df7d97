"""Districts, communes, villages, and their succession."""

from django.apps import AppConfig


class CommunesConfig(AppConfig):
    name = "communes"
    verbose_name = "Địa bàn"
