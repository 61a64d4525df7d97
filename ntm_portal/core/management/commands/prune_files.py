"""Sweep the folder of files: what no record refers to any more, and what a broken transaction left behind."""

from datetime import timedelta

from django.core.management.base import CommandError

from ntm_portal.core.commands import PortalCommand
from ntm_portal.core.uploads.storing import loose, unowned


class Command(PortalCommand):
    help = "Xóa tệp không còn bản ghi nào dùng và nội dung thừa trong thư mục tệp; không có --save thì chỉ đếm."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--hours", type=int, default=24, help="chỉ xóa những gì cũ hơn chừng ấy giờ (24)")
        parser.add_argument("--save", action="store_true", help="xóa thật")

    def handle(self, *, hours: int, save: bool, **options) -> None:
        if hours < 1:
            raise CommandError("--hours phải từ 1: tệp vừa gửi có thể chưa được bản ghi nào dùng.")
        age = timedelta(hours=hours)
        rows = unowned(age)
        count = rows.count()
        if save:
            rows.delete()
        paths = list(loose(age))
        if save:
            for path in paths:
                path.unlink(missing_ok=True)
        said = "Đã xóa" if save else "Sẽ xóa (thêm --save)"
        self.stdout.write(f"{said}: {count} tệp không bản ghi nào dùng, {len(paths)} nội dung thừa.")
