"""How long one stays signed in, and that staying costs no write on each page."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.sessions import SessionStore

PAGE = "/tai-khoan/"
IDLE = timedelta(seconds=configured.SESSION_COOKIE_AGE)


@pytest.fixture
def at_work(client, officer):
    """Browser of somebody who has just signed in through the form."""
    client.post("/dang-nhap/", {"username": "soyte", "password": DEMO_PASSWORD})
    return client


def go_back(browser, by: timedelta) -> None:
    """Let the session be as old as if so much time had passed since it was last written."""
    row = Session.objects.get(pk=browser.cookies[configured.SESSION_COOKIE_NAME].value)
    store = SessionStore(row.pk)
    data = store.decode(row.session_data)
    data |= {name: data[name] - by.total_seconds() for name in ("began", "seen")}
    Session.objects.filter(pk=row.pk).update(session_data=store.encode(data), expire_date=row.expire_date - by)


def end_of(browser) -> timedelta:
    """How far off the end is, to the minute."""
    row = Session.objects.get(pk=browser.cookies[configured.SESSION_COOKIE_NAME].value)
    return timedelta(minutes=round((row.expire_date - timezone.now()).total_seconds() / 60))


def writes_of(browser) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(PAGE).status_code == 200
    return sum(query["sql"].startswith("UPDATE") for query in asked)


def test_idle_session_ends(at_work):
    go_back(at_work, IDLE + timedelta(seconds=1))
    assert at_work.get(PAGE).headers["Location"] == f"/dang-nhap/?next={PAGE}"


def test_session_at_work_is_put_off_once_a_tenth_of_the_idle_time(at_work):
    assert writes_of(at_work) == 0
    go_back(at_work, IDLE / 10 + timedelta(seconds=1))
    assert (writes_of(at_work), writes_of(at_work), end_of(at_work)) == (1, 0, IDLE)


def test_nobody_stays_longer_than_half_a_day(at_work):
    for _ in range(13):
        go_back(at_work, timedelta(minutes=54))
        assert at_work.get(PAGE).status_code == 200
    assert end_of(at_work) == timedelta(hours=12) - 13 * timedelta(minutes=54)
    go_back(at_work, timedelta(minutes=18))
    assert at_work.get(PAGE).status_code == 302


def test_sign_in_starts_the_longest_time_anew(client, officer):
    client.get("/dat-lai-mat-khau/MQ/x/")
    session = client.session
    session["began"] = timezone.now().timestamp() - 11.5 * 3600
    session.save()
    client.post("/dang-nhap/", {"username": "soyte", "password": DEMO_PASSWORD})
    assert end_of(client) == IDLE


def test_idle_time_comes_from_the_settings(client, officer, settings):
    settings.SESSION_COOKIE_AGE = 600
    client.post("/dang-nhap/", {"username": "soyte", "password": DEMO_PASSWORD})
    assert end_of(client) == timedelta(minutes=10)
    assert client.cookies[configured.SESSION_COOKIE_NAME]["max-age"] in {599, 600}
