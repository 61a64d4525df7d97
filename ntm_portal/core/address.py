"""Where a request comes from, believing only the proxies that the settings count."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(meta: Mapping[str, Any]) -> str:
    """The caller's address: that of the connection, or what the outermost of our own proxies saw.

    Each proxy adds the address it was called from at the end of X-Forwarded-For; what stands before the part of
    our own `TRUSTED_PROXIES` proxies was written by the caller, who may write anything.
    """
    connected = str(meta.get("REMOTE_ADDR") or "")[:45]
    named = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",")]
    if not 0 < settings.TRUSTED_PROXIES <= len(named):
        return connected
    try:
        return str(ip_address(named[-settings.TRUSTED_PROXIES]))
    except ValueError:
        return connected


def address_of(request: HttpRequest) -> str | None:
    """The same for a request; none where the connection has no address."""
    return client_address(request.META) or None
