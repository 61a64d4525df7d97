"""Load or update the reviewed reference data of all apps, all or nothing."""

from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction

from communes import imports as communes
from criteria import imports as criteria
from directives import imports as directives
from ntm_portal.accounts import imports as accounts
from ntm_portal.core import audit
from ntm_portal.core.commands import PortalCommand
from ntm_portal.core.reference import DataFileError
from reports import imports as reports

LOADERS = {
    "communes": communes.load_reference,
    "accounts": accounts.load_reference,
    "criteria": criteria.load_reference,
    "directives": directives.load_reference,
    "reports": reports.load_reference,
}


class Command(PortalCommand):
    help = "Nạp hoặc cập nhật dữ liệu tham chiếu; chạy lại không đổi gì."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--data",
            type=Path,
            help="Folder with a subfolder for each app (communes, accounts, …) to load instead of the built-in files.",
        )

    def handle(self, *args, data: Path | None = None, **options) -> None:
        if data and not any((data / app).is_dir() for app in LOADERS):
            raise CommandError(f"Không nạp gì cả. {data} không có thư mục con nào trong: {', '.join(LOADERS)}.")
        try:
            with transaction.atomic(), audit.loading(f"dữ liệu tham chiếu ({data or 'tệp đi kèm'})"):
                counts = [
                    count
                    for app, load in LOADERS.items()
                    for count in (load(data / app) if data and (data / app).is_dir() else load())
                ]
        except DataFileError as error:
            raise CommandError(f"Không nạp gì cả. {error}") from error
        for count in counts:
            said = f"{count.created} mới, {count.updated} cập nhật, {count.unchanged} giữ nguyên"
            self.stdout.write(f"{count.label}: {count.total} ({said})")
