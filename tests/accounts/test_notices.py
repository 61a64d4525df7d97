"""Notices: written once, read in the portal, sent by e-mail as their recipient chose."""

from datetime import date

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from criteria.models import Criterion
from directives.models import Obstacle
from directives.notices import obstacle_answered
from ntm_portal.accounts.models import Department, Notice, NoticePreference, User
from ntm_portal.accounts.notices import KINDS, mail_digests, mail_each, notify
from ntm_portal.core import clock
from reports.actions.opening import close_period
from reports.actions.reminding import remind_overdue
from reports.actions.ruling import rule
from reports.actions.transitions import Remark, approve_report, send_back, submit_report, withdraw_report
from reports.models import CommuneEntry, Observation, Ruling
from reports.notices import review_asked
from tests.factories.office import COMMUNES, HEALTH, communes_handed_in, handed_in, line_of, open_for, report_of
from tests.test_query_counts import queries_for

pytestmark = pytest.mark.django_db

PAGE, PREFERENCES = "/thong-bao/", "/tai-khoan/thong-bao/"
BELL = '<span class="bell-count"'


class BrokenBackend(EmailBackend):
    """A mail server that takes the connection and then no letter."""

    def send_messages(self, messages):
        raise ConnectionResetError("gone")


class AbsentBackend(EmailBackend):
    """No mail server at all."""

    def open(self):
        raise OSError("refused")


@pytest.fixture
def reachable(officer) -> User:
    """The officer of the department of health, with an address."""
    officer.email = "soyte@example.org"
    officer.save()
    return officer


@pytest.fixture
def mine(client, officer):
    """Browser of that officer."""
    client.force_login(officer)
    return client


def tell(*people: User, key: str = "thu:1", kind: str = "sent_back") -> int:
    return notify(kind, people, key=key, subject="Thử", text="Nội dung thử", url="/bao-cao/chua-nop/")


def of(user: User, kind: str) -> list[str]:
    return list(Notice.objects.filter(recipient=user, kind=kind).order_by("pk").values_list("subject", flat=True))


def test_nobody_is_told_the_same_twice(officer, coordinator):
    assert (tell(officer), tell(officer, officer, coordinator), tell(officer, coordinator)) == (1, 1, 0)
    assert tell(officer, key="thu:2") == 1
    assert Notice.objects.count() == 3


def test_email_leaves_when_the_act_is_done_and_only_once(reachable, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell(reachable)
        tell(reachable)
        assert mail.outbox == []
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["soyte@example.org"], "[Nông thôn mới] Thử")
    assert "Nội dung thử" in letter.body
    assert "http://testserver/bao-cao/chua-nop/" in letter.body
    assert mail_each(list(Notice.objects.all())).sent == 0


def test_subject_over_several_lines_becomes_one(reachable, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        notify("sent_back", [reachable], key="x", subject="Một\r\nBcc: la@example.org", text="", url="/")
    assert mail.outbox[0].subject == "[Nông thôn mới] Một Bcc: la@example.org"


@pytest.mark.parametrize("backend", ["BrokenBackend", "AbsentBackend"])
def test_email_that_fails_breaks_nothing_and_is_tried_again(
    backend, reachable, settings, caplog, django_capture_on_commit_callbacks
):
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.{backend}"
    with django_capture_on_commit_callbacks(execute=True):
        assert tell(reachable) == 1
    assert (mail.outbox, Notice.objects.get().emailed_at, len(caplog.records)) == ([], None, 1)
    settings.EMAIL_BACKEND = working
    assert mail_each(list(Notice.objects.to_mail("AT_ONCE"))).sent == 1
    assert [len(mail.outbox), Notice.objects.to_mail("AT_ONCE").count()] == [1, 0]


def test_people_without_address_or_wish_get_no_email(reachable, coordinator, django_capture_on_commit_callbacks):
    NoticePreference.objects.create(user=reachable, kind="sent_back", delivery="PORTAL")
    with django_capture_on_commit_callbacks(execute=True):
        tell(reachable, coordinator)
    assert (mail.outbox, set(Notice.objects.values_list("delivery", flat=True))) == ([], {"PORTAL"})


def test_digest_holds_what_came_together_and_leaves_once_a_day(reachable, clock_at):
    NoticePreference.objects.create(user=reachable, kind="sent_back", delivery="DIGEST")
    tell(reachable)
    tell(reachable, key="thu:2")
    assert mail_digests().sent == 1
    tell(reachable, key="thu:3")
    assert mail_digests().sent == 0
    clock_at(date(2020, 10, 21))
    assert mail_digests().sent == 1
    assert [letter.subject for letter in mail.outbox] == [
        "[Nông thôn mới] 2 thông báo mới",
        "[Nông thôn mới] 1 thông báo mới",
    ]


def test_account_that_is_switched_off_gets_nothing(reachable, officer):
    tell(reachable)
    User.objects.filter(pk=reachable.pk).update(is_active=False)
    assert not Notice.objects.to_mail("AT_ONCE").exists()
    open_for(HEALTH)
    assert not Notice.objects.filter(kind="period_opened").exists()


def test_page_shows_unread_first_and_the_bell_counts_them(mine, officer):
    for number in (1, 2, 3):
        tell(officer, key=f"thu:{number}")
    newest = Notice.objects.order_by("-pk")[0]
    assert mine.post(f"{PAGE}{newest.pk}/da-doc/", follow=True).status_code == 200
    page = mine.get(PAGE)
    assert [notice.read_at is None for notice, _ in page.context["notices"]] == [True, True, False]
    assert (BELL in page.content.decode(), "2 chưa đọc" in page.content.decode()) == (True, True)
    answer = mine.post(f"{PAGE}da-doc/", follow=True).content.decode()
    assert ("Đã đánh dấu 2 thông báo là đã đọc." in answer, BELL in answer) == (True, False)


def test_opening_a_notice_marks_it_and_leads_to_its_page(mine, officer):
    tell(officer)
    notice = Notice.objects.get()
    answer = mine.post(f"{PAGE}{notice.pk}/mo/")
    first = Notice.objects.get().read_at
    assert (answer["Location"], first is not None) == ("/bao-cao/chua-nop/", True)
    mine.post(f"{PAGE}{notice.pk}/mo/")
    assert Notice.objects.get().read_at == first


def test_notices_are_their_recipients_alone(portal, officer, admin_user):
    tell(officer)
    pk = Notice.objects.get().pk
    assert [portal.post(f"{PAGE}{pk}/{act}/").status_code for act in ("mo", "da-doc")] == [404, 404]
    assert "Bạn chưa có thông báo nào" in portal.get(PAGE).content.decode()
    portal.post(f"{PAGE}da-doc/")
    assert Notice.objects.get().read_at is None
    assert not Notice.objects.visible_to(admin_user.scope).exists()


def test_page_costs_the_same_with_more_notices(mine, officer):
    tell(officer)
    mine.get(PAGE)
    few = queries_for(mine, PAGE)
    for number in range(10):
        tell(officer, key=f"nua:{number}")
    assert queries_for(mine, PAGE) == few <= 6


def test_preferences_offer_what_concerns_the_reader_and_are_kept(mine, officer, leader, client):
    form = mine.get(PREFERENCES).context["form"]
    assert set(form.fields) == {name for name, kind in KINDS.items() if kind.role == "OFFICER"}
    given = dict.fromkeys(form.fields, "PORTAL") | {"approved": "AT_ONCE"}
    mine.post(PREFERENCES, given)
    answer = mine.post(PREFERENCES, given, follow=True)
    assert "Đã lưu cách nhận thông báo." in answer.content.decode()
    assert dict(officer.notice_preferences.values_list("kind", "delivery")) == given
    refused = mine.post(PREFERENCES, given | {"overdue": "BO-CAU"})
    assert (refused.status_code, "overdue" in refused.context["form"].errors) == (200, True)
    client.force_login(leader)
    assert "Vai trò của bạn không nhận thông báo nào." in client.get(PREFERENCES).content.decode()


def test_opening_tells_officers_of_the_bodies_that_owe(officer, coordinator):
    open_for(HEALTH)
    open_for(HEALTH)
    assert of(officer, "period_opened") == ["Kỳ báo cáo tháng 10/2020 đã mở, hạn nộp 20/10/2020"]
    assert Notice.objects.get().url == report_of().get_absolute_url()


def test_review_is_told_to_the_body_and_settles_what_the_office_was_told(officer, coordinator):
    open_for(HEALTH)
    report = handed_in(report_of(), officer)
    assert of(coordinator, "submitted") == ["Sở Y tế đã gửi báo cáo tiêu chí tháng 10/2020"]
    line = line_of(report, "23407", "15.1")
    send_back(report, [Remark("Thiếu số thẻ", line=line.pk)], by=coordinator)
    assert not Notice.objects.filter(kind="submitted").unread().exists()
    text = Notice.objects.get(kind="sent_back", recipient=officer).text
    assert "- 15.1, Xã Đăk Na: Thiếu số thẻ" in text
    submit_report(report_of(), by=officer)
    assert len(of(coordinator, "submitted")) == 2
    approve_report(report_of(), by=coordinator)
    assert of(officer, "approved") == ["Báo cáo tiêu chí tháng 10/2020 đã được duyệt"]
    assert not Notice.objects.filter(kind="submitted").unread().exists()


def test_report_taken_back_no_longer_waits_for_the_office(officer, coordinator):
    open_for(HEALTH)
    withdraw_report(handed_in(report_of(), officer), by=officer)
    assert not Notice.objects.filter(kind="submitted").unread().exists()


def test_what_was_asked_for_is_done_with_once_it_is_handed_in_or_over(officer, coordinator, clock_at):
    ours = Notice.objects.filter(recipient=officer).unread()
    clock_at(date(2020, 10, 22))
    open_for(HEALTH)
    record = open_for(HEALTH, number=9)
    remind_overdue(today=clock.today())
    assert sorted(ours.values_list("kind", flat=True)) == ["overdue"] * 2 + ["period_opened"] * 2
    report = handed_in(report_of(), officer)
    assert sorted(ours.values_list("kind", flat=True)) == ["overdue", "period_opened"]
    close_period(record, reason="Hết hạn", by=coordinator)
    assert not ours.exists()
    send_back(report, [Remark("Thiếu số liệu")], by=coordinator)
    assert ours.get().kind == "sent_back"
    submit_report(report_of(), by=officer)
    assert not ours.exists()


def test_bodies_in_charge_are_asked_to_look_again(officer, coordinator):
    open_for("UB617")
    entry = CommuneEntry.objects.filter(report=report_of("UB617", what=COMMUNES)).select_related("commune").first()
    criterion = Criterion.objects.get(number=15, criteria_set__code="xa-ntm-2016-2020")
    seen, _ = Observation.objects.update_or_create(entry=entry, criterion=criterion, defaults={"conclusion": "NOT_MET"})
    communes_handed_in(report_of("UB617", what=COMMUNES), coordinator)
    ruling = rule(seen, Ruling.Outcome.ASKED, "Số liệu thẻ chưa khớp", coordinator)
    assert review_asked(ruling) == 0
    assert of(officer, "review_asked") == [f"Rà soát tiêu chí 15 ở {entry.commune.full_name}"]


def test_answer_to_an_obstacle_is_told_to_who_raised_it(officer):
    obstacle = Obstacle.objects.create(
        raised_by=Department.objects.get(code=HEALTH), raised_at=clock.now(), description="Thiếu máy", answer="Đã cấp"
    )
    assert (obstacle_answered(obstacle, url="/vuong-mac/"), obstacle_answered(obstacle, url="/vuong-mac/")) == (1, 0)
    obstacle.answered_at = clock.now()
    assert obstacle_answered(obstacle, url="/vuong-mac/") == 1
    assert of(officer, "obstacle_answered") == ["Vướng mắc được trả lời: Thiếu máy"] * 2
