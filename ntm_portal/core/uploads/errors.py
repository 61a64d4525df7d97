"""Why a file is not taken."""

from ntm_portal.core.errors import DomainError


class UploadError(DomainError):
    """The content of a file is not what the portal takes; the message says what to do."""

    code = "bad_file"
    status = 400
