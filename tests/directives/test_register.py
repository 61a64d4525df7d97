"""The register: its list and pages, entering a directive from its text, and marking that text."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directives.models import Directive, Target
from directives.register import Piece, marked_text, marks_in
from ntm_portal.core.models import StoredFile
from tests.factories.directives import ISSUER, LETTER, TARGET_WORDS, fields_of, letter
from tests.factories.files import PDF
from tests.test_consistency import INLINE, LOOSE_SCRIPT

LIST, ADD = "/van-ban/", "/van-ban/them/"
OWN_PAGES = ["{}sua/", "{}danh-dau/", "{}muc-tieu/them/", "{}nhiem-vu/them/"]


@pytest.fixture
def main_directive(db) -> Directive:
    return Directive.objects.get(number="3867/UBND-NNTN")


@pytest.fixture
def files(settings, tmp_path) -> None:
    settings.FILES_DIR = tmp_path


def numbers(response) -> list[str]:
    return [row.directive.number for row in response.context["rows"]]


def queries_for(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def test_list_counts_targets_by_state_and_tasks(portal):
    row = next(row for row in portal.get(LIST).context["rows"] if row.directive.number == "3867/UBND-NNTN")
    assert [(state.value, count) for state, count in row.states] == [("AT_RISK", 11)]
    assert (row.tasks.total, row.tasks.under_way, row.tasks.overdue) == (7, 7, 0)


def test_overdue_tasks_are_counted_after_their_day(portal, clock_at):
    clock_at(date(2020, 12, 15))
    row = next(row for row in portal.get(LIST).context["rows"] if row.directive.number == "3867/UBND-NNTN")
    assert row.tasks.overdue == 5
    assert {state.value for state, _ in row.states} >= {"MET", "MISSED"}


def test_officer_follows_the_tasks_of_the_own_body(client, officer):
    client.force_login(officer)
    row = next(row for row in client.get(LIST).context["rows"] if row.directive.number == "3867/UBND-NNTN")
    assert (row.tasks.total, row.tasks.under_way) == (7, 2)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("tim=mang+canh", ["3867/UBND-NNTN"]),
        ("tim=TANG+CUONG", ["3867/UBND-NNTN"]),
        ("tim=1009", ["1009/UBND-NNTN", "3867/UBND-NNTN"]),
        ("loai=CHI_THI", ["03/CT-UBND"]),
        ("nam=2019", []),
        ("tim=khong+co+chu+nay", []),
    ],
)
def test_list_is_searched_without_marks_and_filtered(portal, asked, found):
    assert sorted(numbers(portal.get(f"{LIST}?{asked}"))) == sorted(found)


def test_list_is_filtered_by_issuer(portal):
    letter(number="691/QĐ-TTg", issuer="Thủ tướng Chính phủ")
    assert numbers(portal.get(LIST, {"co_quan": "Thủ tướng Chính phủ"})) == ["691/QĐ-TTg"]


@pytest.mark.parametrize("asked", ["loai=KHONG", "nam=abc", "nam=1000", "trang=0", "la=1", "tim=a&tim=b", "tim=a%00b"])
def test_query_that_cannot_be_read_is_told(portal, asked):
    assert portal.get(f"{LIST}?{asked}").status_code == 400


def test_list_is_cut_into_pages_and_costs_the_same(portal):
    queries_for(portal, LIST)
    few = queries_for(portal, LIST)
    for number in range(30):
        letter(number=f"{number}/UBND-NNTN")
    queries_for(portal, LIST)
    assert queries_for(portal, LIST) == few <= 14
    first, second = portal.get(LIST), portal.get(f"{LIST}?trang=2")
    assert (len(numbers(first)), len(numbers(second))) == (25, 8)
    assert b"Trang 1/2" in first.content


def test_page_shows_chain_targets_tasks_and_the_marked_text(portal, main_directive):
    response = portal.get(main_directive.get_absolute_url())
    chain, pieces = response.context["chain"], response.context["pieces"]
    assert [(link.relation, link.directive.number) for link in chain.before] == [
        ("dẫn chiếu", "03/CT-UBND"), ("dẫn chiếu", "1009/UBND-NNTN"),
    ]  # fmt: skip
    assert (len(response.context["results"]), len(response.context["tasks"])) == (11, 7)
    assert "".join(piece.text for piece in pieces) == main_directive.body
    first = next(piece for piece in pieces if piece.marks)
    assert (first.text, first.marks[0].record.code) == ("Có thêm 04 xã đạt chuẩn xã NTM", "T1")


def test_page_of_what_is_referred_to_names_who_refers(portal):
    page = portal.get(Directive.objects.get(number="03/CT-UBND").get_absolute_url())
    assert [link.directive.number for link in page.context["chain"].after] == ["3867/UBND-NNTN"]


def test_page_costs_the_same_with_more_targets_and_tasks(portal, main_directive):
    page = main_directive.get_absolute_url()
    queries_for(portal, page)
    few = queries_for(portal, page)
    for target in list(main_directive.targets.all()):
        target.pk, target.code = None, f"{target.code}b"
        target.save()
    queries_for(portal, page)
    assert queries_for(portal, page) == few <= 18


def test_officer_sees_only_the_own_part_of_a_task(client, officer, main_directive):
    client.force_login(officer)
    rows = client.get(main_directive.get_absolute_url()).context["tasks"]
    assert {part.department.code for row in rows for part in row.parts} == {"SYT"}


@pytest.mark.parametrize("who", ["officer", "leader"])
def test_who_does_not_edit_finds_no_form(client, request, who, main_directive):
    client.force_login(request.getfixturevalue(who))
    page = client.get(main_directive.get_absolute_url())
    assert (page.status_code, "Đánh dấu văn bản" in page.content.decode()) == (200, False)
    pages = [ADD, "/nhiem-vu/them/", *(p.format(main_directive.get_absolute_url()) for p in OWN_PAGES)]
    assert {client.get(page).status_code for page in pages} == {403}
    assert client.post(ADD, fields_of()).status_code == 403


def test_overlapping_quotes_cut_the_text_without_losing_any():
    wide, near = Target(pk=1, title="rộng", quote="hai ba bốn"), Target(pk=2, title="hẹp", quote="BA")
    marks = marks_in("một hai ba bốn", [wide, near], [])
    assert marked_text("một hai ba bốn", marks) == [
        Piece("một ", []), Piece("hai ", [marks[0]]), Piece("ba", [marks[1], marks[0]]), Piece(" bốn", [marks[0]]),
    ]  # fmt: skip
    assert marked_text("", []) == []


def test_pasted_text_fills_in_the_empty_fields_and_saves_nothing(portal):
    before = Directive.objects.count()
    form = portal.post(ADD, {"body": LETTER, "doc": "1", "signer": "Người khác"}).context["form"]
    assert {name: form.initial[name] for name in ("number", "kind", "issuer", "signer")} == {
        "number": "4012/UBND-NNTN", "kind": "CONG_VAN", "issuer": ISSUER, "signer": "Người khác",
    }  # fmt: skip
    assert form.initial["issued_on"] == date(2020, 10, 16)
    assert {d.number for d in Directive.objects.filter(pk__in=form.initial["refers_to"])} == {
        "03/CT-UBND", "1009/UBND-NNTN",
    }  # fmt: skip
    assert (len(form.initial["recipients"]) >= 29, Directive.objects.count()) == (True, before)


@pytest.mark.parametrize("words", ["", "x" * 1000, "\0", "Số: ????", "ngày 99 tháng 99 năm 9999, ngày 31/02/2020"])
def test_text_that_tells_nothing_is_no_fault(portal, words):
    assert portal.post(ADD, {"body": words, "doc": "1", "recipients": ["x", "-1"]}).status_code == 200


def test_directive_is_kept_with_links_and_leads_to_its_marking(portal, files):
    other = Directive.objects.get(number="03/CT-UBND")
    upload = SimpleUploadedFile("4012.pdf", PDF)
    response = portal.post(ADD, fields_of(refers_to=[other.pk], replaces=[other.pk], upload=upload))
    kept = Directive.objects.get(number="4012/UBND-NNTN")
    assert response["Location"] == f"/van-ban/{kept.pk}/danh-dau/"
    assert ([*kept.refers_to.all()], [*kept.replaces.all()], kept.file.kind) == ([other], [other], "PDF")
    assert (kept.year, "\r" in kept.body, kept.issued_on) == (2020, False, date(2020, 10, 16))


def test_same_number_of_another_issuer_or_year_lives_beside(portal):
    for issuer, day in ((ISSUER, "08/07/2019"), ("Thủ tướng Chính phủ", "08/07/2019"), (ISSUER, "08/07/2020")):
        assert portal.post(ADD, fields_of(number="691/QĐ-X", issuer=issuer, issued_on=day)).status_code == 302
    assert Directive.objects.filter(number="691/QĐ-X").count() == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": "3867/UBND-NNTN"}, "number"),
        ({"number": " 3867/ubnd-nntn ", "issuer": "ủy ban nhân dân tỉnh kon tum"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "x" * 61}, "number"),
        ({"kind": "KHONG"}, "kind"),
        ({"issued_on": "31/02/2020"}, "issued_on"),
        ({"issued_on": "01/01/1000"}, "issued_on"),
        ({"refers_to": ["9999999"]}, "refers_to"),
        ({"recipients": ["x"]}, "recipients"),
        ({"abstract": "x" * 501}, "abstract"),
        ({"body": "a\0b"}, "body"),
        ({"upload": SimpleUploadedFile("4012.pdf", b"<html>no</html>")}, "upload"),
    ],
)
def test_fault_is_told_at_its_field_and_nothing_is_kept(portal, files, changed, field):
    before = (Directive.objects.count(), StoredFile.objects.count())
    response = portal.post(ADD, fields_of(**changed))
    assert (response.status_code, [*response.context["form"].errors]) == (400, [field])
    assert (Directive.objects.count(), StoredFile.objects.count()) == before


def test_edited_directive_may_keep_its_key_but_not_pass_its_targets(portal, main_directive):
    page = f"{main_directive.get_absolute_url()}sua/"
    sent = fields_of(number="3867/UBND-NNTN", issued_on="13/10/2020")
    assert portal.post(page, sent)["Location"] == main_directive.get_absolute_url()
    late = portal.post(page, sent | {"issued_on": "15/12/2020"})
    assert (late.status_code, [*late.context["form"].errors]) == (400, ["issued_on"])


def test_file_is_replaced_kept_or_taken_away(portal, files, main_directive):
    page = f"{main_directive.get_absolute_url()}sua/"
    sent = fields_of(number="3867/UBND-NNTN", issued_on="13/10/2020")
    portal.post(page, sent | {"upload": SimpleUploadedFile("a.pdf", PDF)})
    main_directive.refresh_from_db()
    assert b"".join(portal.get(main_directive.file.url).streaming_content) == PDF
    portal.post(page, sent)
    main_directive.refresh_from_db()
    assert main_directive.file.name == "a.pdf"
    portal.post(page, sent | {"upload-clear": "on"})
    main_directive.refresh_from_db()
    assert main_directive.file is None


def test_marking_offers_every_passage_and_shows_what_is_done(portal):
    kept = letter()
    page = f"{kept.get_absolute_url()}danh-dau/"
    first = portal.get(page)
    assert (first.context["done"], first.context["left"]) == (0, len(first.context["passages"]))
    kept.targets.create(
        code="M1",
        title="x",
        kind="NO_COMMUNE_BELOW",
        parameters={"criteria": 10},
        due_on="2020-12-31",
        quote=TARGET_WORDS,
    )
    done = [one for one in portal.get(page).context["passages"] if one.is_done]
    assert [TARGET_WORDS in one.passage.text for one in done] == [True]


def test_information_is_said_of_one_passage_or_of_all_that_are_left_and_taken_back(portal):
    page = f"{letter().get_absolute_url()}danh-dau/"
    one = portal.get(page).context["passages"][0]
    response = portal.post(f"{page}thong-tin/", {"doan": one.key})
    assert response["Location"] == f"{page}#doan-{one.passage.start}"
    assert portal.get(page).context["done"] == 1
    portal.post(f"{page}thong-tin/", {"doan": one.key})
    assert portal.get(page).context["done"] == 0
    portal.post(f"{page}thong-tin/", {"doan": "khong-co"})
    portal.post(f"{page}thong-tin/", {"doan": "tat-ca"})
    assert portal.get(page).context["left"] == 0


def test_marking_without_a_text_asks_for_it(portal):
    page = portal.get(f"{letter(body='').get_absolute_url()}danh-dau/")
    assert "Dán toàn văn" in page.content.decode()


@pytest.mark.parametrize("asked", ["?tu=x", "?tu=-1&den=5", "?tu=1&den=99999999", "?la=1"])
def test_place_that_cannot_be_read_is_told(portal, asked):
    assert portal.get(f"{letter().get_absolute_url()}muc-tieu/them/{asked}").status_code == 400


@pytest.mark.parametrize("asked", ["", "?tu=5", "?tu=9&den=3", "?tu=190000&den=199999"])
def test_place_outside_the_text_offers_nothing(portal, asked):
    kept = letter()
    for what in ("muc-tieu", "nhiem-vu"):
        assert portal.get(f"{kept.get_absolute_url()}{what}/them/{asked}").status_code == 200


@pytest.mark.one_database
def test_pages_hold_nothing_inline(portal, main_directive):
    own, target = main_directive.get_absolute_url(), main_directive.targets.all()[0]
    pages = [LIST, own, ADD, "/nhiem-vu/them/", *(page.format(own) for page in OWN_PAGES)]
    pages += [f"/muc-tieu/{target.pk}/sua/", f"/nhiem-vu/{main_directive.tasks.all()[0].pk}/sua/"]
    for page in pages:
        served = portal.get(page).content.decode()
        assert (page, LOOSE_SCRIPT.findall(served), INLINE.findall(served), "{{" in served) == (page, [], [], False)
