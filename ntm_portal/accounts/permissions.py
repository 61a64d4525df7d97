"""Which role may do which act: one table per app, one registry for all; the admin site asks the same tables.

This app keeps the shared acts and those of the units below it; apps above register theirs from their own
`permissions` module, which `AccountsConfig.ready` loads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from communes.models import Commune
from ntm_portal.accounts.models import Sponsorship, User
from ntm_portal.accounts.scope import Role, Scope, reach
from ntm_portal.core import clock
from ntm_portal.core.errors import DomainError

OFFICE = frozenset({Role.ADMIN, Role.COORDINATOR})
MAY = {
    "read_status": frozenset(Role),
    "read_own_work": frozenset(Role),
    "read_records": OFFICE | {Role.LEADER},
    "edit_master_data": OFFICE,
    "edit_contact": OFFICE | {Role.OFFICER},
    "see_design": OFFICE,
    "manage_accounts": frozenset({Role.ADMIN}),
    "read_audit": frozenset({Role.ADMIN, Role.COORDINATOR}),
}


@dataclass(frozen=True, slots=True)
class Doors:
    """Acts that open a model in the admin: to look at, to add and delete, and to change where that differs."""

    view: str
    keep: str
    change: str = ""

    def act(self, verb: str) -> str:
        """The act that a verb of Django's permissions needs."""
        if verb == "view":
            return self.view
        return (self.change or self.keep) if verb == "change" else self.keep


ACTS: dict[str, frozenset[Role]] = {}
"""Every act of the portal."""
DOORS: dict[str, Doors] = {}
"""Every model of the portal that the admin shows, as `app.model`."""


def register_acts(acts: Mapping[str, frozenset[Role]], doors: Mapping[str, Doors]) -> None:
    """Add an app's table. An act of the same name must not mean something else."""
    for name, roles in acts.items():
        if ACTS.setdefault(name, roles) is not roles:
            raise ImproperlyConfigured(f"The act {name} is registered twice.")
    DOORS.update(doors)


register_acts(
    MAY,
    {
        **dict.fromkeys(
            ("communes.province", "communes.district", "communes.boundary"), Doors("read_records", "edit_master_data")
        ),
        **dict.fromkeys(
            ("communes.commune", "communes.village", "accounts.sponsorship"), Doors("read_own_work", "edit_master_data")
        ),
        "accounts.department": Doors("read_own_work", "edit_master_data", change="edit_contact"),
        **dict.fromkeys(
            ("accounts.user", "accounts.membership", "accounts.apitoken"), Doors("manage_accounts", "manage_accounts")
        ),
    },
)


@reach("commune_ids")
def _communes(scope: Scope) -> Iterable[int]:
    helped = Sponsorship.objects.in_force(clock.today()).filter(department__in=scope.department_ids)
    own = Q(district__in=scope.district_ids) | Q(pk__in=helped.values("commune"))
    return Commune.objects.filter(own).values_list("pk", flat=True)


class NotAllowedError(DomainError):
    """The role does not allow the act."""

    code = "not_allowed"
    status = 403


def may(user, act: str) -> bool:
    """Whether an active person with one of the roles of that act asks."""
    return bool(user.is_authenticated and user.is_active and user.scope.has_any(ACTS[act]))


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
        """`app.verb_model`: what the model's doors say; rows are chosen by `visible_to` and `editable_by`."""
        app, _, codename = perm.partition(".")
        verb, _, model = codename.partition("_")
        doors = DOORS.get(f"{app}.{model}")
        return doors is not None and may(user_obj, doors.act(verb))

    def has_module_perms(self, user_obj, app_label) -> bool:
        """Whether the app shows at all in the admin."""
        return any(may(user_obj, doors.view) for name, doors in DOORS.items() if name.split(".")[0] == app_label)

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        return set()
