"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from reports.views import workbooks

app_name = "reports"

urlpatterns = [
    path("<int:pk>/bieu/", workbooks.workbook, name="workbook"),
    path("<int:pk>/bieu/nop/", workbooks.upload, name="workbook-upload"),
    path("<int:pk>/bieu/<uuid:file>/", workbooks.preview, name="workbook-preview"),
    path("<int:pk>/bieu/<uuid:file>/ghi/", workbooks.accept_workbook, name="workbook-accept"),
    path("<int:pk>/bieu/<uuid:file>/danh-dau/", workbooks.marked_copy, name="workbook-marked"),
]
