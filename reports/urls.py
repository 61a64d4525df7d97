"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from reports.views import acts, board, communes, filing, mine, periods, reviewing, workbooks

app_name = "reports"

urlpatterns = [
    path("", mine.report_list, name="report-list"),
    path("<int:pk>/", filing.report_detail, name="report-detail"),
    path("<int:pk>/kiem-tra/", filing.report_checks, name="report-checks"),
    path("<int:pk>/luu/", acts.lines_save, name="report-save"),
    path("<int:pk>/phan-loi/", acts.section_save, name="report-section"),
    path("<int:pk>/xac-nhan/", acts.report_confirm, name="report-confirm"),
    path("<int:pk>/gui/", acts.report_submit, name="report-submit"),
    path("<int:pk>/rut/", acts.report_withdraw, name="report-withdraw"),
    path("<int:pk>/dinh-chinh/", acts.report_correct, name="report-correct"),
    path("<int:pk>/dong/<int:line>/", filing.report_line, name="report-line"),
    path("<int:pk>/dong/<int:line>/minh-chung/", filing.evidence_add, name="evidence-add"),
    path("<int:pk>/minh-chung/<int:evidence>/xoa/", filing.evidence_remove, name="evidence-remove"),
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
