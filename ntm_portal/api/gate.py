"""Conditional answers: what the ledger position already answers is not computed, nor even looked at, again.

The strong ETag of a status answer is derived from the ledger position, the day, the release and the request. A
client that shows it gets 304; a body given before at the same position is given again with all its headers.
Both happen in `AnswersFromMemory`, a plain WSGI layer before Django, at the price of one query, which also
checks the token. Everything else goes its normal way, and `ConditionalAnswerMiddleware` remembers it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from ntm_portal.accounts.trail import file_given, token_used
from ntm_portal.api.auth import ALLOWANCE, CALLER, Caller, find_caller, note_use, token_in
from ntm_portal.api.problems import problem
from ntm_portal.api.renderers import JsonRenderer
from ntm_portal.core import clock, ledger
from ntm_portal.core.hardening import fixed_headers
from ntm_portal.core.release import release_digest

PREFIX = "/api/v1/"
_CACHE_CONTROL = "private, max-age=0, must-revalidate"
_NOT_MODIFIED = "304 Not Modified"
_READING = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given: its body and all its headers."""

    body: bytes
    headers: list[tuple[str, str]]
    file_name: str = ""


_ANSWERS = ledger.Memory(64 * 1024 * 1024, weigh=lambda kept: len(kept.body) + 1000)


def etag_of(environ: Mapping[str, Any], position: ledger.Position) -> str:
    """The strong ETag of what this request gets at this position."""
    asked = (
        position.epoch,
        str(position.number),
        str(clock.today()),
        release_digest(),
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT", ""),
    )
    return '"' + hashlib.blake2b("\n".join(asked).encode(), digest_size=16).hexdigest() + '"'


def etag_of_data(data: Any, kind: str, revision: int | None = None) -> str:
    """The strong ETag of an answer that does not rest on the ledger alone: made of what it says, and how."""
    said = JsonRenderer().render(data) + kind.encode() + release_digest().encode()
    digest = hashlib.blake2b(said, digest_size=16).hexdigest()
    return f'"{digest}"' if revision is None else f'"{revision}-{digest}"'


def _is_shown(etag: str, environ: Mapping[str, Any]) -> bool:
    """Whether If-None-Match names the ETag; a weak mark on it does not matter (RFC 9110, 13.1.2)."""
    shown = environ.get("HTTP_IF_NONE_MATCH", "")
    return bool(shown) and etag in (part.strip().removeprefix("W/") for part in shown.split(","))


def _is_secure(environ: Mapping[str, Any]) -> bool:
    """Whether the connection is as secure as the settings ask; if not, Django's redirect has the first word."""
    if not settings.SECURE_SSL_REDIRECT or environ["wsgi.url_scheme"] == "https":
        return True
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    return bool(header) and environ.get(header) == value


def _caller(environ: Mapping[str, Any]) -> Caller | None:
    """Who asks with a token for something that may be remembered; none leaves the request to Django."""
    if environ["REQUEST_METHOD"] not in _READING or not environ.get("PATH_INFO", "").startswith(PREFIX):
        return None
    key = token_in(environ.get("HTTP_AUTHORIZATION", ""))
    if key is None or not _is_secure(environ):
        return None
    try:
        caller = find_caller(key)
        if caller is not None:
            note_use(caller)
    except DatabaseError:
        connection.close()  # a connection that died between two requests; Django opens another
        return None
    return caller


class AnswersFromMemory:
    """WSGI: repeated API reads are answered before Django is asked."""

    def __init__(self, application: Callable) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        caller = _caller(environ)
        if caller is None:
            return self.application(environ, start_response)
        etag = etag_of(environ, caller.position)
        is_shown = _is_shown(etag, environ)
        kept = None if is_shown else _ANSWERS.find(etag)
        if not is_shown and kept is None:
            environ[CALLER] = caller
            return self.application(environ, start_response)
        wait = ALLOWANCE.wait(caller.token_id)
        if wait is not None:
            return _limited(wait, start_response)
        token_used(caller.token_id, environ)
        if is_shown:
            start_response(_NOT_MODIFIED, [("ETag", etag), ("Cache-Control", _CACHE_CONTROL)])
            return [b""]
        if kept.file_name and environ["REQUEST_METHOD"] == "GET":
            file_given(caller.token_id, environ, kept.file_name)
        start_response("200 OK", kept.headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else kept.body]


def _limited(wait: float, start_response: Callable) -> list[bytes]:
    response = problem(429, "Quá nhiều yêu cầu", "Hãy chờ rồi gọi lại.")
    headers = [*response.items(), *fixed_headers().items(), ("Retry-After", str(ceil(wait)))]
    headers.append(("Content-Length", str(len(response.content))))
    start_response(f"429 {HTTPStatus(429).phrase}", headers)
    return [response.content]


class ConditionalAnswerMiddleware:
    """Outermost in Django: gives every answer its ETag; one that rests on the ledger alone is kept as it leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        position, own = getattr(response, "ledger_position", None), getattr(response, "own_etag", None)
        if (position is None and own is None) or response.status_code != 200 or request.method not in _READING:
            return response
        etag = own or etag_of(request.META, position)
        response["ETag"] = etag
        response["Cache-Control"] = _CACHE_CONTROL
        response["Content-Length"] = str(len(response.content))
        if own is None and not response.cookies:
            _ANSWERS.keep(etag, Kept(response.content, list(response.items()), getattr(response, "file_name", "")))
        if _is_shown(etag, request.META):
            return HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": _CACHE_CONTROL})
        return response
