"""Load an office's own boundaries, all or nothing; without --save only say what would happen."""

from pathlib import Path

from django.core.management.base import CommandError

from communes.boundaries import CODE_PROPERTY, compare_boundaries, read_boundaries, store_boundaries
from ntm_portal.core.commands import PortalCommand
from ntm_portal.core.reference import DataFileError


class Command(PortalCommand):
    help = "Nạp ranh giới xã từ tệp GeoJSON (WGS 84, kinh độ trước); từ đó bản đồ vẽ theo ranh giới thật."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="Tệp GeoJSON kiểu FeatureCollection.")
        parser.add_argument(
            "--code-property", default=CODE_PROPERTY, help="Thuộc tính chứa mã xã của Tổng cục Thống kê."
        )
        parser.add_argument("--save", action="store_true", help="Lưu; không có thì chỉ kiểm tra.")

    def handle(self, *args, file: Path, code_property: str, save: bool, **options) -> None:
        try:
            found = read_boundaries(file, code_property)
        except DataFileError as error:
            raise CommandError(f"Không nạp gì cả. {error}") from error
        counts = store_boundaries(found) if save else compare_boundaries(found)
        self.stdout.write(
            f"Ranh giới: {len(found.outlines)} ({counts.created} mới, {counts.updated} cập nhật, "
            f"{counts.unchanged} giữ nguyên, {counts.removed} bỏ); "
            f"{found.points_before} điểm rút còn {found.points_after}."
        )
        if found.overlapping:
            self.stdout.write(f"Không khớp ranh với xã bên cạnh: {', '.join(found.overlapping)}.")
        if counts.missing:
            named = ", ".join(f"{unit.full_name} ({unit.code})" for unit in counts.missing)
            self.stdout.write(f"Còn thiếu {len(counts.missing)} đơn vị: {named}.")
        if not save:
            self.stdout.write("Chưa lưu gì: thêm --save để lưu.")
