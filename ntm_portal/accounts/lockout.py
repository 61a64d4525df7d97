"""Too many wrong passwords for one account from one address close that door for a while."""

from datetime import timedelta
from math import ceil

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ntm_portal.accounts.models import User
from ntm_portal.core import audit


class LockoutHandler(AxesDatabaseHandler):
    """Knows the address also where the second factor completes a sign-in, a request that asks for no password."""

    def user_logged_in(self, sender, request, user, **kwargs) -> None:
        AxesProxyHandler.update_request(request)
        super().user_logged_in(sender, request, user, **kwargs)

    def user_logged_out(self, sender, request, user, **kwargs) -> None:
        AxesProxyHandler.update_request(request)
        super().user_logged_out(sender, request, user, **kwargs)


def _seconds_left(username: str, address: str | None) -> float:
    failed = AccessAttempt.objects.filter(username=username, ip_address=address).order_by("-attempt_time").first()
    since = failed.attempt_time if failed else timezone.now()
    return max((since + settings.AXES_COOLOFF_TIME - timezone.now()).total_seconds(), 1)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict) -> HttpResponse:
    """The page that says until when; the same for an account that exists and one that does not."""
    username = credentials["username"]
    seconds = _seconds_left(username, request.axes_ip_address)
    until = timezone.localtime(timezone.now() + timedelta(seconds=seconds))
    context = {
        "title": "Tạm khóa đăng nhập",
        "username": username,
        "minutes": ceil(seconds / 60),
        "until": until,
        "limit": settings.AXES_FAILURE_LIMIT,
    }
    answer = render(request, "accounts/locked.html", context, status=429)
    answer["Retry-After"] = str(ceil(seconds))
    return answer


def is_locked(username: str) -> bool:
    """Whether the account is closed from one address at least."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    failed = AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
    by_address: dict[str | None, int] = {}
    for address, count in failed.values_list("ip_address", "failures_since_start"):
        by_address[address] = by_address.get(address, 0) + count
    return any(count >= settings.AXES_FAILURE_LIMIT for count in by_address.values())


def unlock(user: User) -> None:
    """Forget the failures of an account from all addresses; the trail tells it when there were any."""
    if AxesProxyHandler.reset_attempts(username=user.username):
        audit.record(audit.Kind.UNLOCKED, user)


def password_fits(request: HttpRequest, user: User, password: str) -> bool:
    """Whether it is the person's password; a wrong one is counted and told like one at the door."""
    return authenticate(request, username=user.username, password=password) == user
