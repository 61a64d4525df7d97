"""Open the reporting periods whose time has come, for a timer; once opened they stay as they are."""

from ntm_portal.core import clock
from ntm_portal.core.commands import PortalCommand
from reports.actions.opening import open_period
from reports.queries.calendar import periods_to_open


class Command(PortalCommand):
    help = (
        "Mở các kỳ báo cáo đã đến tháng và chưa quá hạn nộp, lập trách nhiệm nộp và bản nháp điền sẵn; "
        "không có --save thì chỉ kể tên."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--past", action="store_true", help="mở cả những kỳ đã quá hạn nộp mà chưa mở lần nào")
        parser.add_argument("--save", action="store_true", help="mở thật")

    def handle(self, *, past: bool, save: bool, **options) -> None:
        due, missed = periods_to_open(clock.today())
        chosen = [*missed, *due] if past else due
        for period in chosen:
            if save:
                opened = open_period(period)
                said = f"{len(opened.obligations)} trách nhiệm nộp mới, {opened.lines} dòng điền sẵn"
            else:
                said = "đang mở, sẽ bổ sung đơn vị mới" if period.is_open else "sẽ mở (thêm --save)"
            self.stdout.write(f"{period}: {said}.")
        if not chosen:
            self.stdout.write("Không có kỳ nào cần mở.")
        if missed and not past:
            names = ", ".join(str(period).lower() for period in missed)
            self.stdout.write(f"Bỏ qua {len(missed)} kỳ đã quá hạn nộp mà chưa mở ({names}); thêm --past để mở cả.")
