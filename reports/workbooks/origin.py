"""What a workbook says of where it comes from, on a hidden sheet, sealed: the report, and every line as it was then.

With the line as it was, three sides can be told apart: what the office changed, what the portal changed since, and
what both did.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

from criteria.engine.facts import Conclusion
from ntm_portal.core.errors import DomainError
from reports.answers import Answer
from reports.models.contents import as_reading, stored
from reports.queries.sheets import Sheet, SheetLine

SHEET = "_ntm"
_KIND = "NTM-BIEU-1"
_HEAD = 5
_LINE = 5


class OriginError(DomainError):
    """The hidden sheet is missing, or is not as the portal wrote it."""

    code = "unknown_origin"
    status = 400


@dataclass(frozen=True, slots=True)
class Origin:
    """The report that a workbook was made from, and its lines at that moment by line id."""

    report: int
    label: str
    revision: int
    lines: Mapping[int, tuple[int, Answer]]
    """Revision and answer."""


def _packed(answer: Answer) -> str:
    """In ASCII and without underscores, so that no office program finds anything to convert."""
    said = {"c": answer.conclusion or "", "r": stored(answer.readings), "n": answer.note, "b": answer.basis}
    return json.dumps(said, separators=(",", ":")).replace("_", "\\u005f")


def _unpacked(said: str) -> Answer:
    held = json.loads(said)
    readings = {int(key): as_reading(reading) for key, reading in held["r"].items()}
    return Answer(Conclusion(held["c"]) if held["c"] else None, readings, held["n"], held["b"])


def _digest(rows: Iterable[Sequence[str]]) -> str:
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()


def _line(row: SheetLine) -> list[str]:
    line = row.line
    return [str(line.pk), line.commune.code, line.indicator.code, str(line.revision), _packed(row.answer)]


def rows_of(shown: Sheet) -> list[list[str]]:
    """The hidden sheet, every cell a text."""
    report = shown.report
    head = [_KIND, str(report.pk), str(report.revision), str(report)]
    lines = [_line(row) for row in shown.lines]
    return [[*head, Signer(salt=__name__).sign(_digest([head, *lines]))], *lines]


def origin_of(rows: Sequence[Sequence[object]]) -> Origin:
    """Raises OriginError unless the rows are exactly those that the portal wrote."""
    texts = [["" if value is None else str(value) for value in row] for row in rows]
    texts = [row for row in texts if any(row)]
    if not texts or texts[0][0] != _KIND or len(texts[0]) < _HEAD:
        raise OriginError(f"Trang ẩn “{SHEET}” không phải của cổng.")
    head, lines = texts[0], [row[:_LINE] for row in texts[1:]]
    try:
        if Signer(salt=__name__).unsign(head[4]) != _digest([head[:4], *lines]):
            raise BadSignature
    except BadSignature as error:
        raise OriginError(f"Trang ẩn “{SHEET}” đã bị sửa.") from error
    known = {int(pk): (int(revision), _unpacked(said)) for pk, _, _, revision, said in lines}
    return Origin(int(head[1]), head[3], int(head[2]), known)
