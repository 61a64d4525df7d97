"""Addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

from ntm_portal.core.uploads import serving
from ntm_portal.dashboard import faults, health

urlpatterns = [
    path("", include("ntm_portal.dashboard.urls")),
    path("", include("ntm_portal.accounts.urls")),
    path("quan-tri/", admin.site.urls),
    path("api/v1/", include("ntm_portal.api.urls")),
    path("", include("directives.urls")),
    path("bao-cao/", include("reports.urls")),
    path("tep/<uuid:pk>/", serving.download, name="file"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.server_error
