"""A caller with a token, as another system would be."""

import pytest
from django.test import Client

from ntm_portal.accounts.models import ApiToken, User
from ntm_portal.api.auth import ALLOWANCE
from ntm_portal.core import clock

BASE = "/api/v1/"


class Caller:
    """Calls under /api/v1/ with a token."""

    def __init__(self, key: str) -> None:
        self.headers = {"Authorization": f"Token {key}", "Host": "testserver"}
        self.client = Client()

    def get(self, path: str, headers: dict | None = None):
        return self.client.get(BASE + path, headers=self.headers | (headers or {}))

    def json(self, path: str) -> dict:
        response = self.get(path)
        assert response.status_code == 200, response.content.decode()
        return response.json()

    def post(self, path: str, body: object = None, headers: dict | None = None):
        return self._send("post", path, {} if body is None else body, headers)

    def patch(self, path: str, body: object, headers: dict | None = None):
        return self._send("patch", path, body, headers)

    def _send(self, method: str, path: str, body: object, headers: dict | None):
        send = getattr(self.client, method)
        told = self.headers | (headers or {})
        return send(BASE + path, body, content_type="application/json", headers=told)


def caller_of(user: User) -> Caller:
    ALLOWANCE.reset()
    return Caller(ApiToken.issue(user, "thử", at=clock.now())[1])


@pytest.fixture
def office(coordinator) -> Caller:
    """The coordination office as another system."""
    return caller_of(coordinator)


@pytest.fixture
def health(officer) -> Caller:
    """The department of health as another system."""
    return caller_of(officer)


@pytest.fixture
def token_key(coordinator) -> str:
    return ApiToken.issue(coordinator, "thử", at=clock.now())[1]


@pytest.fixture
def api(token_key) -> Caller:
    ALLOWANCE.reset()
    return Caller(token_key)
