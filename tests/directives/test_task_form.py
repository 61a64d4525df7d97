"""Giving a task from a passage or freely, and editing its words."""

from datetime import date

import pytest

from communes.models import Commune
from directives.models import Assignment, Target, Task
from ntm_portal.accounts.models import Department, Notice
from tests.factories.directives import letter, place

FREE = "/nhiem-vu/them/"
KON_PLONG = (
    "UBND huyện Kon Plông chỉ đạo sớm hoàn thành các chỉ tiêu xây dựng nông thôn mới xã Măng Cành; "
    "phấn đấu hoàn thành trong tháng 11/2020"
)


@pytest.fixture
def kept(db):
    return letter()


@pytest.fixture
def page(kept) -> str:
    return f"{kept.get_absolute_url()}nhiem-vu/them/"


def body(code: str = "UB613") -> Department:
    return Department.objects.get(code=code)


def sent(**changed) -> dict:
    return {
        "title": "Hoàn thành xã Măng Cành",
        "content": "Chỉ đạo sớm hoàn thành.",
        "departments": [body().pk],
        "due_on": "30/11/2020",
        "recurrence": "ONCE",
        **changed,
    }


def test_passage_offers_bodies_communes_day_and_words(portal, kept, page):
    offered = portal.get(f"{page}{place(kept, KON_PLONG)}").context["form"].initial
    assert (offered["departments"], offered["due_on"], offered["recurrence"]) == (
        [body().pk], date(2020, 11, 30), "ONCE",
    )  # fmt: skip
    assert offered["communes"] == [Commune.objects.get(code="23470").pk]
    assert (offered["quote"], offered["content"]) == (KON_PLONG, KON_PLONG)


def test_name_of_several_communes_is_offered_and_a_standing_task_has_no_day(portal, kept, page):
    words = "Sở Y tế thường xuyên kiểm tra, giúp đỡ các xã Đăk Na, Ngọc Linh và xã Đăk Long"
    response = portal.get(f"{page}{place(kept, words)}")
    offered = response.context["form"].initial
    assert (offered["recurrence"], offered["due_on"], offered["departments"]) == ("STANDING", None, [body("SYT").pk])
    said = response.content.decode()
    assert "Đăk Long (huyện Đăk Glei) hoặc Đăk Long (huyện Đăk Hà)" in said or (
        "Đăk Long (huyện Đăk Hà) hoặc Đăk Long (huyện Đăk Glei)" in said
    )


def test_task_is_given_to_several_bodies_who_hear_of_it(portal, kept, page):
    commune = Commune.objects.get(code="23470")
    response = portal.post(
        f"{page}?tu=5&den=9", sent(departments=[body().pk, body("SYT").pk], communes=[commune.pk], quote=KON_PLONG)
    )
    task = kept.tasks.get()
    assert response["Location"] == f"{kept.get_absolute_url()}danh-dau/#doan-5"
    assert (task.code, task.given_on, task.quote) == ("N1", kept.issued_on, KON_PLONG)
    assert [*task.communes.all()] == [commune]
    assert {(a.department.code, a.due_on) for a in task.assignments.all()} == {
        ("UB613", date(2020, 11, 30)), ("SYT", date(2020, 11, 30)),
    }  # fmt: skip
    assert Notice.objects.filter(subject__contains=task.title).count() >= 2


def test_free_task_stands_alone_and_begins_today(portal):
    assert portal.post(FREE, sent(title="Việc riêng")).status_code == 302
    task = Task.objects.get(title="Việc riêng")
    assert (task.directive, task.target, task.given_on, task.code) == (None, None, date(2020, 10, 20), "")


def test_standing_task_needs_no_day(portal, kept, page):
    portal.post(page, sent(recurrence="STANDING", due_on=""))
    assert kept.tasks.get().due_on is None


def test_target_of_the_directive_is_tied(portal, kept, page):
    target = Target.objects.create(
        directive=kept, code="M1", title="x", kind="NO_COMMUNE_BELOW", parameters={"criteria": 10},
        due_on=date(2020, 12, 31), quote="x",
    )  # fmt: skip
    portal.post(page, sent(target=target.pk))
    assert kept.tasks.get().target == target


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"content": " "}, "content"),
        ({"departments": []}, "departments"),
        ({"departments": ["9999999"]}, "departments"),
        ({"departments": ["x"]}, "departments"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "15/10/2020"}, "due_on"),
        ({"due_on": "hôm nay"}, "due_on"),
        ({"due_on": "", "recurrence": "MONTHLY"}, "due_on"),
        ({"recurrence": "KHONG"}, "recurrence"),
        ({"communes": ["9999999"]}, "communes"),
        ({"indicators": ["9999999"]}, "indicators"),
        ({"target": "9999999"}, "target"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_fault_is_told_at_its_field_and_nothing_is_kept(portal, page, changed, field):
    before = (Task.objects.count(), Assignment.objects.count(), Notice.objects.count())
    response = portal.post(page, sent(**changed))
    assert (response.status_code, [*response.context["form"].errors]) == (400, [field])
    assert (Task.objects.count(), Assignment.objects.count(), Notice.objects.count()) == before


def test_target_of_another_directive_is_refused(portal, page):
    response = portal.post(page, sent(target=Target.objects.get(code="T7").pk))
    assert [*response.context["form"].errors] == ["target"]


def test_body_of_a_closed_district_gets_no_task(portal, page):
    district = body().district
    district.valid_to = date(2020, 10, 1)
    district.save()
    response = portal.post(page, sent())
    assert [*response.context["form"].errors] == ["departments"]
    assert "thôi hoạt động" in response.content.decode()


def test_words_are_edited_and_bodies_added_while_the_day_stays(portal):
    task = Task.objects.get(code="F1")
    page = f"/nhiem-vu/{task.pk}/sua/"
    assert "due_on" not in portal.get(page).context["form"].fields
    changed = sent(title="Tên mới", departments=[body("SYT").pk], due_on="01/12/2020")
    assert portal.post(page, changed)["Location"] == task.directive.get_absolute_url()
    task.refresh_from_db()
    assert (task.title, task.due_on, task.code) == ("Tên mới", date(2020, 11, 30), "F1")
    assert {a.department.code for a in task.assignments.all()} == {"UB613", "SYT"}
    portal.post(page, sent(title="Tên khác", departments=[]))
    assert task.assignments.count() == 2


def test_body_that_has_the_task_cannot_be_given_it_again(portal):
    task = Task.objects.get(code="F1")
    response = portal.post(f"/nhiem-vu/{task.pk}/sua/", sent(departments=[body().pk]))
    assert [*response.context["form"].errors] == ["departments"]


def test_closed_task_is_not_edited(portal):
    task = Task.objects.get(code="F1")
    Task.objects.filter(pk=task.pk).update(closed_on=date(2020, 10, 19))
    response = portal.post(f"/nhiem-vu/{task.pk}/sua/", sent(title="Tên mới", departments=[]))
    assert (response.status_code, "đã đóng" in response.content.decode()) == (400, True)
    assert Task.objects.get(pk=task.pk).title != "Tên mới"


@pytest.mark.parametrize("who", ["officer", "leader"])
def test_only_the_office_gives_tasks(client, request, who, page):
    client.force_login(request.getfixturevalue(who))
    task = Task.objects.get(code="F1")
    before = Task.objects.count()
    assert {client.post(p, sent()).status_code for p in (page, FREE, f"/nhiem-vu/{task.pk}/sua/")} == {403}
    assert Task.objects.count() == before
