"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from reports.views import board, periods

app_name = "reports"

urlpatterns = [
    path("chua-nop/", board.show, name="board"),
    path("chua-nop/nhac/", board.remind_all, name="remind"),
    path("ky/", periods.period_list, name="period-list"),
    path("ky/lap-lich/", periods.add_calendar, name="period-calendar"),
    path("ky/<int:pk>/mo/", periods.open_now, name="period-open"),
    path("ky/<int:pk>/dong/", periods.close, name="period-close"),
    path("ky/<int:pk>/mo-lai/", periods.reopen, name="period-reopen"),
]
