"""A second factor beside the password: codes from an app (TOTP), and eight codes on paper for the day it is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY, verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from ntm_portal.accounts.models import User
from ntm_portal.accounts.scope import Role
from ntm_portal.core import audit

BACKUP_CODES = 8
REQUIRED_OF = frozenset({Role.ADMIN, Role.COORDINATOR})
_NAME = "Ứng dụng xác thực"


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as one SVG path, with a quiet zone of four modules."""

    size: int
    path: str


def device_of(user: User) -> TOTPDevice | None:
    """The app that is in use."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def unconfirmed(user: User) -> TOTPDevice | None:
    """The app that is being set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def backup_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def is_required(user: User) -> bool:
    """Whether the office asks it of this person's roles."""
    return settings.REQUIRE_2FA and user.scope.has_any(REQUIRED_OF)


def is_shown(session) -> bool:
    """Whether this session was opened with the second factor."""
    return DEVICE_ID_SESSION_KEY in session


@transaction.atomic
def begin_enrolment(user: User) -> None:
    """A new secret, in place of one that was never confirmed."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    TOTPDevice.objects.create(user=user, name=_NAME, confirmed=False)


@transaction.atomic
def confirm(device: TOTPDevice) -> list[str]:
    """Take the app into use, after its first right code; returns the backup codes, to be shown once."""
    remove(device.user, but=device)
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    backup = StaticDevice.objects.create(user=device.user, name="Mã dự phòng")
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=backup, token=code) for code in codes)
    audit.record(audit.Kind.SECOND_FACTOR_ON, device.user)
    return codes


@transaction.atomic
def remove(user: User, *, but: TOTPDevice | None = None) -> None:
    """The password alone opens the account again; also for a person who lost the app and the paper."""
    if but is None and device_of(user) is not None:
        audit.record(audit.Kind.SECOND_FACTOR_OFF, user)
    TOTPDevice.objects.filter(user=user).exclude(pk=but.pk if but else None).delete()
    StaticDevice.objects.filter(user=user).delete()


def _device_for(user: User, code: str) -> Device | None:
    """Six digits come from the app, anything else from the paper."""
    if len(code) == 6 and code.isdecimal():
        return device_of(user)
    return StaticDevice.objects.filter(user=user, confirmed=True).first()


def check(user: User, typed: str, device: Device | None = None) -> tuple[Device | None, str]:
    """The device that a code is right for, or why there is none; wrong codes make one wait longer each time."""
    code = "".join(typed.split()).lower()
    device = device or _device_for(user, code)
    if device is None:
        return None, "Mã không đúng."
    allowed, why = device.verify_is_allowed()
    if not allowed:
        seconds = ceil((why["locked_until"] - timezone.now()).total_seconds())
        return None, f"Đã nhập sai nhiều lần; hãy chờ {max(seconds, 1)} giây rồi nhập lại."
    found = verify_token(user, device.persistent_id, code)
    return found, "" if found else "Mã không đúng hoặc đã dùng. Hãy xem lại giờ của điện thoại."


def _dark_runs(matrix) -> Iterator[str]:
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                yield f"M{x + 4} {y + 4}h1v1h-1z"


def picture_of(device: TOTPDevice) -> Picture:
    """What the app photographs."""
    matrix = segno.make(device.config_url, error="m").matrix
    return Picture(len(matrix) + 8, "".join(_dark_runs(matrix)))
