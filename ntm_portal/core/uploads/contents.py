"""What a file is, by its content: its name and what the browser says of it count for nothing."""

import re
import struct
import zlib
from collections.abc import Callable

from django.conf import settings

from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.errors import UploadError
from ntm_portal.core.uploads.packages import check_package

Kind = StoredFile.Kind

_MOST_PIXELS = 20_000
"""Of one side of an image: twice what the largest office scanner gives."""
_PDF_START = re.compile(rb"%PDF-[12]\.\d[\r\n \t%]")
_PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = {0x01, *range(0xD0, 0xD8)}
_JPEG_SCAN = 0xDA


def _check_pdf(data: bytes) -> None:
    """A PDF from its first byte to its last, which is nothing else besides and opens without a password."""
    if not _PDF_START.match(data) or not _PDF_END.search(data[-2048:].rstrip(b"\0")) or _MARKUP.search(data[:2048]):
        raise UploadError("Tệp PDF không đúng cấu trúc hoặc bị cắt cụt; hãy xuất lại PDF từ phần mềm soạn thảo.")
    if b"/Encrypt" in data:
        raise UploadError("Tệp PDF có mật khẩu hoặc bị khóa; hãy lưu lại không đặt mật khẩu.")


def _check_sides(width: int, height: int) -> None:
    if not (0 < width <= _MOST_PIXELS and 0 < height <= _MOST_PIXELS):
        raise UploadError(f"Ảnh phải có mỗi chiều từ 1 đến {_MOST_PIXELS} điểm ảnh; tệp ghi {width} × {height}.")


def _check_png(data: bytes) -> None:
    """Every chunk is whole, the picture begins with its size and nothing follows its end."""
    position, seen = len(_PNG_START), []
    while position + 12 <= len(data) and (not seen or seen[-1] != b"IEND"):
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data) or zlib.crc32(data[position + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            break
        if not seen and name == b"IHDR" and length == 13:
            _check_sides(*struct.unpack_from(">II", data, position + 8))
        seen.append(name)
        position = end
    if seen[:1] != [b"IHDR"] or seen[-1:] != [b"IEND"] or b"IDAT" not in seen or position != len(data):
        raise UploadError("Ảnh PNG bị hỏng hoặc bị cắt cụt.")


def _check_jpeg(data: bytes) -> None:
    """The segments before the picture are whole and say its size; the picture has an end."""
    position, has_frame = 2, False
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF or marker in _JPEG_BARE:
            position += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if marker in _JPEG_FRAMES and position + 9 <= len(data):
            height, width = struct.unpack_from(">HH", data, position + 5)
            _check_sides(width, height)
            has_frame = True
        position += 2 + max(length, 2)
        if marker == _JPEG_SCAN:
            if has_frame and data.find(b"\xff\xd9", position) > position:
                return
            break
    raise UploadError("Ảnh JPEG bị hỏng hoặc bị cắt cụt.")


_STARTS: tuple[tuple[bytes, Kind, Callable[[bytes], None]], ...] = (
    (b"%PDF-", Kind.PDF, _check_pdf),
    (_PNG_START, Kind.PNG, _check_png),
    (b"\xff\xd8\xff", Kind.JPEG, _check_jpeg),
)


def _found(data: bytes) -> Kind | None:
    """The kind that the content is, checked throughout; none when it is of no kind that is taken."""
    for start, kind, check in _STARTS:
        if data.startswith(start):
            check(data)
            return kind
    if data.startswith(b"PK\x03\x04"):
        return Kind(check_package(data))
    return None


def kind_of(data: bytes, taken: tuple[Kind, ...]) -> Kind:
    """The kind of a content. Raises UploadError, with what to do, when it is none of those taken or is unsound."""
    kind = _found(data)
    if kind is None or kind not in taken:
        names = ", ".join(str(Kind(k).label) for k in taken)
        said = "không thuộc loại nào được nhận" if kind is None else f"là {kind.label}"
        raise UploadError(f"Nội dung tệp {said}. Nhận: {names}.")
    check_size(len(data), kind)
    return kind


def check_size(size: int, kind: Kind) -> None:
    """Raise UploadError when a file of that kind is larger than the settings allow."""
    most = settings.UPLOAD_LIMITS[kind]
    if size > most:
        raise UploadError(f"Tệp quá lớn: {kind.label} được tới {most // (1024 * 1024)} MB.")
