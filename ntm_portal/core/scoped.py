"""Which rows are whose. A model says through which of its columns a row belongs to somebody's work."""

from collections.abc import Mapping
from typing import Protocol

from django.db import models
from django.db.models import Q

EVERYONE: Mapping[str, str] = {"everyone": "everyone"}
"""What is declared of rows that every role may read: the catalogue, decisions, periods."""


class ScopeOfRows(Protocol):
    """What a QuerySet asks of a scope; sets of ids besides these two are named by the models."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def reads_all(self) -> bool: ...

    @property
    def edits_all(self) -> bool: ...


def belonging(through: Mapping[str, str], scope: ScopeOfRows) -> Q:
    """Rows that one of the columns ties to the scope: column: name of a set of ids of the scope."""
    if through is EVERYONE:
        return Q()
    found = Q(pk__in=[])
    for column, ids in through.items():
        found |= Q(**{f"{column}__in": getattr(scope, ids)})
    return found


class ScopedQuerySet(models.QuerySet):
    """Rows by who asks.

    A model declares `seen_through`, and `edited_through` where others than the coordination office may edit.
    What a page shows of the status of communes is open to every role and does not start here.
    """

    def visible_to(self, scope: ScopeOfRows) -> "ScopedQuerySet":
        """Rows that this person's work is about; a foreign one is not found, and nothing by who has no role."""
        if not scope.roles:
            return self.none()
        return self if scope.reads_all else self.filter(belonging(self.model.seen_through, scope))

    def editable_by(self, scope: ScopeOfRows) -> "ScopedQuerySet":
        """Rows that this person may change."""
        if scope.edits_all:
            return self
        return self.filter(belonging(getattr(self.model, "edited_through", {}), scope))


def visible(queryset: models.QuerySet, scope: ScopeOfRows) -> models.QuerySet:
    """The same for any table: a library's own tables say nothing, so only those who edit all see them."""
    if hasattr(queryset, "visible_to"):
        return queryset.visible_to(scope)
    return queryset if scope.edits_all else queryset.none()
