"""Which role may do which act, one table; the admin site asks the same table."""

from django.contrib.auth.backends import ModelBackend

from ntm_portal.accounts.models import User
from ntm_portal.accounts.scope import Role
from ntm_portal.core.errors import DomainError

MAY = {
    "read_status": frozenset(Role),
    "edit_master_data": frozenset({Role.ADMIN, Role.COORDINATOR}),
    "see_design": frozenset({Role.ADMIN, Role.COORDINATOR}),
    "manage_accounts": frozenset({Role.ADMIN}),
    "read_audit": frozenset({Role.ADMIN, Role.COORDINATOR}),
}
# What the admin site lets each act change; viewing goes with it, and read_status lets staff view the rest.
_ADMIN_ACTS = dict.fromkeys(("communes", "criteria", "directives", "reports"), "edit_master_data")
_ADMIN_ACTS |= {"accounts": "manage_accounts"}
_ADMIN_ACTS |= dict.fromkeys(("accounts.department", "accounts.sponsorship"), "edit_master_data")


class NotAllowedError(DomainError):
    """The role does not allow the act."""

    code = "not_allowed"
    status = 403


def may(user, act: str) -> bool:
    """Whether an active person with one of the roles of that act asks."""
    return bool(user.is_authenticated and user.is_active and user.scope.has_any(MAY[act]))


def require(user, act: str) -> None:
    """Raise NotAllowedError unless the person may do the act."""
    if not may(user, act):
        raise NotAllowedError("Vai trò của bạn không được làm việc này.", act=act)


class RoleBackend(ModelBackend):
    """Signs in with a password; answers the admin's questions from roles instead of stored permissions."""

    def get_user(self, user_id) -> User | None:
        """Who holds a session, with the rights of this moment, while the account is active."""
        user = User.with_scope(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        """`app.verb_model`: change, add and delete go with the app's act; accounts are the administrator's."""
        if not user_obj.is_active:
            return False
        app, _, codename = perm.partition(".")
        verb, _, model = codename.partition("_")
        act = _ADMIN_ACTS.get(f"{app}.{model}") or _ADMIN_ACTS.get(app)
        if act is None:
            return False
        if verb == "view" and act == "edit_master_data":
            return may(user_obj, "read_status")
        return may(user_obj, act)

    def has_module_perms(self, user_obj, app_label) -> bool:
        """Whether the app shows at all in the admin."""
        return any(
            self.has_perm(user_obj, f"{app}.view_{model}")
            for app, _, model in (name.partition(".") for name in _ADMIN_ACTS)
            if app == app_label
        )

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        return set()
