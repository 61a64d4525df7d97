"""The suite: SQLite by default, PostgreSQL with NTM_TEST_DB=postgres (tests/conftest.py fills in the address)."""

from ntm_portal import env
from ntm_portal.settings.base import *  # noqa: F403
from ntm_portal.settings.base import REST_FRAMEWORK, SQLITE_OPTIONS, VAR_DIR

SECRET_KEY = "only-for-tests"  # noqa: S105  # nosec B105
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PORTAL_URL = "http://testserver"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEMO_DATE = None
API_RATE_PER_MINUTE = 0
FILES_DIR = VAR_DIR / "test-files"
REST_FRAMEWORK = {**REST_FRAMEWORK}
# Never the files of a portal that runs beside the suite: they change while it does.
STATIC_ROOT = VAR_DIR / "static-of-tests"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

if env.text("NTM_TEST_DB", "sqlite") == "postgres":
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "ntm"}}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "test.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
        }
    }
