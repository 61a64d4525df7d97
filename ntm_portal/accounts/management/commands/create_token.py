"""Make an API token; the key is printed once, alone on the last line."""

from datetime import timedelta

from django.core.management.base import CommandError

from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.core import clock
from ntm_portal.core.commands import PortalCommand


class Command(PortalCommand):
    help = "Cấp mã truy cập API cho một người dùng; mã chỉ hiện một lần, ở dòng cuối."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="Label that tells what the token is for.")
        parser.add_argument("--days", type=int, default=365, help="Days until it expires (default 365).")

    def handle(self, *args, username: str, name: str, days: int, **options) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Không có người dùng {username} đang hoạt động.")
        if days < 1:
            raise CommandError("--days phải từ 1.")
        now = clock.now()
        token, key = ApiToken.issue(user, name, at=now, expires_at=now + timedelta(days=days))
        self.stdout.write(f"Mã “{token.name}” của {user}, hết hạn {token.expires_at:%d/%m/%Y}. Chỉ hiện một lần:")
        self.stdout.write(key)
