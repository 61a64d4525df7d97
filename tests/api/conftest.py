"""A caller with a token, as another system would be."""

import pytest
from django.test import Client

from ntm_portal.accounts.models import ApiToken
from ntm_portal.api.auth import ALLOWANCE
from ntm_portal.core import clock

BASE = "/api/v1/"


class Caller:
    """GETs under /api/v1/ with a token."""

    def __init__(self, key: str) -> None:
        self.headers = {"Authorization": f"Token {key}", "Host": "testserver"}
        self.client = Client()

    def get(self, path: str, headers: dict | None = None):
        return self.client.get(BASE + path, headers=self.headers | (headers or {}))

    def json(self, path: str) -> dict:
        response = self.get(path)
        assert response.status_code == 200, response.content.decode()
        return response.json()


@pytest.fixture
def token_key(coordinator) -> str:
    return ApiToken.issue(coordinator, "thử", at=clock.now())[1]


@pytest.fixture
def api(token_key) -> Caller:
    ALLOWANCE.reset()
    return Caller(token_key)
