"""Files in and out of FILES_DIR: written whole or not at all, the same content once, and swept when nobody needs it.

The content is on disk before its row is saved. A transaction that rolls back leaves a content without a row,
which harms nobody and which `prune_files` removes; never a row without its content.
"""

import hashlib
import os
import secrets
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import models, transaction

from ntm_portal.core import clock, text
from ntm_portal.core.models import StoredFile

_EXTENSIONS = {"PDF": ".pdf", "PNG": ".png", "JPEG": ".jpg", "DOCX": ".docx", "XLSX": ".xlsx"}
_ALSO = {"JPEG": (".jpeg", ".jpg")}
_LONGEST_STEM = 150
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Checked:
    """A content that was found sound, not stored yet."""

    name: str
    kind: StoredFile.Kind
    content: bytes


def clean_name(given: str, kind: str) -> str:
    """The name under which a file is handed out: no folder, nothing invisible, and the ending of what it is."""
    bare = given.encode("utf-8", "ignore").decode().replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text.clean(bare))
    name = text.clean(seen.translate(_NOT_IN_NAMES)).strip(" .")
    stem = name
    for ending in _ALSO.get(kind, (_EXTENSIONS[kind],)):
        if name.casefold().endswith(ending):
            stem = name[: -len(ending)]
            break
    return (stem[:_LONGEST_STEM].strip(" .") or "tep") + _EXTENSIONS[kind]


def _path(blob: str) -> Path:
    return Path(settings.FILES_DIR) / blob[:2] / blob


def _write(content: bytes) -> str:
    """Put a content on disk under a new random name, which is returned; whoever looks sees all of it or nothing."""
    blob = secrets.token_hex(16)
    path = _path(blob)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(_PART)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return blob


@transaction.atomic
def store(checked: Checked, *, by) -> StoredFile:
    """Keep a sound content: who and when, and the content only if it is not there yet."""
    digest = hashlib.sha256(checked.content).hexdigest()
    # Locked, so that a sweep does not take the content away in between.
    same = StoredFile.objects.select_for_update().filter(sha256=digest).order_by("stored_at").first()
    blob = same.blob if same and _path(same.blob).exists() else _write(checked.content)
    return StoredFile.objects.create(
        name=clean_name(checked.name, checked.kind),
        kind=checked.kind,
        size=len(checked.content),
        sha256=digest,
        blob=blob,
        stored_at=clock.now(),
        stored_by_id=getattr(by, "pk", None),
        stored_by_name=str(by or "")[:200],
    )


def opened(file: StoredFile) -> BinaryIO:
    """The content, to be read; raises FileNotFoundError when it is not on disk."""
    return _path(file.blob).open("rb")


def unowned(older_than: timedelta) -> models.QuerySet[StoredFile]:
    """Files that no record refers to, handed in longer ago than that."""
    found = StoredFile.objects.filter(stored_at__lt=clock.now() - older_than)
    for relation in StoredFile.owners():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
        found = found.exclude(models.Exists(rows))
    return found


def loose(older_than: timedelta) -> Iterator[Path]:
    """Contents on disk that no row names, and parts of contents never finished, untouched for that long."""
    before = time.time() - older_than.total_seconds()
    folder = Path(settings.FILES_DIR)
    for path in sorted(folder.glob("??/*")) if folder.exists() else []:
        if path.stat().st_mtime < before and not StoredFile.objects.filter(blob=path.name).exists():
            yield path
