"""What stands in the way, beside the status of the province, of a body and of a commune: by the reader's scope."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from directives.models import Obstacle
from directives.obstacles import open_of
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.permissions import may
from ntm_portal.core import clock
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.views.page import Beside


def province_obstacles(request: HttpRequest, reading: Reading) -> str:
    """Open obstacles that the reader may see, the oldest named."""
    held = open_of(Obstacle.objects.visible_to(request.user.scope), today=clock.today())
    context = {"groups": [("", "", held)], "may_raise": may(request.user, "raise_obstacles")}
    return render_to_string("dashboard/_obstacles.html", context)


def body_obstacles(body: Department) -> Beside:
    """Open obstacles that a body raised, and those that it has to answer."""

    def beside(request: HttpRequest, reading: Reading) -> str:
        rows, today = Obstacle.objects.visible_to(request.user.scope), clock.today()
        groups = [
            ("Đơn vị nêu", f"don_vi={body.code}", open_of(rows.filter(raised_by=body), today=today)),
            ("Đơn vị phải trả lời", f"giai_quyet={body.code}", open_of(rows.filter(owner=body), today=today)),
        ]
        return render_to_string("dashboard/_obstacles.html", {"groups": groups})

    return beside
