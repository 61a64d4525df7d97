"""Send what is due to be said about reports, for a timer; however often it runs, nobody is told the same twice."""

from ntm_portal.accounts.models import Notice
from ntm_portal.accounts.notices import mail_digests, mail_each
from ntm_portal.core import clock
from ntm_portal.core.commands import PortalCommand
from reports.actions.reminding import due_within, late, remind_before_due, remind_overdue


class Command(PortalCommand):
    help = (
        "Nhắc báo cáo còn 3 ngày đến hạn, báo cáo quá hạn (một lần, rồi hằng tuần), gửi lại thư chưa gửi được "
        "và thư gộp hằng ngày; không có --save thì chỉ đếm."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--save", action="store_true", help="nhắc và gửi thật")

    def handle(self, *, save: bool, **options) -> None:
        today, waiting = clock.today(), Notice.objects.to_mail(Notice.Delivery.AT_ONCE)
        if not save:
            mails = waiting.count() + Notice.objects.to_mail(Notice.Delivery.DIGEST).count()
            said = f"{due_within(today).count()} báo cáo sắp đến hạn, {late(today).count()} báo cáo quá hạn"
            self.stdout.write(f"Đang có (thêm --save để nhắc): {said}, {mails} thông báo chờ gửi thư.")
            return
        soon, overdue = remind_before_due(today=today), remind_overdue(today=today)
        self.stdout.write(f"Thông báo mới: {soon} sắp đến hạn, {overdue} quá hạn.")
        mailed = mail_each(list(waiting)) + mail_digests()
        self.stdout.write(f"Thư: {mailed.sent} đã gửi, {mailed.failed} chưa gửi được và sẽ thử lại.")
