"""As `make run` serves it, but everything a run writes stays in the folder of the run."""

from ntm_portal import env
from ntm_portal.settings.base import STORAGES
from ntm_portal.settings.dev import *  # noqa: F403
from ntm_portal.settings.dev import PASSWORD_HASHERS

SECRET_KEY = "only-for-browser-tests"
STATIC_ROOT = env.text("NTM_STATIC_ROOT")
# Manifest names as in production; the compressed copies would only cost time.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
# The copied test database holds quick hashes; the first sign-in replaces them.
PASSWORD_HASHERS = [*PASSWORD_HASHERS, "django.contrib.auth.hashers.MD5PasswordHasher"]
