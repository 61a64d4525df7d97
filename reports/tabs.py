"""The pages about reports, side by side at the top of each: only those that the reader may open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from ntm_portal.accounts.permissions import may

# (label, url name, act that opens it)
TABS: tuple[tuple[str, str, str], ...] = (
    ("Của tôi", "reports:report-list", "read_own_work"),
    ("Ai chưa nộp", "reports:board", "read_own_work"),
    ("Kỳ báo cáo", "reports:period-list", "read_own_work"),
    ("Chờ duyệt", "reports:review-list", "review_reports"),
    ("Mâu thuẫn", "reports:discrepancy-list", "read_own_work"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    is_here: bool


def tabs(request: HttpRequest) -> list[Tab]:
    """What "reports/_tabs.html" shows."""
    found = []
    for label, name, act in TABS:
        if may(request.user, act):
            url = reverse(name)
            found.append(Tab(label, url, request.path == url))
    return found
