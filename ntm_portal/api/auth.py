"""Who calls the API: a token or a browser session; and how often."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from time import monotonic, time

from django.conf import settings
from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.throttling import BaseThrottle

from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.accounts.permissions import may
from ntm_portal.accounts.trail import token_used
from ntm_portal.core import clock
from ntm_portal.core.ledger import Position

CALLER = "ntm.caller"
"""Where the WSGI layer leaves the caller that it found."""
_PREFIX = "Token "
_WINDOW = 60.0
_FIND_CALLER = """
SELECT t.id, t.user_id, c.epoch, c.position, t.role, t.last_used_on = %s
FROM accounts_apitoken t
JOIN accounts_user u ON u.id = t.user_id
CROSS JOIN core_ledgercounter c
WHERE t.digest = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s) AND u.is_active
  AND ((u.is_superuser AND t.role IN ('', 'ADMIN')) OR EXISTS (
    SELECT 1 FROM accounts_membership m WHERE m.user_id = u.id AND t.role IN ('', m.role)))
"""
_FIND_CALLER_SQLITE = _FIND_CALLER.replace("%s", "?")


@dataclass(frozen=True, slots=True)
class Caller:
    """A token in force of an active user with its role, and the ledger position read with it.

    `is_noted` tells that the token's use today is written down already.
    """

    token_id: int
    user_id: int
    position: Position
    role: str
    is_noted: bool


def token_in(header: str) -> str | None:
    """The key in an Authorization header; none when it is of another kind."""
    return header[len(_PREFIX) :].strip() if header.startswith(_PREFIX) else None


@lru_cache(maxsize=1)
def _moment(second: int, vendor: str, day: date | None) -> tuple[object, object]:
    """Today and the present as the database compares them; made anew each second."""
    return connection.ops.adapt_datefield_value(clock.today()), connection.ops.adapt_datetimefield_value(clock.now())


def find_caller(key: str) -> Caller | None:
    """The caller with this key, with the position, in one hand-written query.

    This is the hot path, so it goes to the driver's own cursor: Django's wrappers cost more than the query.
    Raises DatabaseError when the connection is gone.
    """
    connection.ensure_connection()
    vendor = connection.vendor
    sql = _FIND_CALLER if vendor == "postgresql" else _FIND_CALLER_SQLITE
    today, now = _moment(int(time()), vendor, settings.DEMO_DATE)
    with connection.wrap_database_errors:
        cursor = connection.connection.cursor()
        cursor.execute(sql, (today, ApiToken.digest_of(key), now))
        row = cursor.fetchone()
        cursor.close()
    return Caller(row[0], row[1], Position(row[2], row[3]), row[4], bool(row[5])) if row else None


def note_use(caller: Caller) -> None:
    """Write down that the token was used today, once a day; never inside a view, where reading must not write."""
    if not caller.is_noted:
        ApiToken.objects.filter(pk=caller.token_id).update(last_used_on=clock.today())


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token <key>`."""

    def authenticate(self, request):
        key = token_in(request.META.get("HTTP_AUTHORIZATION", ""))
        if key is None:
            return None
        caller = request.META.get(CALLER) or find_caller(key)
        if caller is None:
            raise AuthenticationFailed("Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi.")
        token_used(caller.token_id, request.META)
        if request.method not in SAFE_METHODS:
            note_use(caller)
        return User.with_scope(caller.user_id, role=caller.role), caller

    def authenticate_header(self, request) -> str:
        return "Token"


class MayReadStatus(BasePermission):
    """Reading is open to every role, and to everyone where the province opened it."""

    message = "Vai trò của bạn không được xem thông tin này."

    def has_permission(self, request, view) -> bool:
        if settings.PUBLIC_READ and request.method in SAFE_METHODS and getattr(view, "is_public", False):
            return True
        return may(request.user, "read_status")


class Allowance:
    """Requests of each caller in the running minute, counted in this process."""

    def __init__(self) -> None:
        self._counts: dict[object, int] = {}
        self._until = 0.0
        self._lock = Lock()

    def wait(self, caller: object) -> float | None:
        """Count one request; none when it is allowed, else the seconds until the next minute."""
        limit = settings.API_RATE_PER_MINUTE
        if not limit:
            return None
        now = monotonic()
        with self._lock:
            if now >= self._until:
                self._counts.clear()
                self._until = now + _WINDOW
            count = self._counts[caller] = self._counts.get(caller, 0) + 1
        return self._until - now if count > limit else None

    def reset(self) -> None:
        """Start a new minute."""
        self._until = 0.0


ALLOWANCE = Allowance()


class CallerThrottle(BaseThrottle):
    """The same allowance for requests that are not answered from memory."""

    def allow_request(self, request, view) -> bool:
        caller = request.auth.token_id if isinstance(request.auth, Caller) else ("user", request.user.pk)
        self._wait = ALLOWANCE.wait(caller)
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait
