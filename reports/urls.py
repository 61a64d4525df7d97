"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from reports.views import communes, detail, moves

app_name = "reports"

urlpatterns = [
    path("<int:pk>/", detail.detail, name="report-detail"),
    path("<int:pk>/gui/", moves.submit, name="report-submit"),
    path("<int:pk>/rut/", moves.withdraw, name="report-withdraw"),
    path("<int:pk>/xac-nhan-xa/", communes.confirm, name="entries-confirm"),
    path("<int:pk>/phan-loi-xa/", communes.narrate, name="entries-narrate"),
    path("<int:pk>/xa/<commune:code>/", communes.entry, name="entry"),
]
