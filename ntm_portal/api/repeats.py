"""`Idempotency-Key`: whoever is not sure that a POST arrived sends it again, and it takes effect once."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ntm_portal.api.errors import BadKeyError, KeyReusedError
from ntm_portal.api.renderers import JsonRenderer
from ntm_portal.core import clock
from ntm_portal.core.models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = ("ETag", "Location")


def repeatable(act: Callable[..., Response]) -> Callable[..., HttpResponseBase]:
    """A handler of POST that does its work once for each key of a caller, and answers the same again for a day.

    The key, the work and the answer are one transaction: whoever comes second waits for the first, and what was
    refused has left nothing behind and may be tried again under the same key.
    """

    @wraps(act)
    def answered(view: APIView, request: Request, *args, **kwargs) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None:
            return act(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise BadKeyError(f"{HEADER} gồm 1 đến 200 ký tự ASCII, không có dấu cách.")
        KeptAnswer.objects.filter(kept_at__lt=clock.now() - KEPT_FOR).delete()
        with transaction.atomic():
            kept, is_new = _take(request, key)
            if not is_new:
                return _again(kept)
            response = act(view, request, *args, **kwargs)
            _keep(kept, response)
        return response

    return answered


def _take(request: Request, key: str) -> tuple[KeptAnswer, bool]:
    """The key for this request, and whether it is the first under it. Raises KeyReusedError for another request."""
    asked = fingerprint(request)
    try:
        with transaction.atomic():
            new = KeptAnswer(user_id=request.user.pk, key=key, fingerprint=asked, kept_at=clock.now())
            new.save(force_insert=True)
            return new, True
    except IntegrityError:
        kept = KeptAnswer.objects.get(user_id=request.user.pk, key=key)
    if kept.fingerprint != asked:
        raise KeyReusedError(f"{HEADER} này đã dùng cho một yêu cầu khác trong 24 giờ qua; hãy dùng khóa mới.")
    return kept, False


def fingerprint(request: Request) -> str:
    """What is asked, whatever the spaces and the order of names in it."""
    body = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n{body}".encode()).hexdigest()


def _keep(kept: KeptAnswer, response: Response) -> None:
    kept.status = response.status_code
    kept.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    kept.body = JsonRenderer().render(response.data).decode()
    kept.save(update_fields=["status", "headers", "body"])


def _again(kept: KeptAnswer) -> HttpResponse:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(kept.body, status=kept.status, content_type="application/json; charset=utf-8", headers=headers)
