"""Addresses of the status pages."""

from django.urls import path, register_converter

from ntm_portal.core.converters import CommuneCode, DistrictCode
from ntm_portal.dashboard import views

register_converter(DistrictCode, "district")
register_converter(CommuneCode, "commune")

app_name = "dashboard"

urlpatterns = [
    path("", views.province, name="province"),
    path("huyen/<district:code>/", views.district, name="district"),
    path("xa/<commune:code>/", views.commune, name="commune"),
    path("ma-tran/", views.matrix, name="matrix"),
    path("muc-tieu/", views.targets, name="targets"),
    path("tim/", views.search, name="search"),
    path("so-cai/<int:position>/", views.ledger_row, name="ledger-row"),
]
