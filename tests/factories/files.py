"""The smallest sound file of each kind, and packages with anything in them."""

import io
import struct
import zipfile
import zlib

from openpyxl import Workbook

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
    b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n102\n%%EOF\n"
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 1, height: int = 1) -> bytes:
    """A picture that says it is of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width: int = 1, height: int = 1) -> bytes:
    """The segments of a picture; nobody draws it."""
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return start + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x7f\xff\xd9"


def listing(main: str, content_type: str) -> str:
    """[Content_Types].xml with one main part."""
    return f'<Types xmlns="{TYPES}"><Override PartName="/{main}" ContentType="{content_type}"/></Types>'


def links(kind: str, target: str, mode: str = "External") -> str:
    """A part of relationships with one that leads out."""
    relation = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return f'<Relationships xmlns="{RELATIONS}">{relation}</Relationships>'


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip with these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return file.getvalue()


def docx(more: dict[str, str | bytes] | None = None, main_type: str = f"{WORD}.document.main+xml") -> bytes:
    """A Word document, with more parts or other ones in place of its own."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": listing("word/document.xml", main_type),
        "_rels/.rels": links("officeDocument", "word/document.xml", "Internal"),
        "word/document.xml": "<document/>",
    }
    return package(parts | (more or {}))


def xlsx(*rows: list) -> bytes:
    """A workbook as Excel would write it."""
    book, file = Workbook(), io.BytesIO()
    for row in rows or [["Xã", "Đăk Na"]]:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_parts(content: bytes, more: dict[str, str | bytes]) -> bytes:
    """A package with more parts, or other ones in place of its own."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return package({name: zipped.read(name) for name in zipped.namelist()} | more)
