"""Addresses of the status pages."""

from django.urls import path

from ntm_portal.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.province, name="province"),
    path("huyen/<str:code>/", views.district, name="district"),
    path("xa/<str:code>/", views.commune, name="commune"),
    path("ma-tran/", views.matrix, name="matrix"),
    path("muc-tieu/", views.targets, name="targets"),
    path("tim/", views.search, name="search"),
    path("so-cai/<int:position>/", views.ledger_row, name="ledger-row"),
]
