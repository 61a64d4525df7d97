"""Every component of the design system on one page, drawn from the data at hand: for those who build pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from criteria import summaries
from criteria.changes import changes_between
from criteria.engine.bands import BAND_LABELS, Band
from criteria.engine.facts import Result
from directives.queries import State, target_results
from ntm_portal.accounts.permissions import require
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.forms import TableForm
from ntm_portal.dashboard.listings import communes_table
from ntm_portal.dashboard.profile import ladder
from ntm_portal.dashboard.tones import BAND_TONES
from ntm_portal.dashboard.views.page import status_page

_COLOURS = (
    ("paper", "nền trang"),
    ("surface", "nền thẻ"),
    ("raised", "nền nổi"),
    ("ink", "chữ"),
    ("soft", "chữ phụ"),
    ("brand", "đầu trang"),
    ("good", "đạt"),
    ("bad", "chưa đạt"),
    ("unknown", "chưa có số liệu"),
    ("exempt", "không xét"),
    ("steady", "đúng tiến độ"),
    ("risk", "có nguy cơ"),
    ("late", "trễ hạn"),
)


def _samples(reading: Reading) -> dict[str, Any]:
    shown, before = reading.shown, reading.before
    statuses = sorted(shown.statuses, key=lambda s: s.finding.criteria_met)[:5]
    return {
        "title": "Thiết kế",
        "lede": "Các thành phần dựng nên mọi trang, vẽ từ số liệu đang có.",
        "trail": [("Tỉnh", "/")],
        "colours": _COLOURS,
        "results": list(Result),
        "states": list(State),
        "bands": [(BAND_TONES[band], BAND_LABELS[band]) for band in Band],
        "row": summaries.by_province("Tỉnh", shown, before),
        "target": next(iter(target_results(shown)), None),
        "changes": changes_between(shown, before),
        "before_on": before.as_of,
        "ladder": ladder(statuses[0]) if statuses else (),
        "measures": [
            m for s in statuses for c in s.finding.criteria for i in c.indicators for m in i.measures if m.result
        ][:4],
        "table": communes_table(statuses, reading, name="mau", caption="Bảng mẫu"),
    }


def design(request: HttpRequest) -> HttpResponse:
    """The components with their states; shows a toast as an act would leave it."""
    require(request.user, "see_design")
    if "xuat" not in request.GET:
        messages.success(request, "Thông báo sau một việc vừa làm xong.")
    return status_page(request, "dashboard/_design.html", _samples, form=TableForm)
