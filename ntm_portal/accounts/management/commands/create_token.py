"""Make an API token; the key is printed once, alone on the last line."""

from datetime import timedelta

from django.core.management.base import CommandError

from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock
from ntm_portal.core.commands import PortalCommand


class Command(PortalCommand):
    help = "Cấp mã truy cập API cho một người dùng; mã chỉ hiện một lần, ở dòng cuối."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="Label that tells what the token is for.")
        parser.add_argument("--role", help="The role the token acts in; needed when the person holds several.")
        parser.add_argument("--days", type=int, default=ApiToken.DAYS, help="Days until it expires (default 180).")

    def handle(self, *args, username: str, name: str, role: str | None, days: int, **options) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Không có người dùng {username} đang hoạt động.")
        if not 1 <= days <= ApiToken.MOST_DAYS:
            raise CommandError(f"--days phải từ 1 đến {ApiToken.MOST_DAYS}.")
        now = clock.now()
        role = self._role(user, role)
        token, key = ApiToken.issue(user, name, at=now, expires_at=now + timedelta(days=days), role=role)
        self.stdout.write(f"Mã “{token.name}” của {user}, hết hạn {token.expires_at:%d/%m/%Y}. Chỉ hiện một lần:")
        self.stdout.write(key)

    def _role(self, user: User, asked: str | None) -> Role:
        """The role asked for, or the only one held."""
        held = sorted(user.scope.roles)
        if asked is None and len(held) == 1:
            return held[0]
        if asked in held:
            return Role(asked)
        raise CommandError(f"--role phải là một vai trò của {user.username}: {', '.join(held) or 'chưa có'}.")
