"""The page of a task: what it asks and how it stands, and the acts of bodies and of the office on it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from directives.actions.tasks import ask_extension, propose_done, report_progress
from directives.models import Assignment, Obstacle, TargetStanding, TaskEvidence, TaskUpdate
from directives.views.part_forms import ACTS
from ntm_portal.accounts.models import User
from ntm_portal.core.models import StoredFile
from tests.factories.files import PDF
from tests.factories.office import person
from tests.factories.tasks import HEALTH, KON_PLONG, give, part_of
from tests.test_query_counts import queries_for

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ENDS = ["nhan", "cap-nhat", "de-nghi", "xin-lui", "xac-nhan", "tra-lai", "cho-lui", "khong-cho-lui"]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def part(db) -> Assignment:
    return part_of("F1", KON_PLONG)


@pytest.fixture
def doer(db) -> User:
    return User.objects.get(username="konplong")


@pytest.fixture
def mine(client, doer):
    """Browser of the officer whose part it is."""
    client.force_login(doer)
    return client


def send(client, part: Assignment, end: str, **sent):
    part.refresh_from_db()
    return client.post(f"/nhiem-vu/phan/{part.pk}/{end}/", {"revision": part.revision} | sent)


def page_of(client, part: Assignment) -> str:
    return client.get(f"/nhiem-vu/{part.task_id}/").content.decode()


def state(part: Assignment) -> str:
    return Assignment.objects.get(pk=part.pk).state


def test_page_says_what_is_asked_and_how_it_stands(portal, part):
    page = page_of(portal, part)
    for words in ("phấn đấu hoàn thành trong tháng 11/2020", "Công văn 3867/UBND-NNTN", "Xã Măng Cành", "/19</strong>"):
        assert words in page
    assert "Có nguy cơ" in page


def test_unknown_task_and_part_are_not_found(portal, part):
    assert portal.get("/nhiem-vu/999999/").status_code == 404
    assert portal.post("/nhiem-vu/phan/999999/xac-nhan/").status_code == 404


def test_officer_takes_the_way_from_accepting_to_proposing_and_the_office_confirms(mine, part, coordinator):
    send(mine, part, "nhan")
    file = SimpleUploadedFile("Biên bản.pdf", PDF, "application/pdf")
    answer = send(mine, part, "cap-nhat", percent=70, text="Đã xong đường", file=file, obstacle="Thiếu vốn")
    assert answer.url == f"/nhiem-vu/{part.task_id}/#phan-{part.pk}"
    send(mine, part, "de-nghi", text="Đã trình hồ sơ")
    assert (state(part), Obstacle.objects.get().task) == ("PROPOSED", part.task)
    evidence = TaskEvidence.objects.get()
    assert (str(evidence), evidence.update.kind) == ("Biên bản.pdf", "PROGRESS")
    page = page_of(mine, part)
    assert [words in page for words in ("Biên bản.pdf", "Đã xong đường", "Thiếu vốn")] == [True, True, True]
    mine.force_login(coordinator)
    assert send(mine, part, "xac-nhan").status_code == 302
    assert state(part) == "DONE"


def test_evidence_is_saved_by_who_reads_the_part_and_by_nobody_else(mine, part, doer, officer, leader):
    send(mine, part, "cap-nhat", percent=1, text="Làm", file=SimpleUploadedFile("a.pdf", PDF))
    seen = {user.username: StoredFile.objects.visible_to(user.scope).count() for user in (doer, officer, leader)}
    assert seen == {"konplong": 1, "soyte": 0, "lanhdao": 1}
    mine.force_login(officer)
    assert mine.get(StoredFile.objects.get().url).status_code == 404


def test_other_body_sees_the_task_but_neither_words_nor_acts(client, part, doer, officer):
    report_progress(part, percent=35, text="Đã xong đường", by=doer)
    client.force_login(officer)
    page = page_of(client, part)
    assert ("35%" in page, "Đã xong đường" in page, "Cập nhật tiến độ" in page) == (True, False, False)


@pytest.mark.parametrize("end", ENDS)
def test_act_on_a_foreign_part_changes_nothing(end, client, part, officer, leader):
    for user, statuses in ((officer, {404, 403}), (leader, {403})):
        client.force_login(user)
        assert send(client, part, end, percent=1, text="Vì", until="2020-12-30").status_code in statuses
    assert TaskUpdate.objects.count() == 0


def test_office_does_not_do_the_work_of_a_body(portal, part):
    assert [send(portal, part, end, text="x").status_code for end in ENDS[:4]] == [403] * 4


@pytest.mark.parametrize(
    ("end", "sent", "said"),
    [
        ("cap-nhat", {"percent": "101", "text": "Làm"}, "Tiến độ từ 0 đến 100%."),
        ("cap-nhat", {"percent": "x", "text": "Làm"}, "Tiến độ là số nguyên từ 0 đến 100."),
        ("cap-nhat", {"percent": "10", "text": " "}, "Hãy ghi đã làm được gì."),
        ("de-nghi", {}, "Hãy ghi kết quả thực hiện."),
        ("xin-lui", {"until": "2020-11-30", "text": "Mưa"}, "Hạn mới phải sau hạn hiện tại và sau hôm nay."),
        ("xin-lui", {"until": "31/02/2021", "text": "Mưa"}, "Ngày phải có thật"),
        ("xin-lui", {"until": "2120-01-01", "text": "Mưa"}, "Phải trong khoảng năm 2000 đến 2100."),
        ("xin-lui", {"until": "2020-12-30"}, "Xin lùi hạn thì phải ghi lý do."),
        ("nhan", {"revision": "x"}, "Trang đã cũ; hãy mở lại."),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(end, sent, said, mine, part):
    answer = send(mine, part, end, **sent)
    assert answer.status_code in {400, 409}
    assert said in answer.content.decode()
    assert TaskUpdate.objects.count() == 0


def test_file_that_is_not_what_it_says_is_refused_with_all_of_the_update(mine, part):
    file = SimpleUploadedFile("bien-ban.pdf", b"MZ\x90", "application/pdf")
    answer = send(mine, part, "cap-nhat", percent=10, text="Làm", file=file)
    assert (answer.status_code, "không thuộc loại nào được nhận" in answer.content.decode()) == (400, True)
    assert (TaskUpdate.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_nothing_of_an_update_that_comes_too_late_is_kept(mine, part, doer):
    sent = {"percent": 10, "text": "Làm", "obstacle": "Thiếu vốn", "revision": part.revision}
    propose_done(part, text="Xong", by=doer)
    answer = send(mine, part, "cap-nhat", **sent | {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert (answer.status_code, "trạng thái “Đề nghị xác nhận xong”" in answer.content.decode()) == (409, True)
    assert (Obstacle.objects.count(), StoredFile.objects.count(), TaskUpdate.objects.count()) == (0, 0, 1)


def test_second_click_is_told(mine, part):
    sent = {"percent": 10, "text": "Làm", "revision": part.revision}
    assert [send(mine, part, "cap-nhat", **sent).status_code for _ in range(2)] == [302, 409]
    assert TaskUpdate.objects.count() == 1


def test_second_person_who_confirms_is_told_at_the_form(portal, part, doer):
    propose_done(part, text="Xong", by=doer)
    revision = Assignment.objects.get(pk=part.pk).revision
    answers = [send(portal, part, "xac-nhan", revision=revision) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "Phần việc đang ở trạng thái “Đã xong”" in answers[1].content.decode()


def test_open_obstacle_that_says_the_same_is_named_before_a_new_one_is_raised(mine, part):
    send(mine, part, "cap-nhat", percent=10, text="Làm", obstacle="Thiếu vốn làm đường nội đồng")
    sent = {"percent": 20, "text": "Làm tiếp", "obstacle": "Đang thiếu vốn làm đường"}
    answer = send(mine, part, "cap-nhat", **sent)
    page = answer.content.decode()
    assert (answer.status_code, "“Thiếu vốn làm đường nội đồng”" in page, 'name="as_new"' in page) == (400, True, True)
    assert send(mine, part, "cap-nhat", **sent, as_new="on").status_code == 302
    assert Obstacle.objects.count() == 2


def test_office_decides_about_a_later_day(portal, part, doer):
    ask_extension(part, until=date(2020, 12, 10), text="Bão số 9", by=doer)
    page = page_of(portal, part)
    assert ("Xin lùi hạn đến 10/12/2020" in page, "Bão số 9" in page) == (True, True)
    assert send(portal, part, "khong-cho-lui").status_code == 400
    assert send(portal, part, "cho-lui").status_code == 302
    assert Assignment.objects.get(pk=part.pk).due_on == date(2020, 12, 10)


def test_returning_says_why(portal, part, doer):
    propose_done(part, text="Xong", by=doer)
    assert send(portal, part, "tra-lai", text="").status_code == 400
    assert send(portal, part, "tra-lai", text="Thiếu hồ sơ").status_code == 302
    assert state(part) == "ACCEPTED"


def test_task_is_closed_once_and_offers_nothing_afterwards(portal, part):
    url = f"/nhiem-vu/{part.task_id}/dong/"
    assert "Đã đóng nhiệm vụ" in portal.post(url, follow=True).content.decode()
    page = portal.post(url, follow=True).content.decode()
    assert ("Nhiệm vụ này đã đóng." in page, "Nhiệm vụ đã đóng ngày 20/10/2020" in page) == (True, True)
    assert "/nhiem-vu/phan/" not in page


@pytest.mark.parametrize(("username", "may"), [("soyte", False), ("lanhdao", False), ("quantri", True)])
def test_only_the_office_closes(username, may, client, part):
    client.force_login(User.objects.get(username=username))
    assert client.post(f"/nhiem-vu/{part.task_id}/dong/").status_code == (302 if may else 403)


def test_met_target_proposes_the_closing(portal, part, clock_at):
    part.task.target.kind, part.task.target.parameters = "COMMUNE_REACHES", {"commune": "23470", "criteria": 10}
    part.task.target.save()
    page = page_of(portal, part)
    assert "đã đạt theo số liệu ngày 20/10/2020: đề nghị xác nhận các phần việc còn lại và đóng nhiệm vụ" in page
    assert TargetStanding.objects.count() == 0


def test_officer_of_two_bodies_has_both_parts_first(client, db):
    person("hai-noi", HEALTH)
    user = User.objects.get(username="hai-noi")
    client.force_login(user)
    [other, own] = sorted(give("CAT", HEALTH), key=lambda p: p.department.code == HEALTH)
    page = page_of(client, own)
    assert page.index(f'id="phan-{own.pk}"') < page.index(f'id="phan-{other.pk}"')


def test_query_count_does_not_grow_with_bodies_and_updates(portal, doer):
    [few, *_] = give(KON_PLONG)
    many, *_ = parts = give(KON_PLONG, HEALTH, "CAT", "UB610")
    report_progress(few, percent=1, text="Làm", by=doer)
    for _ in range(3):
        for part in parts:
            report_progress(part, percent=1, text="Làm", by=doer, obstacle="Thiếu vốn")
    portal.get(f"/nhiem-vu/{few.task_id}/")
    counts = [queries_for(portal, f"/nhiem-vu/{p.task_id}/") for p in (few, many)]
    assert counts[0] == counts[1] <= 22


def test_every_act_has_its_address():
    assert len(ACTS) == len(ENDS)
