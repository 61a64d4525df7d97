"""Where files lie, who gets them back and how, and what is swept away."""

import hashlib
import os
import time
import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction

from directives.models import Directive, TaskEvidence
from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from ntm_portal.core.audit import AuditEntry, Kind
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.storing import Checked, store
from reports.models import Evidence
from tests.factories.files import PDF, docx, png

NAME = "Công văn 3867.pdf"
ROLES = ["quantri", "dieuphoi", "soyte", "konplong", "lanhdao"]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """A folder of files of its own."""
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def directive(db) -> Directive:
    """Công văn 3867, without its file."""
    return Directive.objects.get(number__startswith="3867")


@pytest.fixture
def file(directive, coordinator) -> StoredFile:
    """Its file, handed in by the coordinator."""
    directive.file = store(Checked(NAME, StoredFile.Kind.PDF, PDF), by=coordinator)
    directive.save()
    return directive.file


def contents(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def sent_for(directive: Directive, **fields) -> dict:
    """What the admin's form sends for a directive that stays as it is."""
    sent = {
        name: getattr(directive, name) for name in ("kind", "number", "issuer", "abstract", "signer", "body", "basis")
    }
    sent["recipients"] = list(directive.recipients.values_list("pk", flat=True))
    sent["refers_to"] = list(directive.refers_to.values_list("pk", flat=True))
    return sent | {"issued_on": directive.issued_on.strftime("%d/%m/%Y"), "_continue": "1"} | fields


def hand_in(browser, directive: Directive, content: bytes = PDF, name: str = NAME, **fields):
    upload = SimpleUploadedFile(name, content, content_type="text/html")
    address = f"/quan-tri/directives/directive/{directive.pk}/change/"
    return browser.post(address, sent_for(directive, upload=upload, **fields))


def test_directive_takes_its_file_in_the_admin(portal, coordinator, directive, folder):
    response = hand_in(portal, directive)
    assert response.status_code == 302
    directive.refresh_from_db()
    file = directive.file
    assert (file.name, file.kind, file.size, file.sha256) == (NAME, "PDF", len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (file.stored_by_id, file.stored_by_name) == (coordinator.pk, str(coordinator))
    (path,) = contents(folder)
    assert (path.read_bytes(), path.name, path.stat().st_mode & 0o777) == (PDF, file.blob, 0o600)
    assert (path.suffix, "3867" in str(path)) == ("", False)
    page = portal.get(response["Location"]).content.decode()
    assert f'<a href="/tep/{file.pk}/">{NAME}</a>' in page


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (
            b"<script>alert(1)</script>",
            "cv.pdf",
            "Nội dung tệp không thuộc loại nào được nhận. Nhận: PDF, văn bản Word",
        ),
        (png(), "cv.pdf", "Nội dung tệp là ảnh PNG. Nhận: PDF, văn bản Word (.docx)."),
        (docx({"word/vbaProject.bin": b"x"}), "cv.docx", "Tệp có macro hoặc thành phần chạy được"),
        (b"", "cv.pdf", "Tệp trống, không có nội dung."),
    ],
)
def test_unsound_file_is_refused_at_its_field(content, name, said, portal, directive, folder):
    response = hand_in(portal, directive, content, name)
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) == ["upload"]
    assert errors["upload"][0].startswith(said)
    assert (contents(folder), StoredFile.objects.count()) == ([], 0)


def test_form_that_fails_elsewhere_stores_nothing(portal, directive, folder):
    assert hand_in(portal, directive, issued_on="").status_code == 200
    assert (contents(folder), StoredFile.objects.count()) == ([], 0)


def test_form_without_a_file_leaves_the_old_one_and_the_box_takes_it_away(portal, directive, file):
    address = f"/quan-tri/directives/directive/{directive.pk}/change/"
    assert portal.post(address, sent_for(directive)).status_code == 302
    directive.refresh_from_db()
    assert directive.file == file
    assert portal.post(address, sent_for(directive, **{"upload-clear": "on"})).status_code == 302
    directive.refresh_from_db()
    assert directive.file is None


def test_file_cannot_be_chosen_by_its_id(portal, directive, file):
    other = store(Checked("khac.pdf", StoredFile.Kind.PDF, PDF + b"\n"), by=None)
    address = f"/quan-tri/directives/directive/{directive.pk}/change/"
    portal.post(address, sent_for(directive, file=str(other.pk), file_id=str(other.pk)))
    directive.refresh_from_db()
    assert directive.file == file


def test_same_content_is_kept_once(coordinator, folder, db):
    first, second = (store(Checked(name, StoredFile.Kind.PDF, PDF), by=coordinator) for name in ("a.pdf", "b.pdf"))
    assert (first.blob, first.name, second.name) == (second.blob, "a.pdf", "b.pdf")
    assert len(contents(folder)) == 1


def test_content_that_was_lost_is_written_again(coordinator, folder, db):
    first = store(Checked("a.pdf", StoredFile.Kind.PDF, PDF), by=coordinator)
    contents(folder)[0].unlink()
    second = store(Checked("a.pdf", StoredFile.Kind.PDF, PDF), by=coordinator)
    assert [path.name for path in contents(folder)] == [second.blob] != [first.blob]


@pytest.mark.parametrize("username", ROLES)
def test_everyone_with_a_role_saves_the_file_of_a_directive(username, client, file):
    client.force_login(User.objects.get(username=username))
    response = client.get(file.url)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, PDF)
    assert {name: response[name] for name in (
        "Content-Type", "Content-Disposition", "Content-Length", "X-Content-Type-Options", "Cache-Control",
        "Content-Security-Policy", "ETag",
    )} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(NAME)}",
        "Content-Length": str(len(PDF)),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "ETag": f'"{file.sha256}"',
    }  # fmt: skip


def test_file_that_is_known_is_not_sent_again(portal, file):
    response = portal.get(file.url, headers={"if-none-match": f'"{file.sha256}"'})
    assert (response.status_code, response.content) == (304, b"")


def test_every_file_that_is_given_is_told(portal, coordinator, file):
    known = {"if-none-match": f'"{file.sha256}"'}
    for answer in (portal.get(file.url), portal.head(file.url), portal.get(file.url, headers=known)):
        b"".join(answer)  # a file is closed at its end
    entry = AuditEntry.objects.get(kind=Kind.DOWNLOADED)
    assert (entry.user_id, entry.record_name, entry.under) == (coordinator.pk, NAME, file.url)
    assert str(entry) == f"Cán bộ điều phối (dieuphoi) tải tệp {NAME}: SHA-256 {file.sha256}"


def test_file_is_not_packed_on_its_way(portal, file):
    response = portal.get(file.url, headers={"accept-encoding": "gzip"})
    response.close()
    assert ("Content-Encoding" in response, response["ETag"]) == (False, f'"{file.sha256}"')


def test_stranger_is_sent_to_sign_in(client, file):
    assert client.get(file.url)["Location"] == f"/dang-nhap/?next={file.url}"


def test_person_without_a_role_finds_nothing(client, file):
    client.force_login(User.objects.create(username="moi"))
    assert client.get(file.url).status_code == 404
    shown = client.get(file.url, headers={"if-none-match": f'"{file.sha256}"'})
    assert shown.status_code == 404


def test_file_that_no_record_owns_is_not_found(portal, file, directive, admin_user, client):
    directive.file = None
    directive.save()
    assert portal.get(file.url).status_code == 404
    client.force_login(admin_user)
    assert client.get(file.url).status_code == 404


def test_unknown_file_is_not_found(portal, db):
    assert portal.get(f"/tep/{uuid.uuid4()}/").status_code == 404
    assert [portal.get(path).status_code for path in ("/tep/", "/tep/1/", "/tep/../", "/tep/%00/")] == [404] * 4


def test_file_whose_content_is_lost_is_not_found(portal, file, folder):
    contents(folder)[0].unlink()
    assert portal.get(file.url).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_file_is_only_read(method, portal, file):
    assert getattr(portal, method)(file.url).status_code == 405


def test_targets_link_to_the_file_of_their_directive(portal, directive, file):
    page = portal.get("/muc-tieu/").content.decode()
    assert page.count(f'href="{file.url}" download') == 1


def test_targets_without_a_file_show_no_link(portal, directive):
    assert "/tep/" not in portal.get("/muc-tieu/").content.decode()


def test_admin_list_links_to_the_file(portal, file):
    assert f'<a href="{file.url}">Tải PDF</a>' in portal.get("/quan-tri/directives/directive/").content.decode()


def test_every_record_that_owns_files_says_who_sees_it():
    lacking = [
        relation.related_model._meta.label
        for relation in StoredFile.owners()
        if not hasattr(relation.related_model._default_manager.all(), "visible_to")
    ]
    assert (lacking, [relation.related_model for relation in StoredFile.owners()]) == (
        [],
        [Directive, TaskEvidence, Evidence],
    )


def test_no_other_model_keeps_files_on_its_own():
    own = [model for model in apps.get_models() if model.__module__.split(".")[0] in {
        "ntm_portal", "communes", "criteria", "directives", "reports"}]  # fmt: skip
    kept = [f"{m._meta.label}.{f.name}" for m in own for f in m._meta.fields if f.get_internal_type() == "FileField"]
    assert kept == []


def swept(*arguments: str) -> str:
    said = StringIO()
    call_command("prune_files", *arguments, stdout=said)
    return said.getvalue().strip()


def make_old(folder: Path) -> None:
    StoredFile.objects.update(stored_at=clock.now() - timedelta(hours=25))
    for path in contents(folder):
        os.utime(path, (time.time() - 90_000,) * 2)


def test_sweep_takes_what_nobody_owns_and_leaves_the_rest(file, coordinator, folder):
    store(Checked("cu.pdf", StoredFile.Kind.PDF, PDF), by=coordinator)
    store(Checked("bo.docx", StoredFile.Kind.DOCX, docx()), by=coordinator)
    make_old(folder)
    assert swept() == "Sẽ xóa (thêm --save): 2 tệp không bản ghi nào dùng, 0 nội dung thừa."
    assert (StoredFile.objects.count(), len(contents(folder))) == (3, 2)
    assert swept("--save") == "Đã xóa: 2 tệp không bản ghi nào dùng, 1 nội dung thừa."
    assert ([*StoredFile.objects.all()], [p.name for p in contents(folder)]) == ([file], [file.blob])
    assert swept("--save") == "Đã xóa: 0 tệp không bản ghi nào dùng, 0 nội dung thừa."


def test_sweep_leaves_what_was_just_handed_in(coordinator, folder, db):
    store(Checked("moi.pdf", StoredFile.Kind.PDF, PDF), by=coordinator)
    assert swept("--save") == "Đã xóa: 0 tệp không bản ghi nào dùng, 0 nội dung thừa."
    assert (StoredFile.objects.count(), len(contents(folder))) == (1, 1)


def test_transaction_that_rolls_back_leaves_no_row_and_the_sweep_takes_the_content(coordinator, folder, db):
    with transaction.atomic():
        store(Checked("a.pdf", StoredFile.Kind.PDF, PDF), by=coordinator)
        transaction.set_rollback(True)
    assert (StoredFile.objects.count(), len(contents(folder))) == (0, 1)
    make_old(folder)
    assert swept("--save") == "Đã xóa: 0 tệp không bản ghi nào dùng, 1 nội dung thừa."
    assert contents(folder) == []


def test_write_that_fails_leaves_nothing(coordinator, folder, monkeypatch, db):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store(Checked("a.pdf", StoredFile.Kind.PDF, PDF), by=coordinator)
    assert (contents(folder), StoredFile.objects.count()) == ([], 0)


@pytest.mark.parametrize("hours", ["0", "-5"])
def test_sweep_refuses_to_race_with_uploads(hours, db):
    with pytest.raises(CommandError):
        swept("--hours", hours)


def test_folder_of_files_is_not_served(settings):
    base = Path(settings.VAR_DIR) / "files"
    for served in (Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)):
        assert not base.is_relative_to(served)
