"""Notices: each is written once, stands in the portal, and follows by e-mail as its recipient chose.

Apps above register their kinds from their own `notices` module, which `AccountsConfig.ready` loads.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial, reduce
from operator import or_

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from ntm_portal.accounts.models import Membership, Notice, NoticePreference, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock

_LOGGER = logging.getLogger(__name__)
MOST_AT_ONCE = 20
"""E-mails that an act sends itself; the rest leaves with the next `send_reminders`, so that nobody waits for it."""
_BATCH = 100
Delivery = Notice.Delivery


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What a kind of notice is called, who gets it, and how it goes by e-mail until its recipient says otherwise."""

    label: str
    role: Role
    delivery: Notice.Delivery = Notice.Delivery.AT_ONCE


KINDS: dict[str, NoticeKind] = {}
"""Every kind of notice of the portal."""


def register_kinds(kinds: Mapping[str, NoticeKind]) -> None:
    """Add an app's kinds. A kind of the same name must not mean something else."""
    for name, kind in kinds.items():
        if KINDS.setdefault(name, kind) is not kind:
            raise ImproperlyConfigured(f"The kind of notice {name} is registered twice.")


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is to be told. `key` says what about: it is told once, whoever asks again."""

    recipient: User
    key: str
    subject: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """E-mails that left, and those that could not and will be tried again."""

    sent: int = 0
    failed: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.sent + other.sent, self.failed + other.failed)


def officers_of(departments: Iterable[int]) -> dict[int, list[User]]:
    """Active officers by the body that they work for (one query)."""
    rows = Membership.objects.filter(
        department__in=set(departments), role=Role.OFFICER, user__is_active=True
    ).select_related("user")
    found: dict[int, list[User]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.department_id].append(row.user)
    return found


def coordinators() -> list[User]:
    """Active people of the coordination office."""
    return list(User.objects.filter(memberships__role=Role.COORDINATOR, is_active=True).distinct().order_by("pk"))


def notify(kind: str, recipients: Iterable[User], *, key: str, subject: str, text: str, url: str) -> int:
    """Tell people the same thing, each once; returns how many had not been told."""
    return len(notify_each(kind, [Message(person, key, subject, text, url) for person in recipients]))


def notify_each(kind: str, messages: Iterable[Message]) -> list[Message]:
    """Tell each person what concerns them, once (at most three queries); returns the messages that were new.

    E-mails leave when the transaction is committed. One that fails is logged and tried again later: it never
    undoes what it tells of.
    """
    wanted = {(m.recipient.pk, m.key): m for m in messages}
    people, keys = {pk for pk, _ in wanted}, {key for _, key in wanted}
    if not wanted:
        return []
    held = set(Notice.objects.filter(recipient__in=people, key__in=keys).values_list("recipient_id", "key"))
    fresh = [message for about, message in wanted.items() if about not in held]
    if fresh:
        chosen = dict(NoticePreference.objects.filter(kind=kind, user__in=people).values_list("user_id", "delivery"))
        Notice.objects.bulk_create((_written(kind, m, chosen) for m in fresh), ignore_conflicts=True)
        told = {(m.recipient.pk, m.key) for m in fresh}
        transaction.on_commit(partial(_mail_at_once, told), robust=True)
    return fresh


def _written(kind: str, message: Message, chosen: Mapping[int, str]) -> Notice:
    delivery = chosen.get(message.recipient.pk, KINDS[kind].delivery)
    return Notice(
        recipient=message.recipient,
        kind=kind,
        key=message.key,
        subject=" ".join(message.subject.split())[:200],
        text=message.text[:5_000],
        url=message.url,
        delivery=delivery if message.recipient.email else Delivery.PORTAL,
        created_at=clock.now(),
    )


def settle(starts: Sequence[str]) -> None:
    """Mark as read what needs nobody's attention any more, by how the keys begin."""
    for first in range(0, len(starts), _BATCH):
        about = reduce(or_, (Q(key__startswith=start) for start in starts[first : first + _BATCH]))
        Notice.objects.unread().filter(about).update(read_at=clock.now())


def _mail_at_once(told: Collection[tuple[int, str]]) -> None:
    rows = Notice.objects.to_mail(Delivery.AT_ONCE).filter(
        recipient__in={pk for pk, _ in told}, key__in={key for _, key in told}
    )
    mail_each([row for row in rows if (row.recipient_id, row.key) in told][:MOST_AT_ONCE])


def mail_each(notices: Sequence[Notice]) -> Delivered:
    """Send each notice as an e-mail of its own."""
    return _mail([(notice.subject, [notice]) for notice in notices])


def mail_digests() -> Delivered:
    """Send everybody who wants one e-mail a day what has come together, unless today's has left already."""
    midnight = datetime.combine(clock.today(), time.min, timezone.get_default_timezone())
    had = Notice.objects.filter(delivery=Delivery.DIGEST, emailed_at__gte=midnight).values("recipient")
    waiting: dict[int, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.to_mail(Delivery.DIGEST).exclude(recipient__in=had):
        waiting[notice.recipient_id].append(notice)
    return _mail([(f"{len(notices)} thông báo mới", notices) for notices in waiting.values()])


def _mail(letters: Sequence[tuple[str, list[Notice]]]) -> Delivered:
    """Send letters over one connection; where the server is away nothing more is tried."""
    done = Delivered()
    if not letters:
        return done
    try:
        with get_connection() as connection:
            for subject, notices in letters:
                done += _send(connection, subject, notices)
    except Exception:  # any backend may be configured, and each has errors of its own
        _LOGGER.exception("The mail server cannot be reached; e-mails wait for the next try")
        return done + Delivered(failed=len(letters) - done.sent - done.failed)
    return done


def _send(connection: BaseEmailBackend, subject: str, notices: list[Notice]) -> Delivered:
    """One e-mail to the recipient of the notices; marked before it leaves, so that two processes send it once."""
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    if not rows.filter(emailed_at__isnull=True).update(emailed_at=clock.now()):
        return Delivered()
    body = render_to_string("accounts/notice_mail.txt", {"notices": notices, "site": settings.PORTAL_URL})
    to = notices[0].recipient.email
    try:
        EmailMessage(f"[Nông thôn mới] {subject}", body, to=[to], connection=connection).send()
    except Exception:  # as above
        rows.update(emailed_at=None)
        _LOGGER.exception("An e-mail to %s could not be sent and will be tried again", to)
        return Delivered(failed=1)
    return Delivered(sent=1)
