"""Where a request comes from, believing only the proxies that the settings count."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings


def client_address(meta: Mapping[str, Any]) -> str:
    """The caller's address: that of the connection, or what the outermost of our own proxies saw.

    Each proxy adds the address it was called from at the end of X-Forwarded-For; what stands before the part of
    our own `TRUSTED_PROXIES` proxies was written by the caller, who may write anything.
    """
    connected = str(meta.get("REMOTE_ADDR") or "")
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return connected[:45]
    named = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",") if part.strip()]
    return (named[-proxies] if len(named) >= proxies else connected)[:45]
