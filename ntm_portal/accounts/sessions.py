"""Sessions that end: after a time without a page, and after half a day in any case.

The row of a session holds when it ends, so an old one is refused by the database's own clock and `clearsessions`
finds it. Writing that on every page would make each reading a write; it is written anew once a tenth of the idle
time has gone by, so a session ends up to a tenth earlier than the idle time after its last page, never later.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

_BEGAN = "began"
_SEEN = "seen"


class SessionStore(DatabaseSessions):
    """Knows when it began and when it was last written."""

    @classmethod
    def get_model_class(cls):
        return DatabaseSessions.get_model_class()

    def save(self, must_create: bool = False) -> None:
        now = timezone.now().timestamp()
        self.setdefault(_BEGAN, now)
        self[_SEEN] = now
        super().save(must_create)

    def cycle_key(self) -> None:
        """Somebody has just shown a password or a code: the longest time counts from now."""
        self.pop(_BEGAN, None)
        super().cycle_key()

    def get_expiry_age(self, **kwargs) -> int:
        """Seconds until it ends when nothing more is asked; no row outlives the longest time."""
        now = timezone.now().timestamp()
        most = self.get(_BEGAN, now) + settings.SESSION_LONGEST.total_seconds() - now
        return int(max(0, min(settings.SESSION_COOKIE_AGE, most)))

    def get_expiry_date(self, **kwargs) -> datetime:
        return timezone.now() + timedelta(seconds=self.get_expiry_age())

    def is_due(self) -> bool:
        """Whether a tenth of the idle time has gone by since the end was written."""
        return timezone.now().timestamp() - self.get(_SEEN, 0) >= settings.SESSION_COOKIE_AGE / 10


class KeepSessionMiddleware:
    """Puts off the end of the session of somebody who is at work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        # What nobody looked at is not read now: a call with a token has no session.
        if session.accessed and SESSION_KEY in session and session.is_due():
            session.modified = True
        return response
