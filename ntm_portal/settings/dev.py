"""A portal on one's own machine (`make run`): SQLite in var/, mail printed, a key of its own."""

import secrets
from pathlib import Path

from ntm_portal import env
from ntm_portal.settings.base import *  # noqa: F403
from ntm_portal.settings.base import VAR_DIR, database_at


def _own_key() -> str:
    """A secret key made at the first start and kept beside the database, so that sessions survive a restart."""
    path: Path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        path.chmod(0o600)
    return path.read_text(encoding="utf-8")


SECRET_KEY = env.text("SECRET_KEY", "") or _own_key()
DEBUG = env.flag("NTM_DEBUG")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# E-mails are printed where the server runs.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
PORTAL_URL = "http://127.0.0.1:8000"

DATABASES = {"default": database_at(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR}/portal.sqlite3"))}
