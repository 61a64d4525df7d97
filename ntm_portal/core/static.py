"""Static files as they are served: hashed names, and one style sheet instead of thirty."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_SHEET = "css/portal.css"
_IMPORT = re.compile(r'@import "([^"]+)";')


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """Puts the imported sheets in place of their `@import` lines, which a browser would fetch one by one.

    The source stays plain CSS that works as it is; only `collectstatic` writes the joined copy.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[tuple]:
        if _SHEET in paths and not dry_run:
            self._join(*paths[_SHEET])
            paths = paths | {_SHEET: (self, _SHEET)}  # what is hashed and served is the joined copy
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _join(self, source: Storage, path: str) -> None:
        """From the source, not from the collected copy: that one was joined the last time."""
        joined = _IMPORT.sub(lambda found: _text(self, f"css/{found.group(1)}"), _text(source, path))
        self.delete(_SHEET)
        self.save(_SHEET, ContentFile(joined.encode()))


def _text(storage: Storage, name: str) -> str:
    with storage.open(name) as file:
        return file.read().decode()
