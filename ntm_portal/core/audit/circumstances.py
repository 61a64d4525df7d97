"""Who acts, from where and under what: known for a request or a command, read when something is recorded."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from ntm_portal.core.address import client_address

SYSTEM = "hệ thống"
STRANGER = "người chưa đăng nhập"
_REQUEST: ContextVar[HttpRequest | None] = ContextVar("ntm_audit_request", default=None)
_ACTOR: ContextVar[str] = ContextVar("ntm_audit_actor", default="")
_UNDER: ContextVar[str] = ContextVar("ntm_audit_under", default="")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Id and name as they are now; `under` is the report, import, command or address under which it happens."""

    user_id: int | None = None
    user_name: str = ""
    address: str = ""
    under: str = ""


def name_of(user) -> str:
    """A person as the trail names them for good: the name and what they sign in with."""
    username = user.get_username()
    return username if str(user) == username else f"{user} ({username})"


def of_request(request: HttpRequest, user=None) -> Circumstances:
    """The circumstances of a request; `user` when its own is not the one who acts."""
    user = user or getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    token = getattr(getattr(request, "auth", None), "token_id", None)
    under = _UNDER.get() or request.path + (f" (mã API số {token})" if token else "")
    return Circumstances(
        user.pk if is_known else None, name_of(user) if is_known else STRANGER, client_address(request.META), under
    )


def current() -> Circumstances:
    """Who acts right now."""
    request = _REQUEST.get()
    if request is not None:
        return of_request(request)
    return Circumstances(user_name=_ACTOR.get() or _command_line(), under=_UNDER.get())


def _command_line() -> str:
    """Django's own commands run without telling us."""
    is_command = len(sys.argv) > 1 and Path(sys.argv[0]).name in {"manage.py", "django-admin"}
    return f"{SYSTEM}: {sys.argv[1]}" if is_command else SYSTEM


@contextmanager
def _set(variable: ContextVar, value: object) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def acting_as(name: str):
    """Inside the block the portal itself acts, under that name."""
    return _set(_ACTOR, name)


def under(what: str):
    """Inside the block everything happens under that report, import or act."""
    return _set(_UNDER, what)


class AuditMiddleware:
    """Lets whatever is recorded during a request know whose it is; the person is asked for only then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with _set(_REQUEST, request):
            return self.get_response(request)
