"""Addresses under /api/v1/."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path, register_converter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ntm_portal.api import registers, views
from ntm_portal.api.filing import acts
from ntm_portal.api.filing import views as filing
from ntm_portal.api.problems import problem
from ntm_portal.api.work import views as work
from ntm_portal.core.converters import CommuneCode

register_converter(CommuneCode, "gso")

app_name = "api"


@login_not_required
def unknown_address(request, rest: str = ""):
    """Whatever is under /api/v1/ and is not an address."""
    return problem(404, "Không tìm thấy", "API không có địa chỉ này; xem /api/v1/docs/.")


ADDRESSES = [
    ("communes/", views.CommuneListView, "commune-list"),
    ("communes/<gso:code>/", views.CommuneDetailView, "commune-detail"),
    ("communes/<gso:code>/status/", views.CommuneStatusView, "commune-status"),
    ("communes/<gso:code>/history/", registers.CommuneHistoryView, "commune-history"),
    ("status/", views.MatrixView, "status"),
    ("summary/", views.SummaryView, "summary"),
    ("targets/", views.TargetListView, "target-list"),
    ("targets/<int:pk>/", views.TargetDetailView, "target-detail"),
    ("districts/", views.DistrictListView, "district-list"),
    ("criteria-sets/", views.CriteriaSetListView, "criteriaset-list"),
    ("criteria-sets/<slug:code>/", views.CriteriaSetDetailView, "criteriaset-detail"),
    ("changes/", registers.ChangesView, "changes"),
    ("villages/", registers.VillageListView, "village-list"),
    ("departments/", registers.DepartmentListView, "department-list"),
    ("recognitions/", registers.RecognitionListView, "recognition-list"),
    ("directives/", registers.DirectiveListView, "directive-list"),
    ("directives/<int:pk>/", registers.DirectiveDetailView, "directive-detail"),
    ("reporting-periods/", filing.PeriodListView, "reportingperiod-list"),
    ("obligations/", filing.ObligationListView, "obligation-list"),
    ("reports/", filing.ReportListView, "report-list"),
    ("reports/<int:pk>/", filing.ReportDetailView, "report-detail"),
    ("reports/<int:pk>/lines/", filing.ReportLinesView, "report-lines"),
    ("reports/<int:pk>/submit/", acts.ReportSubmitView, "report-submit"),
    ("reports/<int:pk>/withdraw/", acts.ReportWithdrawView, "report-withdraw"),
    ("reports/<int:pk>/approve/", acts.ReportApproveView, "report-approve"),
    ("reports/<int:pk>/send-back/", acts.ReportSendBackView, "report-send-back"),
    ("tasks/", work.TaskListView, "task-list"),
    ("tasks/<int:pk>/", work.TaskDetailView, "task-detail"),
    ("tasks/<int:pk>/updates/", work.TaskUpdatesView, "task-updates"),
    ("obstacles/", work.ObstacleListView, "obstacle-list"),
    ("obstacles/<int:pk>/", work.ObstacleDetailView, "obstacle-detail"),
]
# The API answers 401 itself; a redirect to the sign-in page is of no use to another system.
urlpatterns = [path(address, login_not_required(view.as_view()), name=name) for address, view, name in ADDRESSES]
urlpatterns += [
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="schema"),
    path(
        "docs/",
        login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html")),
        name="docs",
    ),
    re_path(r"^(?P<rest>.*)$", unknown_address),
]
