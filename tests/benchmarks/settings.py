"""As `make run` serves it, with the server's own time of each answer in Server-Timing."""

from ntm_portal.settings.dev import *  # noqa: F403
from ntm_portal.settings.dev import MIDDLEWARE

MIDDLEWARE = ["tests.benchmarks.timing.ServerTimingMiddleware", *MIDDLEWARE]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
