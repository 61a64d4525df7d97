"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from reports.views import reviewing

app_name = "reports"

urlpatterns = [
    path("duyet/", reviewing.review_list, name="review-list"),
    path("<int:pk>/duyet/", reviewing.review, name="review"),
    path("<int:pk>/phe-duyet/", reviewing.approve, name="report-approve"),
    path("<int:pk>/tra-lai/", reviewing.return_report, name="report-send-back"),
    path("mau-thuan/", reviewing.discrepancy_list, name="discrepancy-list"),
    path("mau-thuan/<int:pk>/", reviewing.rule_on, name="discrepancy-rule"),
]
