"""What a signed-in person may see and touch, frozen for the request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import models


class Role(models.TextChoices):
    """The four roles of the portal."""

    ADMIN = "ADMIN", "Quản trị"
    COORDINATOR = "COORDINATOR", "Cán bộ Văn phòng điều phối"
    OFFICER = "OFFICER", "Cán bộ sở, ngành, huyện"
    LEADER = "LEADER", "Lãnh đạo UBND tỉnh"


_REACHES: dict[str, Callable[["Scope"], Iterable[int]]] = {}


def reach(name: str) -> Callable[[Callable[["Scope"], Iterable[int]]], Callable[["Scope"], Iterable[int]]]:
    """Registers how an app above finds one of the sets of ids of a scope (at most one query)."""

    def register(find: Callable[["Scope"], Iterable[int]]) -> Callable[["Scope"], Iterable[int]]:
        _REACHES[name] = find
        return find

    return register


@dataclass(frozen=True)
class Scope:
    """Roles, and the bodies and districts that one is an officer of; what follows from them is found when asked for.

    The other roles are held for the province: they read all, and what they may write is a matter of acts.
    """

    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    department_ids: frozenset[int] = frozenset()
    district_ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, user_id: int, held: Iterable[tuple[str, int, int | None]], *, is_admin: bool) -> "Scope":
        """Build from (role, department id, district id) rows."""
        rows = list(held)
        roles = {Role(role) for role, _, _ in rows} | ({Role.ADMIN} if is_admin else set())
        own = [(department, district) for role, department, district in rows if role == Role.OFFICER]
        return cls(
            user_id,
            frozenset(roles),
            frozenset(department for department, _ in own),
            frozenset(district for _, district in own if district is not None),
        )

    def has_any(self, roles: Iterable[Role]) -> bool:
        """Whether one of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def reads_all(self) -> bool:
        """Whether every record of the programme may be read, whoever works on it."""
        return self.has_any({Role.ADMIN, Role.COORDINATOR, Role.LEADER})

    @property
    def edits_all(self) -> bool:
        """Whether every record that can be edited at all may be, whoever works on it."""
        return self.has_any({Role.ADMIN, Role.COORDINATOR})

    @cached_property
    def commune_ids(self) -> frozenset[int]:
        """Communes of the districts, and those that the bodies are told to help (one query, once)."""
        return self._reached("commune_ids")

    @cached_property
    def indicator_ids(self) -> frozenset[int]:
        """Indicators that the bodies lead or support in the whole province (one query, once)."""
        return self._reached("indicator_ids")

    def _reached(self, name: str) -> frozenset[int]:
        return frozenset(_REACHES[name](self)) if self.department_ids else frozenset()
