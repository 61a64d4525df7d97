"""What every answer carries whoever gave it, and how much may be sent."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

# The portal asks a browser for none of these; who injects a frame or a script shall not either.
_CLOSED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
    "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{feature}=()" for feature in _CLOSED)


def fixed_headers() -> dict[str, str]:
    """Headers of every answer, also of one that stopped before the other middleware saw it."""
    return {
        HEADER: build_policy(),
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }


def check_size(request: HttpRequest) -> None:
    """Raise RequestDataTooBig by what the request says of itself, before a byte of it is read.

    Django counts form fields but not files, and the API's parsers not at all.
    """
    has_files = request.content_type == "multipart/form-data"
    most = settings.UPLOAD_MOST_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    said = request.META.get("CONTENT_LENGTH") or "0"
    if said.isdecimal() and int(said) > most:
        raise RequestDataTooBig(f"{said} bytes where at most {most} are taken.")


class SizeLimitMiddleware:
    """Refuses what is too large before anything looks at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        check_size(request)
        return self.get_response(request)


class FixedHeadersMiddleware:
    """Outside of all that may answer: redirects to TLS, refused hosts, static files and errors get them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in fixed_headers().items():
            response.headers.setdefault(name, value)
        return response
