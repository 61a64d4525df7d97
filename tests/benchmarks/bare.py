"""The yardstick: a WSGI function that returns the same bytes and does nothing else."""

import os
from pathlib import Path

_FOLDER = Path(os.environ["BENCH_BODIES"])
_BODIES = {f"/{path.name}": path.read_bytes() for path in _FOLDER.iterdir()}
_ETAG = '"0123456789abcdef0123456789abcdef"'


def application(environ, start_response):
    """200 with the recorded body, or 304 when the client shows the ETag."""
    headers = [("Content-Type", "application/json"), ("ETag", _ETAG), ("Cache-Control", "private, max-age=0")]
    if environ.get("HTTP_IF_NONE_MATCH") == _ETAG:
        start_response("304 Not Modified", headers)
        return [b""]
    body = _BODIES[environ["PATH_INFO"]]
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]
