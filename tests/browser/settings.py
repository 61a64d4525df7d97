"""As `make run` serves it, but everything a run writes stays in the folder of the run."""

from ntm_portal import env
from ntm_portal.settings.dev import *  # noqa: F403
from ntm_portal.settings.dev import PASSWORD_HASHERS

SECRET_KEY = "only-for-browser-tests"
STATIC_ROOT = env.text("NTM_STATIC_ROOT")
# The copied test database holds quick hashes; the first sign-in replaces them.
PASSWORD_HASHERS = [*PASSWORD_HASHERS, "django.contrib.auth.hashers.MD5PasswordHasher"]
