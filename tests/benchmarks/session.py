"""A signed-in browser session for the benchmark."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from ntm_portal.accounts.models import User
from ntm_portal.accounts.sessions import SessionStore


def make_session() -> None:
    """Print the key of a new session of the coordinator."""
    user = User.objects.get(username="dieuphoi")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "ntm_portal.accounts.permissions.RoleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
