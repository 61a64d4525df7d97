"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from reports.views import board, communes, detail, moves, periods, reviewing, workbooks

app_name = "reports"

urlpatterns = [
    path("<int:pk>/", detail.detail, name="report-detail"),
    path("<int:pk>/gui/", moves.submit, name="report-submit"),
    path("<int:pk>/rut/", moves.withdraw, name="report-withdraw"),
    path("<int:pk>/xac-nhan-xa/", communes.confirm, name="entries-confirm"),
    path("<int:pk>/phan-loi-xa/", communes.narrate, name="entries-narrate"),
    path("<int:pk>/xa/<commune:code>/", communes.entry, name="entry"),
    path("chua-nop/", board.show, name="board"),
    path("chua-nop/nhac/", board.remind_all, name="remind"),
    path("ky/", periods.period_list, name="period-list"),
    path("ky/lap-lich/", periods.add_calendar, name="period-calendar"),
    path("ky/<int:pk>/mo/", periods.open_now, name="period-open"),
    path("ky/<int:pk>/dong/", periods.close, name="period-close"),
    path("ky/<int:pk>/mo-lai/", periods.reopen, name="period-reopen"),
    path("duyet/", reviewing.review_list, name="review-list"),
    path("<int:pk>/duyet/", reviewing.review, name="review"),
    path("<int:pk>/phe-duyet/", reviewing.approve, name="report-approve"),
    path("<int:pk>/tra-lai/", reviewing.return_report, name="report-send-back"),
    path("mau-thuan/", reviewing.discrepancy_list, name="discrepancy-list"),
    path("mau-thuan/<int:pk>/", reviewing.rule_on, name="discrepancy-rule"),
    path("<int:pk>/bieu/", workbooks.workbook, name="workbook"),
    path("<int:pk>/bieu/nop/", workbooks.upload, name="workbook-upload"),
    path("<int:pk>/bieu/<uuid:file>/", workbooks.preview, name="workbook-preview"),
    path("<int:pk>/bieu/<uuid:file>/ghi/", workbooks.accept_workbook, name="workbook-accept"),
    path("<int:pk>/bieu/<uuid:file>/danh-dau/", workbooks.marked_copy, name="workbook-marked"),
]
