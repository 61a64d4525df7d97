"""Signing in and out, and the use of tokens, in the audit trail: acts that change no row of ours."""

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import DatabaseError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.core import audit, clock, text
from ntm_portal.core.address import client_address
from ntm_portal.core.audit import AuditEntry, Circumstances, Kind
from ntm_portal.core.ledger import Memory

_LOGGER = logging.getLogger(__name__)
_TOKENS_SEEN = Memory(20_000)
"""(token, day, address) that this process has recorded, or found recorded."""


def _by(request: HttpRequest | None, user: User | None) -> Circumstances:
    if request is not None:
        return audit.of_request(request, user)
    return Circumstances(user.pk, audit.name_of(user)) if user else audit.current()


@receiver(user_logged_in, dispatch_uid="ntm_signed_in")
def _signed_in(request, user, **_: object) -> None:
    audit.record(Kind.SIGNED_IN, user, by=_by(request, user))


@receiver(user_logged_out, dispatch_uid="ntm_signed_out")
def _signed_out(request, user, **_: object) -> None:
    """Whoever signs out without being signed in did nothing."""
    if user is not None:
        audit.record(Kind.SIGNED_OUT, user, by=_by(request, user))


@receiver(user_login_failed, dispatch_uid="ntm_sign_in_failed")
def _sign_in_failed(credentials: Mapping[str, Any], request=None, **_: object) -> None:
    """With the name as typed; Django has already taken the password out."""
    typed = text.clean(str(credentials.get("username", "")))[:150]
    known = User.objects.filter(username=typed).first() if typed else None
    audit.record(Kind.SIGN_IN_FAILED, known, name="" if known else f"“{typed}”", by=_by(request, None))


def _with_token(token_id: int, meta: Mapping[str, Any]) -> tuple[ApiToken, Circumstances]:
    token = ApiToken.objects.select_related("user").get(pk=token_id)
    under = f"{meta.get('PATH_INFO', '')} (mã API số {token_id})"
    return token, Circumstances(token.user_id, audit.name_of(token.user), client_address(meta), under)


def file_given(token_id: int, meta: Mapping[str, Any], name: str) -> None:
    """Record a file that was given from memory, before Django was asked."""
    try:
        _, by = _with_token(token_id, meta)
        audit.record_anyway(Kind.EXPORTED, name=name, note=meta.get("QUERY_STRING", ""), by=by)
    except (DatabaseError, ApiToken.DoesNotExist):
        _LOGGER.exception("The audit trail could not take a file given to token %s", token_id)


def token_used(token_id: int, meta: Mapping[str, Any]) -> None:
    """Record the first use of a token on a day from an address; it costs a look into memory afterwards.

    A trail that cannot be written is logged: the caller gets the answer all the same.
    """
    address, day = client_address(meta), clock.local(clock.real_now()).date()
    key = (token_id, day, address)
    if _TOKENS_SEEN.find(key):
        return
    _TOKENS_SEEN.keep(key, True)
    try:
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        used = AuditEntry.objects.since(midnight).filter(kind=Kind.TOKEN_USED, address=address)
        if not used.filter(model=ApiToken._meta.label_lower, record_id=token_id).exists():
            token, by = _with_token(token_id, meta)
            audit.record(Kind.TOKEN_USED, token, by=by)
    except (DatabaseError, ApiToken.DoesNotExist):
        _LOGGER.exception("The audit trail could not take the use of token %s", token_id)
