"""The trail of acts: who did what to which record, when and from where, before and after; never changed again.

A model that inherits `AuditedModel` is followed by itself, whoever writes it: the admin, a form, the API, a
command, or a bulk writer. `record` writes what is no change of a row; `loading` makes one entry of a load.
"""

from ntm_portal.core.audit.circumstances import (
    SYSTEM,
    AuditMiddleware,
    Circumstances,
    acting_as,
    current,
    name_of,
    of_request,
    under,
)
from ntm_portal.core.audit.entries import AuditEntry, Kind
from ntm_portal.core.audit.recording import following, loading, record, record_anyway, record_changes
from ntm_portal.core.audit.tracking import AuditedModel, AuditedQuerySet

__all__ = [
    "SYSTEM",
    "AuditEntry",
    "AuditMiddleware",
    "AuditedModel",
    "AuditedQuerySet",
    "Circumstances",
    "Kind",
    "acting_as",
    "current",
    "following",
    "loading",
    "name_of",
    "of_request",
    "record",
    "record_anyway",
    "record_changes",
    "under",
]
