"""Follow targets and tasks, for a timer; however often it runs on a day, nobody is told the same twice."""

from criteria.models import CriteriaSet
from directives.actions.following import due_within, late, remind_before_due, remind_overdue
from directives.actions.obstacles import overdue_obstacles, remind_unanswered
from directives.actions.targets import follow_targets
from ntm_portal.core import clock
from ntm_portal.core.commands import PortalCommand


class Command(PortalCommand):
    help = (
        "Ghi mục tiêu đổi trạng thái, đề nghị xác nhận nhiệm vụ mà mục tiêu đã đạt, nhắc nhiệm vụ còn 3 ngày "
        "và quá hạn (một lần, rồi hằng tuần), nhắc vướng mắc quá hạn trả lời; không có --save thì chỉ đếm."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--save", action="store_true", help="ghi và nhắc thật")

    def handle(self, *, save: bool, **options) -> None:
        today = clock.today()
        if not save:
            said = f"{due_within(today).count()} phần việc sắp đến hạn, {late(today).count()} phần việc quá hạn, "
            said += f"{overdue_obstacles(today).count()} vướng mắc quá hạn trả lời"
            self.stdout.write(f"Đang có (thêm --save để nhắc): {said}.")
            return
        if CriteriaSet.objects.exists():
            changed, proposed = follow_targets(today)
            self.stdout.write(f"Mục tiêu: {changed} đổi trạng thái; {proposed} phần việc được đề nghị xác nhận xong.")
        soon, overdue = remind_before_due(today=today), remind_overdue(today=today)
        unanswered = remind_unanswered(today=today)
        self.stdout.write(
            f"Thông báo mới: {soon} sắp đến hạn, {overdue} quá hạn, {unanswered} vướng mắc quá hạn trả lời."
        )
