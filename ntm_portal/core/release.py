"""Which code answers: another release may word or shape an answer differently, so its ETags differ too."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PARTS = ("ntm_portal", "communes", "criteria", "directives", "reports", "templates")


@cache
def release_digest() -> str:
    """Digest of the portal's own code and templates, read once per process."""
    digest = hashlib.blake2b(digest_size=8)
    for part in _PARTS:
        for path in sorted((ROOT / part).rglob("*")):
            if path.suffix in {".py", ".html"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()
