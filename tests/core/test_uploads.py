"""What is taken as a file: by its content, whole, of bounded size, and with nothing in it that acts or leads out."""

import io

import openpyxl
import pytest
from defusedxml import EntitiesForbidden

from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.contents import kind_of
from ntm_portal.core.uploads.errors import UploadError
from ntm_portal.core.uploads.packages import check_package
from ntm_portal.core.uploads.storing import clean_name
from tests.factories.files import PDF, SHEET, WORD, chunk, docx, jpeg, links, listing, package, png, with_parts, xlsx

pytestmark = pytest.mark.engine

ALL = tuple(StoredFile.Kind)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main"><si><t>&c;</t></si></sst>'
)
OTHER = "Nội dung tệp không thuộc loại nào được nhận. Nhận: PDF, ảnh PNG, ảnh JPEG, văn bản Word (.docx), "
OTHER += "sổ tính Excel (.xlsx)."
BAD_PDF = "Tệp PDF không đúng cấu trúc hoặc bị cắt cụt; hãy xuất lại PDF từ phần mềm soạn thảo."
BAD_PNG = "Ảnh PNG bị hỏng hoặc bị cắt cụt."
BAD_JPEG = "Ảnh JPEG bị hỏng hoặc bị cắt cụt."
BROKEN = "Tệp Word hoặc Excel bị hỏng hoặc không đúng chuẩn; hãy mở bằng phần mềm rồi lưu lại (.docx, .xlsx)."
ACTIVE = "Tệp có macro hoặc thành phần chạy được; hãy lưu lại dạng .docx hoặc .xlsx không có macro."
BOMB = "Tệp nén bung ra quá lớn; hãy bỏ bớt ảnh, trang tính hoặc vùng ô thừa rồi lưu lại."
ENTITY = "Tệp có khai báo thực thể XML, thứ mà Word và Excel không bao giờ ghi; tệp không được nhận."
OUTSIDE = (
    "Tệp liên kết tới tệp hoặc máy khác (mẫu, ảnh, sổ tính); hãy ngắt các liên kết (Data, Edit Links, Break Link), "
    "chèn hẳn nội dung vào rồi lưu lại. Siêu liên kết để bấm thì được."
)
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
REFUSED = {
    "nothing": (b"", OTHER),
    "text": (b"Xin chao", OTHER),
    "page": (b"<!DOCTYPE html><script>alert(1)</script>", OTHER),
    "picture that is XML": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', OTHER),
    "program": (b"MZ\x90\0" + b"\0" * 100, OTHER),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, OTHER),
    "gif": (b"GIF89a\x01\0\x01\0\0\0\0;", OTHER),
    "page before a PDF": (b"<html>" + PDF, OTHER),
    "PDF cut short": (PDF[:-8], BAD_PDF),
    "PDF with a page in it": (PDF.replace(b"1 0 obj", b"<script>alert(1)</script>1 0 obj"), BAD_PDF),
    "PDF with a zip behind it": (PDF + docx(), BAD_PDF),
    "PDF with a password": (
        PDF.replace(b"/Size 3", b"/Encrypt 9 0 R/Size 3"),
        "Tệp PDF có mật khẩu hoặc bị khóa; hãy lưu lại không đặt mật khẩu.",
    ),
    "PNG cut short": (png()[:-5], BAD_PNG),
    "PNG with something behind it": (png() + b"<?php", BAD_PNG),
    "PNG with a wrong checksum": (png()[:-1] + b"\0", BAD_PNG),
    "PNG without a picture": (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), BAD_PNG),
    "PNG too wide": (
        png(50_000, 1),
        "Ảnh phải có mỗi chiều từ 1 đến 20000 điểm ảnh; tệp ghi 50000 × 1.",
    ),
    "PNG of no height": (png(1, 0), "Ảnh phải có mỗi chiều từ 1 đến 20000 điểm ảnh; tệp ghi 1 × 0."),
    "JPEG cut short": (jpeg()[:-2], BAD_JPEG),
    "JPEG without a picture": (b"\xff\xd8\xff\xd9", BAD_JPEG),
    "JPEG too high": (jpeg(1, 60_000), "Ảnh phải có mỗi chiều từ 1 đến 20000 điểm ảnh; tệp ghi 1 × 60000."),
    "zip": (package({"a.txt": "a"}), BROKEN),
    "zip cut short": (docx()[:-30], BROKEN),
    "package of something else": (
        docx({"[Content_Types].xml": listing("word/document.xml", "application/octet-stream")}),
        BROKEN,
    ),
    "main part missing": (docx({"[Content_Types].xml": listing("word/x.xml", f"{WORD}.document.main+xml")}), BROKEN),
    "path that climbs": (docx({"../../etc/passwd": "x"}), BROKEN),
    "path from the root": (docx({"/etc/passwd": "x"}), BROKEN),
    "macros": (docx({"word/vbaProject.bin": b"x"}), ACTIVE),
    "macros by type": (docx(main_type=MACRO_TYPE), ACTIVE),
    "controls": (docx({"word/activeX/activeX1.xml": "<x/>"}), ACTIVE),
    "program inside": (docx({"word/embeddings/a.EXE": b"MZ"}), ACTIVE),
    "bomb": (docx({"word/media/a.bmp": b"\0" * 30_000_000}), BOMB),
    "many parts": (docx({f"word/{n}.xml": "" for n in range(2001)}), BOMB),
    "large listing": (docx({"word/_rels/document.xml.rels": b"<a>" + bytes(range(32, 60)) * 100_000}), BOMB),
    "entities in a sheet": (with_parts(xlsx(), {"xl/sharedStrings.xml": LAUGHS}), ENTITY),
    "entities in UTF-16": (with_parts(xlsx(), {"xl/sharedStrings.xml": LAUGHS.encode("utf-16")}), ENTITY),
    "entities under another name": (with_parts(xlsx(), {"xl/strings.bin": LAUGHS}), ENTITY),
    "entities in the listing": (docx({"[Content_Types].xml": LAUGHS}), ENTITY),
    "template elsewhere": (
        docx({"word/_rels/settings.xml.rels": links("attachedTemplate", "http://evil.example/a.dotm")}),
        OUTSIDE,
    ),
    "picture elsewhere": (docx({"word/_rels/document.xml.rels": links("image", r"\\evil\share\a.png")}), OUTSIDE),
    "workbook elsewhere": (
        with_parts(xlsx(), {"xl/externalLinks/_rels/a.xml.rels": links("externalLinkPath", "file:///C:/a.xlsx")}),
        OUTSIDE,
    ),
}


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "PDF"), (png(), "PNG"), (jpeg(800, 600), "JPEG"), (docx(), "DOCX"), (xlsx(), "XLSX")],
    ids=["pdf", "png", "jpeg", "docx", "xlsx"],
)
def test_kind_is_read_from_the_content(content, kind):
    assert kind_of(content, ALL) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_unsound_content_is_refused_with_what_to_do(name):
    content, said = REFUSED[name]
    with pytest.raises(UploadError) as refused:
        kind_of(content, ALL)
    assert refused.value.message == said


def test_kind_that_is_not_taken_here_is_named():
    with pytest.raises(UploadError) as refused:
        kind_of(png(), (StoredFile.Kind.PDF, StoredFile.Kind.DOCX))
    assert refused.value.message == "Nội dung tệp là ảnh PNG. Nhận: PDF, văn bản Word (.docx)."


def test_each_kind_has_its_own_limit(settings):
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "PDF": 10}
    assert kind_of(png(), ALL) == "PNG"
    with pytest.raises(UploadError) as refused:
        kind_of(PDF, ALL)
    assert refused.value.message == "Tệp quá lớn: PDF được tới 0 MB."


def test_link_to_click_is_taken():
    assert check_package(docx({"word/_rels/document.xml.rels": links("hyperlink", "https://kontum.gov.vn/")})) == "DOCX"


def test_sheet_of_many_equal_rows_is_no_bomb():
    assert check_package(xlsx(*([["Xã Đăk Na", 1, "Đạt"]] * 5000))) == "XLSX"


def test_package_that_lies_about_its_size_is_refused():
    """The size stands twice; what is unpacked must be as long as both say."""
    honest = docx({"word/media/a.bin": b"\0" * 5000})
    lying = honest.replace((5000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(UploadError) as refused:
        check_package(lying)
    assert refused.value.message == BROKEN


def test_workbooks_are_read_by_the_parser_that_refuses_entities():
    """Second line of defence: whatever came past the check."""
    assert openpyxl.DEFUSEDXML is True
    with pytest.raises(ValueError, match="could not read worksheets") as refused:
        openpyxl.load_workbook(io.BytesIO(with_parts(xlsx(), {"xl/worksheets/sheet1.xml": LAUGHS})))
    assert isinstance(refused.value.__cause__, EntitiesForbidden)


@pytest.mark.parametrize("main_type", [f"{SHEET}.template.main+xml", f"{WORD}.template.main+xml"])
def test_templates_are_not_documents(main_type):
    with pytest.raises(UploadError):
        check_package(docx(main_type=main_type))


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("cv 3867.pdf", "PDF", "cv 3867.pdf"),
        ("CV.PDF", "PDF", "CV.pdf"),
        ("ảnh.JPEG", "JPEG", "ảnh.jpg"),
        ("Đăk Na.docx", "DOCX", "Đăk Na.docx"),
        ("Ia H'Drai.xlsx", "XLSX", "Ia H'Drai.xlsx"),
        ("../../etc/passwd", "PDF", "passwd.pdf"),
        ("C:\\Users\\an\\bao cao.pdf", "PDF", "bao cao.pdf"),
        ("a\r\nSet-Cookie: x=1\r\n.pdf", "PDF", "a Set-Cookie_ x=1.pdf"),
        ("a\0b.pdf", "PDF", "a b.pdf"),
        ('"><script>.pdf', "PDF", "__ _script_.pdf".replace(" ", "")),
        ("hoa\u202efdp.exe", "PDF", "hoafdp.exe.pdf"),
        ("\ud800x.pdf", "PDF", "x.pdf"),
        ("...", "PNG", "tep.png"),
        ("", "PNG", "tep.png"),
        (".htaccess", "PDF", "htaccess.pdf"),
        ("x" * 500, "PDF", "x" * 150 + ".pdf"),
    ],
)
def test_name_is_cleaned_and_ends_as_its_content_is(given, kind, kept):
    assert clean_name(given, kind) == kept
