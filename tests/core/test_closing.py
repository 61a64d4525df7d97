"""Closing chosen rows from a day on: asked for, checked row by row, all or none."""

import html
import re
from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse

from communes.models import Commune, District, Village
from criteria.models import CriteriaSet, Responsibility
from ntm_portal.accounts.models import Department, Sponsorship, User
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.core.audit import AuditEntry, Kind
from ntm_portal.core.closing import close
from tests.core.test_admin import assert_vietnamese

DATED = [District, Commune, Village, Sponsorship, CriteriaSet, Responsibility]


def send(browser, records, **sent):
    """What the list sends for the chosen rows, and the page in between for the day."""
    model = records[0]._meta
    address = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
    chosen = {"action": "close_rows", "_selected_action": [record.pk for record in records]}
    return browser.post(address, chosen | sent)


def words(answer) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode())))


@pytest.mark.parametrize("model", DATED, ids=lambda m: m.__name__)
def test_chosen_rows_are_closed_and_told(model, portal):
    rows = list(model.objects.order_by("pk")[:2])
    model.objects.filter(pk__in=[row.pk for row in rows]).update(valid_from=None, valid_to=None)
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    asked = send(portal, rows)
    assert_vietnamese(asked)
    assert f"Đóng {len(rows)} dòng" in asked.content.decode()
    assert send(portal, rows, apply="1", since="01/07/2020").status_code == 302
    closed = model.objects.filter(pk__in=[row.pk for row in rows])
    assert set(closed.values_list("valid_to", flat=True)) == {date(2020, 6, 30)}
    told = AuditEntry.objects.filter(pk__gt=last, kind=Kind.CHANGED, model=model._meta.label_lower)
    assert sorted(told.values_list("record_id", flat=True)) == sorted(row.pk for row in rows)
    assert {entry.changes[0]["after"] for entry in told} == {"30/06/2020"}


def test_these_records_are_dated():
    offered = [m for m, page in admin.site._registry.items() if "close_rows" in (page.actions or ())]
    assert {m for m in offered if hasattr(m, "exists_on")} == set(DATED)


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("", "Ô này bắt buộc nhập."),
        ("31/02/2020", "Phải là ngày, như 01/07/2020."),
        ("01/01/1900", "Phải trong khoảng năm 2000 đến 2100."),
    ],
)
def test_day_that_is_none_is_told(since, said, portal):
    answer = send(portal, [Sponsorship.objects.first()], apply="1", since=since)
    assert answer.context["form"].errors == {"since": [said]}


def test_one_faulty_row_keeps_all_open_and_is_named(portal):
    early, late, closed = Sponsorship.objects.select_related("department", "commune").order_by("pk")[:3]
    Sponsorship.objects.filter(pk=early.pk).update(valid_from=date(2010, 1, 1), valid_to=None)
    Sponsorship.objects.filter(pk=late.pk).update(valid_from=date(2020, 9, 1), valid_to=None)
    Sponsorship.objects.filter(pk=closed.pk).update(valid_from=date(2010, 1, 1), valid_to=date(2019, 12, 31))
    answer = send(portal, [early, late, closed], apply="1", since="01/07/2020")
    assert set(answer.context["faults"]) == {
        f"{late}: Ngày hết hiệu lực phải sau ngày bắt đầu.",
        f"{closed}: đã đóng, ngày cuối cùng còn hiệu lực là 31/12/2019.",
    }
    assert "Chưa đóng dòng nào: 2 dòng có lỗi." in words(answer)
    assert Sponsorship.objects.get(pk=early.pk).valid_to is None


def test_row_closed_on_that_day_already_stays_without_an_entry(portal):
    row = Sponsorship.objects.first()
    Sponsorship.objects.filter(pk=row.pk).update(valid_from=None, valid_to=date(2020, 6, 30))
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    send(portal, [row], apply="1", since="01/07/2020")
    assert not AuditEntry.objects.filter(pk__gt=last).exists()


def test_all_rows_of_a_filtered_list_are_closed_without_naming_them(portal):
    rows = Responsibility.objects.filter(role="LEAD")
    others = Responsibility.objects.exclude(role="LEAD").filter(valid_to=None).count()
    address = reverse("admin:criteria_responsibility_changelist") + "?role__exact=LEAD"
    sent = {"action": "close_rows", "_selected_action": [rows[0].pk], "select_across": "1"}
    assert 'name="select_across" value="1"' in portal.post(address, sent).content.decode()
    portal.post(address, sent | {"apply": "1", "since": "01/01/2021"})
    assert not rows.filter(valid_to=None).exists()
    assert Responsibility.objects.exclude(role="LEAD").filter(valid_to=None).count() == others


@pytest.mark.parametrize("username", ["soyte", "konplong", "lanhdao"])
def test_only_the_office_closes(username, client, db):
    client.force_login(User.objects.get(username=username))
    row = Sponsorship.objects.visible_to(User.objects.get(username=username).scope).first()
    if row is not None:
        send(client, [row], apply="1", since="01/07/2020")
        assert Sponsorship.objects.get(pk=row.pk).valid_to == row.valid_to
    page = client.get(reverse("admin:accounts_sponsorship_changelist"))
    assert "Đóng các dòng" not in page.content.decode()


def test_rows_outside_the_scope_are_refused(db):
    scope = Scope(1, frozenset({Role.OFFICER}), frozenset({Department.objects.get(code="SYT").pk}))
    rows = Sponsorship.objects.order_by("pk")[:1]
    closed, faults = close(Sponsorship.objects.filter(pk=rows[0].pk), date(2020, 7, 1), scope)
    assert (closed, faults) == (0, [f"{rows[0]}: ngoài phạm vi của bạn."])


def test_undated_records_are_not_offered_it(portal):
    assert "Đóng các dòng" not in portal.get(reverse("admin:accounts_department_changelist")).content.decode()
