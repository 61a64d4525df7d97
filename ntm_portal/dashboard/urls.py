"""Addresses of the status pages."""

from django.urls import path
from django.views.decorators.http import require_safe

from ntm_portal.dashboard.views import comparing, design, finding, mapping, overviews, places, subjects, targets, trail

app_name = "dashboard"

urlpatterns = [
    path("", places.province, name="province"),
    path("huyen/<district:code>/", places.district, name="district"),
    path("xa/<commune:code>/", places.commune, name="commune"),
    path("ma-tran/", overviews.matrix, name="matrix"),
    path("ma-tran/o/<commune:code>/<int:number>/", overviews.matrix_cell, name="matrix-cell"),
    path("ban-do/", mapping.map_page, name="map"),
    path("muc-tieu/", targets.targets, name="targets"),
    path("muc-tieu/<int:pk>/", targets.target, name="target"),
    path("tieu-chi/", subjects.criteria, name="criteria"),
    path("tieu-chi/<int:number>/", subjects.criterion, name="criterion"),
    path("don-vi/", subjects.departments, name="departments"),
    path("don-vi/<slug:code>/", subjects.department, name="department"),
    path("so-sanh/", comparing.compare, name="compare"),
    path("thiet-ke/", design.design, name="design"),
    path("nhat-ky/", trail.trail, name="trail"),
    path("tim/", finding.search, name="search"),
    path("tim/nhanh/", finding.find, name="find"),
    path("so-cai/<int:position>/", finding.ledger_row, name="ledger-row"),
]
# Pages to read: whatever else is sent to one is refused instead of being answered as if it had been read.
for _pattern in urlpatterns:
    _pattern.callback = require_safe(_pattern.callback)
