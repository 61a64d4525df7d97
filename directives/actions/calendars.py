"""The private address of a calendar: made, made anew and taken away by its person."""

import hashlib
import secrets

from django.db import transaction

from directives.models import CalendarKey
from ntm_portal.accounts.models import User
from ntm_portal.core import clock


def digest_of(key: str) -> str:
    """What is stored of a key. A key has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def make_calendar(user: User) -> str:
    """A new key of this person, which cannot be read again; an older one opens nothing from now on."""
    key = secrets.token_urlsafe(32)
    CalendarKey.objects.update_or_create(user=user, defaults={"digest": digest_of(key), "made_at": clock.now()})
    return key


@transaction.atomic
def revoke_calendar(user: User) -> bool:
    """Take the address away; whether there was one."""
    held = CalendarKey.objects.filter(user=user).first()
    if held is None:
        return False
    held.delete()
    return True
