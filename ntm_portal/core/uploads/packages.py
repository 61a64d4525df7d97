"""Word and Excel files are zip packages: what may be in one, and how large it may become when it is opened."""

import io
import re
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError  # nosec B405  # only names; what is read goes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ntm_portal.core.uploads.errors import UploadError

_MOST_PARTS = 2000
_MOST_UNPACKED = 100 * 1024 * 1024
_MOST_RATIO = 200
"""Times a part may grow; a real sheet of equal rows grows about a hundredfold."""
_RATIO_FROM = 1024 * 1024
_MOST_LISTING = 2 * 1024 * 1024
"""Of the parts that say what the package holds and leads to; real ones have a few kilobytes."""
_PIECE = 256 * 1024
_TYPES = "[Content_Types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "XLSX",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "DOCX",
}
_ACTIVE = re.compile(r"vbaproject|macroenabled|macrosheet|activex|\.(?:exe|dll|js|vbs|hta)$", re.IGNORECASE)
_HAS_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 16

_BROKEN = "Tệp Word hoặc Excel bị hỏng hoặc không đúng chuẩn; hãy mở bằng phần mềm rồi lưu lại (.docx, .xlsx)."
_ACTIVE_SAID = "Tệp có macro hoặc thành phần chạy được; hãy lưu lại dạng .docx hoặc .xlsx không có macro."
_BOMB = "Tệp nén bung ra quá lớn; hãy bỏ bớt ảnh, trang tính hoặc vùng ô thừa rồi lưu lại."
_DTD = "Tệp có khai báo thực thể XML, thứ mà Word và Excel không bao giờ ghi; tệp không được nhận."
_OUTSIDE = (
    "Tệp liên kết tới tệp hoặc máy khác (mẫu, ảnh, sổ tính); hãy ngắt các liên kết (Data, Edit Links, Break Link), "
    "chèn hẳn nội dung vào rồi lưu lại. Siêu liên kết để bấm thì được."
)


def check_package(data: bytes) -> str:
    """ "DOCX" or "XLSX". Raises UploadError when the package is unsound, active, a bomb or leads elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _check_listing(parts, len(data))
            kind = _kind(package)
            for part in parts:
                _check_part(package, part)
            return kind
    except DefusedXmlException as error:
        raise UploadError(_DTD) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        ParseError,
    ) as error:
        raise UploadError(_BROKEN) from error


def _check_listing(parts: list[zipfile.ZipInfo], packed: int) -> None:
    """By what the package says of itself, before anything is unpacked."""
    names = [part.filename for part in parts]
    unsafe = [n for n in names if n.startswith("/") or "\\" in n or "\0" in n or ".." in n.split("/")]
    if unsafe or len(set(names)) != len(names) or _TYPES not in names or any(part.flag_bits & 1 for part in parts):
        raise UploadError(_BROKEN)
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or unpacked > max(packed * _MOST_RATIO, _RATIO_FROM):
        raise UploadError(_BOMB)
    if any(_is_bomb(part) for part in parts):
        raise UploadError(_BOMB)
    if any(_ACTIVE.search(name) for name in names):
        raise UploadError(_ACTIVE_SAID)


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _RATIO_FROM and part.file_size > part.compress_size * _MOST_RATIO


def _listing(package: zipfile.ZipFile, name: str) -> Element:
    """A small part that is understood here."""
    if package.getinfo(name).file_size > _MOST_LISTING:
        raise UploadError(_BOMB)
    return fromstring(package.read(name), forbid_dtd=True)


def _kind(package: zipfile.ZipFile) -> str:
    """By the content type of the one main part, which must be there."""
    listed = [(e.get("PartName", ""), e.get("ContentType", "")) for e in _listing(package, _TYPES)]
    if any(_ACTIVE.search(content_type) for _, content_type in listed):
        raise UploadError(_ACTIVE_SAID)
    found = [(name, _MAIN[content_type]) for name, content_type in listed if content_type in _MAIN]
    if len(found) != 1 or found[0][0].lstrip("/") not in package.namelist():
        raise UploadError(_BROKEN)
    return found[0][1]


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part piece by piece: whole, as long as it says, without entities and without a link elsewhere."""
    last = b""
    with package.open(part) as content:
        while piece := content.read(_PIECE):
            # Without the zeros UTF-16 reads as ASCII.
            plain = (last + piece).replace(b"\0", b"")
            # A drawing (.svg) may have one, and nothing here reads it.
            if "/media/" not in part.filename and _HAS_DTD.search(plain):
                raise UploadError(_DTD)
            last = piece[-_OVERLAP * 2 :]
    if part.filename.endswith(".rels"):
        _check_links(_listing(package, part.filename))


def _check_links(relations: Element) -> None:
    for relation in relations:
        is_link_to_click = relation.get("Type", "").endswith("/hyperlink")
        if relation.get("TargetMode", "").casefold() == "external" and not is_link_to_click:
            raise UploadError(_OUTSIDE)
