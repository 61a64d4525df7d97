"""Why an act on a task or an obstacle is refused."""

from ntm_portal.core.errors import DomainError


class TaskStateError(DomainError):
    """A body's part in a task is not where the act could take it further."""

    code = "wrong_state"


class ObstacleStateError(DomainError):
    """An obstacle is not where the act could take it further."""

    code = "wrong_state"


class WordsMissingError(DomainError):
    """An act that has to say why does not; `details["field"]` names the field."""

    code = "words_missing"
    status = 400


def words(said: str, field: str, message: str, *, longest: int = 5_000) -> str:
    """The words, stripped. Raises WordsMissingError for none, or too many."""
    said = said.strip().replace("\r\n", "\n")
    if not said:
        raise WordsMissingError(message, field=field)
    if len(said) > longest:
        raise WordsMissingError(f"Dài quá {longest} ký tự.", field=field)
    return said
