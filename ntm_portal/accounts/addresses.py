"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address that the outermost of our own proxies saw, or that of the connection where there is none.

    Anyone can write X-Forwarded-For; only its last entries, one for each trusted proxy, were not written by the caller.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count = settings.TRUSTED_PROXY_COUNT
    if 0 < count <= len(seen):
        try:
            return str(ip_address(seen[-count]))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR") or None
