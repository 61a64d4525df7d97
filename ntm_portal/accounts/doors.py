"""Where a door leads: only into the portal, and never back to a door."""

from urllib.parse import urlsplit

_DOORS = ("/dang-nhap/", "/dang-xuat/", "/quan-tri/login/", "/quan-tri/logout/")


class SafeNextMixin:
    """Put before a view with `?next=` of Django's, which sees to it that the host is the own one."""

    def get_redirect_url(self) -> str:
        target = super().get_redirect_url()
        return "" if urlsplit(target).path.startswith(_DOORS) else target
