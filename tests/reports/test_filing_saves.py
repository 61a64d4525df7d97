"""What the grid sends: saved and judged, refused at its cell, or held against what a colleague wrote."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from criteria.models import Measure
from ntm_portal.accounts.scope import Role
from reports.actions.drafting import LineChange, confirm_unchanged, save_lines
from reports.actions.opening import close_period
from reports.models import Evidence, Report, ReportLine, Section
from tests.factories.files import PDF
from tests.factories.ledger import DAK_NA
from tests.factories.office import approved, finish, handed_in, line_of, open_for, person, report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db) -> Report:
    open_for("SYT", "CAT")
    return report_of()


@pytest.fixture
def desk(client, officer):
    """Browser of an officer of the department of health."""
    client.force_login(officer)
    return client


def measure_of(line: ReportLine) -> int:
    return Measure.objects.get(indicator=line.indicator).pk


def send(desk, report: Report, *lines: dict):
    return desk.post(f"/bao-cao/{report.pk}/luu/", json.dumps({"lines": list(lines)}), content_type="application/json")


def typed(line: ReportLine, revision: int = 0, **cells: str) -> dict:
    """Cells of a line as the page sends them: `so` is its measure, `kl` its conclusion."""
    found = {str(measure_of(line)) if name == "so" else name: text for name, text in cells.items()}
    return {"line": line.pk, "revision": revision, "cells": found}


def test_value_is_saved_and_its_cells_come_back_judged(desk, draft, officer):
    line = line_of(draft, DAK_NA, "15.1")
    answer = send(desk, draft, typed(line, so="84,95")).json()
    line.refresh_from_db()
    assert (line.facts[measure_of(line)].value, line.conclusion) == (Decimal("84.95"), "NOT_MET")
    assert (line.answered_by, line.revision, answer["revision"]) == (officer, 1, draft.revision + 1)
    assert (list(answer["lines"]), answer["faults"], answer["conflicts"]) == ([str(line.pk)], [], [])
    assert 'data-typed="84,95"' in answer["lines"][str(line.pk)]
    assert "Chưa đạt" in answer["lines"][str(line.pk)]


def test_ratio_is_kept_with_both_numbers(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    answer = send(desk, draft, typed(line, so="171/200")).json()
    line.refresh_from_db()
    assert line.readings[str(measure_of(line))] == {"value": "85.5", "numerator": "171", "denominator": "200"}
    assert 'data-typed="171/200"' in answer["lines"][str(line.pk)]


def test_block_of_many_lines_is_saved_at_once(desk, draft, django_assert_max_num_queries):
    lines = list(draft.lines.filter(indicator__code="15.1").select_related("indicator"))
    block = [typed(line, so="90,5", kl="Đạt") for line in lines]
    with django_assert_max_num_queries(30):
        answer = send(desk, draft, *block).json()
    assert len(answer["lines"]) == len(lines) == 85
    assert set(draft.lines.filter(indicator__code="15.1").values_list("conclusion", flat=True)) == {"MET"}


def test_cost_of_a_save_does_not_grow_with_its_lines(desk, draft):
    lines = list(draft.lines.filter(indicator__code="15.2"))
    counted = []
    for part in (lines[:2], lines[2:60]):
        with CaptureQueriesContext(connection) as captured:
            send(desk, draft, *(typed(line, kl="d") for line in part))
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_cell_that_cannot_be_read_is_told_and_the_others_are_saved(desk, draft):
    bad, good = line_of(draft, DAK_NA, "15.1"), line_of(draft, DAK_NA, "15.2")
    answer = send(desk, draft, typed(bad, so="1.234"), typed(good, kl="c")).json()
    assert [(f["line"], f["cell"]) for f in answer["faults"]] == [(bad.pk, str(measure_of(bad)))]
    assert answer["faults"][0]["message"].startswith("“1.234” đọc được hai cách")
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.answered_at, bad.revision, good.conclusion) == (None, 0, "NOT_MET")


def test_cell_that_is_emptied_loses_its_value(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    send(desk, draft, typed(line, so="", kl=""))
    line.refresh_from_db()
    assert (line.readings, line.conclusion) == ({}, "")


def test_line_that_a_colleague_changed_is_refused_with_both_values(desk, draft):
    line, colleague = line_of(draft, DAK_NA, "15.1"), person("yte2", "SYT")
    other = line_of(draft, DAK_NA, "15.2")
    send(desk, draft, typed(line, so="90"))
    desk.force_login(colleague)
    answer = send(desk, draft, typed(line, so="80"), typed(other, kl="c")).json()
    conflict = answer["conflicts"][0]
    assert (answer["before"], answer["mine"]) == (1, False)
    assert (conflict["line"], conflict["revision"], conflict["by"]) == (line.pk, 1, "Cán bộ Sở Y tế")
    assert conflict["theirs"] == {"kl": "Đạt", str(measure_of(line)): "90"}
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.facts[measure_of(line)].value, other.conclusion) == (90, "NOT_MET")
    assert send(desk, draft, typed(line, conflict["revision"], so="80")).json()["conflicts"] == []
    line.refresh_from_db()
    assert line.facts[measure_of(line)].value == 80


def test_the_same_typed_by_two_is_no_conflict(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    answers = [send(desk, draft, typed(line, so="90")).json() for _ in range(2)]
    assert [answer["conflicts"] for answer in answers] == [[], []]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"lines": []}',
        '{"lines": [1]}',
        '{"lines": [{"line": 1}]}',
        '{"lines": [{"line": "x", "revision": 0, "cells": {}}]}',
        '{"lines": [{"line": 1, "revision": -1, "cells": {}}]}',
        '{"lines": [{"line": 1, "revision": 0, "cells": []}]}',
        '{"lines": [{"line": 1, "revision": 0, "cells": {"kl": 5}}]}',
        '{"lines": [{"line": 1e400, "revision": 0, "cells": {}}]}',
        '{"lines": ' + "[" * 5000,
        "\udcff",
    ],
)
def test_request_that_no_page_sends_is_refused(body, desk, draft):
    answer = desk.post(
        f"/bao-cao/{draft.pk}/luu/", body.encode("utf-8", "surrogateescape"), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_line_of_another_report_is_not_found(desk, draft):
    foreign = report_of("CAT").lines.first()
    assert send(desk, draft, {"line": foreign.pk, "revision": 0, "cells": {"kl": "d"}}).status_code == 404
    assert send(desk, draft, {"line": 2**62, "revision": 0, "cells": {"kl": "d"}}).status_code == 404


def test_cell_of_another_indicator_is_refused(desk, draft):
    line = line_of(draft, DAK_NA, "15.2")
    answer = send(desk, draft, {"line": line.pk, "revision": 0, "cells": {"999999": "5"}})
    assert (answer.status_code, "không có ô" in answer.json()["message"]) == (400, True)


def acts_on(report: Report, line: ReportLine) -> list[str]:
    start = f"/bao-cao/{report.pk}/"
    return [start + part for part in ("luu/", "phan-loi/", "xac-nhan/", "gui/", "rut/", "dinh-chinh/")] + [
        f"{start}dong/{line.pk}/",
        f"{start}dong/{line.pk}/minh-chung/",
    ]


@pytest.mark.one_database
def test_report_of_another_body_is_not_found(desk, draft):
    foreign = report_of("CAT")
    paths = acts_on(foreign, foreign.lines.first())
    assert {desk.post(path).status_code for path in paths} == {404}
    assert desk.get(f"/bao-cao/{foreign.pk}/").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["leader", "coordinator"])
def test_who_does_not_file_may_not_write(who, client, draft, request):
    client.force_login(request.getfixturevalue(who))
    paths = acts_on(draft, draft.lines.first())
    assert {(path, client.post(path).status_code) for path in paths} == {(path, 403) for path in paths}


def test_closed_period_refuses_with_its_words(desk, draft, coordinator):
    close_period(draft.obligation.period, reason="Hết hạn", by=coordinator)
    answer = send(desk, draft, typed(line_of(draft, DAK_NA, "15.1"), so="90"))
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert "đã đóng" in answer.json()["message"]


def test_report_that_was_handed_in_is_not_written(desk, draft, officer):
    handed_in(draft, officer)
    line = line_of(draft, DAK_NA, "15.1")
    assert send(desk, draft, typed(line, line.revision, so="90")).status_code == 409


def save_text(desk, report: Report, text: str, revision: int, heading: str = "RESULTS"):
    sent = {"heading": heading, "revision": revision, "text": text}
    return desk.post(f"/bao-cao/{report.pk}/phan-loi/", sent, HTTP_ACCEPT="application/json")


def test_narrative_is_saved_and_a_stale_one_is_answered_with_the_other_text(desk, draft):
    first = save_text(desk, draft, "Đạt kế hoạch", 0)
    assert (first.status_code, first.json()["section"], first.json()["before"], first.json()["mine"]) == (
        200,
        1,
        0,
        True,
    )
    second = save_text(desk, draft, "Lời khác", 0)
    assert (second.status_code, second.json()["text"], second.json()["revision"]) == (412, "Đạt kế hoạch", 1)
    assert Section.objects.get(report=draft, heading="RESULTS").text == "Đạt kế hoạch"


@pytest.mark.one_database
def test_narrative_that_cannot_be_kept_is_refused_at_its_field(desk, draft):
    assert save_text(desk, draft, "x" * 20_001, 0).json()["message"].startswith("Nội dung dài quá 20000")
    assert save_text(desk, draft, "x", 0, heading="KHAC").json()["message"] == "Không có mục này."
    answer = desk.post(f"/bao-cao/{draft.pk}/phan-loi/", {"heading": "KHAC"}, follow=True)
    assert answer.status_code == 200


def test_narrative_is_saved_by_a_plain_form(desk, draft):
    answer = desk.post(
        f"/bao-cao/{draft.pk}/phan-loi/", {"heading": "RESULTS", "revision": 0, "text": "Tốt"}, follow=True
    )
    assert "Đã lưu phần lời." in answer.content.decode()
    assert Section.objects.get(report=draft, heading="RESULTS").text == "Tốt"


def test_rest_is_confirmed_and_the_report_sent_once(desk, draft):
    page = desk.post(f"/bao-cao/{draft.pk}/xac-nhan/", follow=True).content.decode()
    assert "Đã xác nhận 425 dòng không thay đổi." in page
    draft.refresh_from_db()
    sent = {"revision": draft.revision}
    first = desk.post(f"/bao-cao/{draft.pk}/gui/", sent, follow=True).content.decode()
    second = desk.post(f"/bao-cao/{draft.pk}/gui/", sent, follow=True).content.decode()
    draft.refresh_from_db()
    assert ("Đã gửi báo cáo lúc" in first, "đã có người sửa" in second, draft.state) == (True, True, "SUBMITTED")


def test_unfinished_report_is_not_sent_and_says_why(desk, draft):
    page = desk.post(f"/bao-cao/{draft.pk}/gui/", {"revision": draft.revision}, follow=True).content.decode()
    draft.refresh_from_db()
    assert ("Chưa gửi được: 425 dòng còn lỗi." in page, draft.state) == (True, "DRAFT")


def test_report_that_a_colleague_changed_is_not_sent_unseen(desk, draft, officer):
    seen = finish(draft, officer).revision
    line = line_of(draft, DAK_NA, "15.2")
    save_lines(draft, [LineChange(line.pk, note="Xem lại")], by=person("yte2", "SYT"))
    page = desk.post(f"/bao-cao/{draft.pk}/gui/", {"revision": seen}, follow=True).content.decode()
    assert "đã có người sửa sau khi bạn mở" in page


def test_report_is_withdrawn_once(desk, draft, officer):
    sent = handed_in(draft, officer)
    path = f"/bao-cao/{sent.pk}/rut/"
    first, second = (desk.post(path, follow=True).content.decode() for _ in range(2))
    assert ("Đã rút báo cáo về" in first, "Chỉ rút được báo cáo đang chờ duyệt" in second) == (True, True)


def test_approved_report_is_corrected_for_a_reason(desk, draft, officer, coordinator):
    old = approved(draft, officer, coordinator)
    path = f"/bao-cao/{old.pk}/dinh-chinh/"
    assert "Phải ghi lý do đính chính." in desk.post(path, {"reason": " "}, follow=True).content.decode()
    page = desk.post(path, {"reason": "Nhầm xã"}, follow=True)
    new = report_of()
    assert (new.version, page.redirect_chain[-1][0]) == (2, f"/bao-cao/{new.pk}/")
    assert "Lý do đính chính: Nhầm xã" in page.content.decode()
    assert "Đã có bản đính chính" in desk.post(path, {"reason": "Lần nữa"}, follow=True).content.decode()


def line_path(line: ReportLine) -> str:
    return f"/bao-cao/{line.report_id}/dong/{line.pk}/"


def line_form(line: ReportLine, revision: int, text: str, **more: str) -> dict:
    return {f"so-{measure_of(line)}": text, "revision": revision, "conclusion": line.conclusion, **more}


def test_line_is_saved_without_a_script(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    answer = desk.post(line_path(line), line_form(line, 0, "84", note="Sáp nhập thôn"))
    assert (answer.status_code, answer["Location"]) == (302, line_path(line))
    line.refresh_from_db()
    assert (line.facts[measure_of(line)].value, line.conclusion, line.note) == (84, "NOT_MET", "Sáp nhập thôn")


def test_line_keeps_a_conclusion_stricter_than_its_value(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    desk.post(line_path(line), line_form(line, 0, "90", note="Chưa đủ hồ sơ") | {"conclusion": "NOT_MET"})
    line.refresh_from_db()
    assert line.conclusion == "NOT_MET"
    desk.post(line_path(line), line_form(line, line.revision, "90") | {"conclusion": ""})
    line.refresh_from_db()
    assert line.conclusion == "MET"


def test_line_says_at_the_field_what_cannot_be_read(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    page = desk.post(line_path(line), line_form(line, 0, "1.234")).content.decode()
    assert "đọc được hai cách" in page
    assert 'value="1.234"' in page
    line.refresh_from_db()
    assert line.revision == 0


def test_line_that_a_colleague_changed_is_shown_with_both_values(desk, draft):
    line = line_of(draft, DAK_NA, "15.1")
    save_lines(draft, [LineChange(line.pk, conclusion="NOT_MET", note="x")], by=person("yte2", "SYT"))
    page = desk.post(line_path(line), line_form(line, 0, "91")).content.decode()
    assert "yte2 đã ghi" in page
    assert 'value="91"' in page
    assert 'name="revision" value="1"' in page
    assert desk.post(line_path(line), line_form(line, 1, "91")).status_code == 302


def test_line_of_another_report_has_no_page(desk, draft):
    foreign = report_of("CAT").lines.first()
    assert desk.get(f"/bao-cao/{draft.pk}/dong/{foreign.pk}/").status_code == 404


def attach(desk, line: ReportLine, content: bytes = PDF, name: str = "bien-ban.pdf"):
    return desk.post(line_path(line) + "minh-chung/", {"upload": SimpleUploadedFile(name, content), "title": ""})


def test_evidence_is_added_and_removed_while_the_report_is_written(desk, draft, officer, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    line = line_of(draft, DAK_NA, "15.1")
    assert attach(desk, line).status_code == 302
    held = Evidence.objects.get(line=line)
    assert (held.added_by, "bien-ban.pdf" in desk.get(line_path(line)).content.decode()) == (officer, True)
    assert b"".join(desk.get(held.file.url).streaming_content) == PDF
    assert desk.post(f"/bao-cao/{draft.pk}/minh-chung/{held.pk}/xoa/").status_code == 302
    assert not Evidence.objects.filter(line=line).exists()


def test_evidence_that_is_no_document_is_refused_at_the_field(desk, draft, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    line = line_of(draft, DAK_NA, "15.1")
    assert "field-error" in attach(desk, line, b"MZ...", "virus.pdf").content.decode()
    assert not Evidence.objects.filter(line=line).exists()


def test_evidence_of_another_body_or_of_a_sent_report_stays(desk, draft, officer, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    line = line_of(draft, DAK_NA, "15.1")
    attach(desk, line)
    held = Evidence.objects.get(line=line)
    foreign = report_of("CAT")
    desk.force_login(person("congan", "CAT", [Role.OFFICER]))
    assert desk.post(f"/bao-cao/{foreign.pk}/minh-chung/{held.pk}/xoa/").status_code == 404
    desk.force_login(officer)
    handed_in(draft, officer)
    page = desk.post(f"/bao-cao/{draft.pk}/minh-chung/{held.pk}/xoa/", follow=True).content.decode()
    assert "nên không sửa được" in page
    assert Evidence.objects.filter(pk=held.pk).exists()


def test_confirmed_lines_are_not_confirmed_twice(draft, officer):
    assert (confirm_unchanged(draft, by=officer), confirm_unchanged(draft, by=officer)) == (425, 0)
