"""Addresses of the status pages."""

from django.urls import path, register_converter

from ntm_portal.core.converters import CommuneCode, DistrictCode
from ntm_portal.dashboard.views import finding, mapping, overviews, places

register_converter(DistrictCode, "district")
register_converter(CommuneCode, "commune")

app_name = "dashboard"

urlpatterns = [
    path("", places.province, name="province"),
    path("huyen/<district:code>/", places.district, name="district"),
    path("xa/<commune:code>/", places.commune, name="commune"),
    path("ma-tran/", overviews.matrix, name="matrix"),
    path("ban-do/", mapping.map_page, name="map"),
    path("muc-tieu/", overviews.targets, name="targets"),
    path("tim/", finding.search, name="search"),
    path("so-cai/<int:position>/", finding.ledger_row, name="ledger-row"),
]
