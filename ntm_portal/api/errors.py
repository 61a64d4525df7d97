"""Why the interface refuses what no rule of the programme does."""

from rest_framework.exceptions import ValidationError

from ntm_portal.core.errors import DomainError


class QueryError(ValidationError):
    """A faulty query string, whatever the method of the request."""


class PreconditionMissingError(DomainError):
    """A change that does not say which version it was written against."""

    code = "if_match_required"
    status = 428


class StaleTagError(DomainError):
    """A version that is not, or no longer, the one there is."""

    code = "stale"
    status = 412


class BadKeyError(DomainError):
    """A key that cannot be kept."""

    code = "bad_idempotency_key"
    status = 400


class KeyReusedError(DomainError):
    """The key stands for another request already."""

    code = "idempotency_key_reused"
    status = 422


class OtherHistoryError(DomainError):
    """A position of another ledger: the database was made anew, or restored."""

    code = "other_history"
