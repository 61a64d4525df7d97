"""What a signed-in person may see and touch, frozen for the request."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models


class Role(models.TextChoices):
    """The four roles of the portal."""

    ADMIN = "ADMIN", "Quản trị"
    COORDINATOR = "COORDINATOR", "Cán bộ Văn phòng điều phối"
    OFFICER = "OFFICER", "Cán bộ sở, ngành, huyện"
    LEADER = "LEADER", "Lãnh đạo UBND tỉnh"


@dataclass(frozen=True, slots=True)
class Scope:
    """Roles, and the bodies and districts they are held for."""

    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    department_ids: frozenset[int] = frozenset()
    district_ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, user_id: int, held: Iterable[tuple[str, int, int | None]], *, is_admin: bool) -> "Scope":
        """Build from (role, department id, district id) rows."""
        rows = list(held)
        roles = {Role(role) for role, _, _ in rows} | ({Role.ADMIN} if is_admin else set())
        return cls(
            user_id,
            frozenset(roles),
            frozenset(department for _, department, _ in rows),
            frozenset(district for _, _, district in rows if district is not None),
        )

    def has_any(self, roles: Iterable[Role]) -> bool:
        """Whether one of the roles is held."""
        return not self.roles.isdisjoint(roles)
