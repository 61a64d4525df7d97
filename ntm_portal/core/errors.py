"""Errors that a person can act on. A page shows the message; the API answers a problem with the code."""


class DomainError(Exception):
    """A rule of the programme refuses what was asked; `message` is Vietnamese, `details` say about what."""

    code = "conflict"
    status = 409

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFoundError(DomainError):
    """Something was asked for by a key that nothing has."""

    code = "not_found"
    status = 404


class BadQueryError(DomainError):
    """A query string that cannot be understood; `errors` maps a parameter to what is accepted."""

    code = "bad_query"
    status = 400

    def __init__(self, message: str, errors: dict[str, list[str]]) -> None:
        super().__init__(message)
        self.errors = errors
