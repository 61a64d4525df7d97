"""Reading never writes: what a link, a preview or a crawler can trigger must not change a record."""

import re
from collections.abc import Callable

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, HttpResponse

from ntm_portal.core.audit import AuditEntry

_WRITE = re.compile(
    r'^\s*(?:WITH\b.*?\b)?(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+"?(\w+)',
    re.IGNORECASE | re.DOTALL,
)
"""A statement that writes, and the table it writes to."""
_WRITABLE = {SessionStore.get_model_class()._meta.db_table, AuditEntry._meta.db_table}
"""A session may be kept alive, and the trail may tell who exported something or used a token."""


class WriteDuringReadError(RuntimeError):
    """A page tried to write while it was only being read."""


def _refuse_writes(execute, sql, params, many, context):
    found = _WRITE.match(sql)
    if found and found[1] not in _WRITABLE:
        raise WriteDuringReadError(sql.split("(")[0][:80])
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Refuses INSERT, UPDATE and DELETE during GET and HEAD, but for sessions and the audit trail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return self.get_response(request)
