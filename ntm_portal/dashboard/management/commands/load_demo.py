"""Load the illustration: accounts, villages of the scheme, and monthly assessments up to a day."""

from datetime import date

from django.core.management.base import CommandError
from django.db import transaction

from communes.models import Commune
from criteria import demo
from criteria.models import Assessment
from directives.demo import load_work
from ntm_portal.accounts.imports import load_demo_users
from ntm_portal.core import audit, clock
from ntm_portal.core.commands import PortalCommand
from ntm_portal.core.reference import DataFileError
from reports.demo import load_reports


class Command(PortalCommand):
    help = (
        "Nạp số liệu minh họa từ 12/2019 đến ngày cho trước (muộn nhất 31/12/2020); chạy lại chỉ thêm tháng còn thiếu."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--until", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument(
            "--reports",
            action="store_true",
            help="thêm báo cáo tháng 8, 9, 10/2020, tiến độ nhiệm vụ và vướng mắc minh họa",
        )

    def handle(self, *args, until: date, reports: bool, **options) -> None:
        if not demo.FIRST_DAY <= until <= demo.LAST_DAY:
            raise CommandError(f"--until phải từ {demo.FIRST_DAY} đến {demo.LAST_DAY}.")
        if until > clock.today():
            raise CommandError(f"--until sau hôm nay ({clock.today():%d/%m/%Y}): đặt DEMO_DATE muộn hơn.")
        if not Commune.objects.exists():
            raise CommandError("Chưa có dữ liệu tham chiếu: chạy load_reference trước.")
        try:
            with transaction.atomic(), audit.loading(f"số liệu minh họa đến {until:%d/%m/%Y}") as load:
                users = load_demo_users()
                villages = demo.load_villages()
                rows = demo.load_assessments(until)
                load.add(str(Assessment._meta.verbose_name), rows)
                filed = load_reports(until) if reports else 0
                worked = load_work(until) if reports else 0
        except DataFileError as error:
            raise CommandError(f"Không nạp gì cả. {error}") from error
        self.stdout.write(
            f"Tài khoản: {', '.join(users)}. Thôn mới: {villages}. Đánh giá mới: {rows}. Báo cáo mới: {filed}. "
            f"Việc mới: {worked}."
        )
