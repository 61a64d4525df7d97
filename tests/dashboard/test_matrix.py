"""The matrix says what the snapshot says, in the order asked for, with every change marked, on screen and as a file."""

import gzip
import io
import re
from collections import Counter
from datetime import date

import pytest
from openpyxl import load_workbook

from communes.models import Commune, District
from criteria import summaries
from criteria.changes import changes_between
from criteria.engine.facts import Conclusion, Result
from criteria.engine.wording import RESULT_LABELS
from criteria.queries import CommuneStatus, snapshot
from ntm_portal.dashboard.tones import TONES
from tests.dashboard.test_pages import cells, part, said_by, words
from tests.factories.ledger import DAK_NA, SET, make_new, record

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

MATRIX = "/ma-tran/"
TODAY, YEAR_START = date(2020, 10, 20), date(2019, 12, 31)
SINCE_YEAR_START = {"so_voi": "2019-12-31"}
KEYS = ["xa", "huyen", "dat", "so_voi", *(f"tc-{number}" for number in range(1, 20))]
LIST = "nhom=khong"
STANDING = {Result.NOT_MET: 0, Result.EXEMPT: 1, Result.MET: 2}
SIGNS = {"▲": "won", "▼": "lost"}


def rows_of(response) -> dict[str, str]:
    """The row of each commune, by code, in the order shown."""
    return dict(re.findall(r'<tr data-xa="(\d+)">(.*?)</tr>', response.content.decode(), re.DOTALL))


def findings_of(row: str) -> list[str]:
    return re.findall(r'<td class="cell-.*?</td>', row, re.DOTALL)


def marks_of(response) -> set[tuple[str, int, str]]:
    """(commune, criterion, won or lost) of every marked cell."""
    return {
        (code, number, SIGNS[re.search("[▲▼]", found).group()])
        for code, row in rows_of(response).items()
        for number, found in enumerate(findings_of(row), start=1)
        if "cell-changed" in found
    }


def changes_since(day: date) -> set[tuple[str, int, str]]:
    changed = changes_between(snapshot(SET, TODAY), snapshot(SET, day)).communes
    won = {(c.now.commune.code, f.criterion.number, "won") for c in changed for f in c.won}
    return won | {(c.now.commune.code, f.criterion.number, "lost") for c in changed for f in c.lost}


def value_of(status: CommuneStatus, key: str) -> object:
    """What a column sorts by; none for what is not known."""
    if key == "xa":
        return status.commune.sort_key
    if key == "huyen":
        return status.commune.district_code
    if key.startswith("tc-"):
        return STANDING.get(status.finding.criteria[int(key[3:]) - 1].result)
    if not status.last_assessed_on:
        return None
    met = status.finding.criteria_met
    if key == "dat":
        return met
    then = snapshot(SET, YEAR_START).by_code.get(status.commune.code)
    return met - then.finding.criteria_met if then and then.last_assessed_on else None


def expected_order(asked: str) -> list[str]:
    """Codes sorted by one column: equal ones as a dictionary does, unknown ones at the end."""
    key = asked.removeprefix("-")
    statuses = sorted(snapshot(SET, TODAY).statuses, key=lambda s: s.commune.sort_key)
    known = [s for s in statuses if value_of(s, key) is not None]
    known.sort(key=lambda s: value_of(s, key), reverse=asked.startswith("-"))
    return [s.commune.code for s in known + [s for s in statuses if value_of(s, key) is None]]


def add_commune_without_figures() -> str:
    Commune.objects.create(code="90001", name="A Mới", district=District.objects.get(code="610"))
    return "90001"


def test_every_cell_says_what_the_snapshot_says(portal):
    code = add_commune_without_figures()
    served, shown = portal.get(MATRIX), snapshot(SET, TODAY)
    rows = rows_of(served)
    assert {c: [words(f)[0] for f in findings_of(row)] for c, row in rows.items()} == {
        s.commune.code: [TONES[f.result][1] for f in s.finding.criteria] for s in shown.statuses
    }
    totals = {c: cells(row)[1] for c, row in rows.items()}
    assert totals == {s.commune.code: str(s.finding.criteria_met) for s in shown.statuses} | {code: "–"}
    foot = cells(part(served, "tfoot", ""))
    counts = summaries.criterion_counts(shown, shown.statuses, ())
    average = str(summaries.by_province("", shown, shown).average).replace(".", ",")
    met = [str(count.met) for count in counts]
    assert [foot[0], foot[1], *(cell.split()[0] for cell in foot[3:])] == ["Số xã đạt", average, *met]


def test_only_what_is_not_met_leads_on_and_says_why(portal):
    shown = snapshot(SET, date(2020, 10, 13))
    linked = {
        (code, number): re.findall(r'<a href="(.*?)" title="(.*?)">', found)
        for code, row in rows_of(portal.get(MATRIX, {"ngay": "13/10/2020"})).items()
        for number, found in enumerate(findings_of(row), start=1)
    }
    assert linked == {
        (s.commune.code, f.criterion.number): []
        if f.result.is_passed
        else [(f"/xa/{s.commune.code}/?ngay=2020-10-13#tc-{f.criterion.number}", f.reason)]
        for s in shown.statuses
        for f in s.finding.criteria
    }


@pytest.mark.parametrize("key", ["xa", "huyen", "dat", "so_voi", "tc-2", "tc-17"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_one_list_sorts_by_any_column_both_ways(sign, key, portal):
    add_commune_without_figures()
    record(make_new("17.1", Conclusion.NOT_MET, commune="23311"))
    asked = {"sap_xep": sign + key, "nhom": "khong", **SINCE_YEAR_START}
    assert list(rows_of(portal.get(MATRIX, asked))) == expected_order(sign + key)


def test_one_list_unasked_stands_as_in_a_dictionary(portal):
    assert list(rows_of(portal.get(MATRIX, {"nhom": "khong"}))) == expected_order("xa")


@pytest.mark.parametrize("asked", ["", "dat", "-dat", "tc-17", "-tc-17", "-xa", "huyen", "-huyen"])
def test_districts_keep_their_communes_and_sort_inside(asked, portal):
    shown = snapshot(SET, TODAY)
    districts = sorted({s.commune.district_code for s in shown.statuses}, reverse=asked == "-huyen")
    order = expected_order(asked if asked and not asked.endswith("huyen") else "xa")
    served = portal.get(MATRIX, {"sap_xep": asked, "nhom": "huyen"})
    assert list(rows_of(served)) == [
        code for district in districts for code in order if shown.by_code[code].commune.district_code == district
    ]
    groups = re.findall(r'<tr class="group">(.*?)</tr>', served.content.decode(), re.DOTALL)
    assert [re.search(r"/huyen/(\d+)/", group).group(1) for group in groups] == districts


def test_head_of_a_district_counts_its_communes(portal):
    shown = snapshot(SET, TODAY)
    groups = re.findall(r'<tr class="group">.*?</tr>', portal.get(MATRIX).content.decode(), re.DOTALL)
    assert [(cells(g)[0], cells(g)[3:]) for g in groups] == [
        (f"{row.name} {row.communes} xã", [str(c.met) for c in row.criteria])
        for row in summaries.by_district(shown, shown)
    ]


@pytest.mark.parametrize("key", KEYS)
def test_head_turns_its_column_round_and_keeps_the_other_choices(key, portal):
    given = {"ngay": "2020-10-13", "nhom": "khong", "loc": "thay-doi", **SINCE_YEAR_START}
    served = portal.get(MATRIX, given | {"sap_xep": key}).content.decode()
    (head,) = re.findall(r'<th scope="col"[^>]*aria-sort.*?</th>', served, re.DOTALL)
    assert 'aria-sort="ascending"' in head
    assert f'href="?ngay=2020-10-13&amp;so_voi=2019-12-31&amp;sap_xep=-{key}&amp;nhom=khong&amp;loc=thay-doi"' in head


@pytest.mark.parametrize("since", [YEAR_START, date(2020, 6, 30), date(2020, 10, 14)])
def test_marks_are_what_was_won_and_lost(since, portal):
    record(make_new("1.1", Conclusion.NOT_MET, note="Quy hoạch hết hạn"), make_new("8.1", Conclusion.NOT_MET))
    served = portal.get(MATRIX, {"so_voi": since.isoformat()})
    found = changes_since(since)
    assert marks_of(served) == found
    assert {(DAK_NA, 1, "lost"), (DAK_NA, 8, "lost")} <= found
    key = words(part(served, "ul", 'class="matrix-key"'))
    tally = Counter(mark for *_, mark in found)
    assert f"▲ đạt thêm so với {since:%d/%m/%Y} {tally['won']}" in key
    assert f"▼ không còn đạt so với {since:%d/%m/%Y} {tally['lost']}" in key


def test_differences_are_the_balance_of_the_marks(portal):
    record(make_new("1.1", Conclusion.NOT_MET, note="Quy hoạch hết hạn"))
    served = portal.get(MATRIX, SINCE_YEAR_START)
    worth = {"won": 1, "lost": -1}
    by_commune, by_criterion = Counter(), Counter()
    for code, number, mark in changes_since(YEAR_START):
        by_commune[code] += worth[mark]
        by_criterion[number] += worth[mark]

    def read(said: str) -> int:
        return int(said.replace("−", "-") or 0)

    assert {code: read(cells(row)[2]) for code, row in rows_of(served).items()} == {
        code: by_commune[code] for code in rows_of(served)
    }
    foot = cells(part(served, "tfoot", ""))[3:]
    assert [read(cell.split()[1]) for cell in foot] == [by_criterion[number] for number in range(1, 20)]
    assert by_criterion[1] == -1


def test_filter_leaves_the_communes_that_changed_and_the_totals_of_all(portal):
    every = portal.get(MATRIX, SINCE_YEAR_START)
    only = portal.get(MATRIX, SINCE_YEAR_START | {"loc": "thay-doi"})
    changed = {code for code, *_ in changes_since(YEAR_START)}
    assert set(rows_of(only)) == changed
    assert 0 < len(changed) < len(rows_of(every)) == 85
    assert cells(part(only, "tfoot", ""))[1:] == cells(part(every, "tfoot", ""))[1:]
    assert f"{len(changed)} xã có thay đổi" in words(every.content.decode())


def test_nothing_changed_is_said(portal):
    served = portal.get(MATRIX, {"so_voi": "2020-10-19", "loc": "thay-doi"})
    assert words(part(served, "p", 'class="empty"')) == "Không xã nào thay đổi từ 19/10/2020 đến 20/10/2020."
    assert rows_of(served) == {}


def test_day_without_figures_is_not_compared(portal):
    served = portal.get(MATRIX, {"ngay": "2019-12-31"})
    assert marks_of(served) == set()
    assert "Ngày 30/11/2019 không có số liệu để so sánh" in words(part(served, "ul", 'class="matrix-key"'))
    assert {cells(row)[2] for row in rows_of(served).values()} == {"–"}


def sheet_of(response) -> tuple[tuple, list[tuple]]:
    header, *rows = load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True)
    return header, rows


def test_workbook_is_the_matrix_as_it_stands(portal):
    record(make_new("1.1", Conclusion.NOT_MET, note="Quy hoạch hết hạn"))
    asked = {"sap_xep": "-tc-17", **SINCE_YEAR_START}
    header, rows = sheet_of(portal.get(MATRIX, asked | {"xuat": "xlsx"}))
    shown = snapshot(SET, TODAY)
    assert header == (
        "Xã", "Huyện", "Đạt", "So 31/12/2019", *(f"{c.number}. {c.name}" for c in shown.criteria_set.criteria),
        "Đạt thêm (▲)", "Không còn đạt (▼)", "Tính đến ngày", "Số liệu",
    )  # fmt: skip
    order = list(rows_of(portal.get(MATRIX, asked)))
    marks = changes_since(YEAR_START)

    def numbers(code: str, mark: str) -> str | None:
        return ", ".join(str(n) for c, n, m in sorted(marks) if (c, m) == (code, mark)) or None

    for code, row in zip(order, rows, strict=False):
        status = shown.by_code[code]
        assert row[:3] == (status.commune.name, status.commune.district_name, status.finding.criteria_met)
        assert row[4:23] == tuple(RESULT_LABELS[f.result] for f in status.finding.criteria)
        assert row[23:25] == (numbers(code, "won"), numbers(code, "lost"))
    met, net = rows[85:]
    counts = summaries.criterion_counts(shown, shown.statuses, snapshot(SET, YEAR_START).statuses)
    assert (met[0], met[4:23]) == ("Số xã đạt", tuple(c.met for c in counts))
    assert (net[0], net[4:23]) == ("Tăng giảm", tuple(c.difference for c in counts))
    assert {(row[-2].date(), row[-1]) for row in rows} == {(TODAY, "minh họa")}


def test_workbook_holds_only_what_was_asked_for(portal):
    asked = {"loc": "thay-doi", "nhom": "khong", "xuat": "xlsx", **SINCE_YEAR_START}
    _, rows = sheet_of(portal.get(MATRIX, asked))
    assert len(rows) == len({code for code, *_ in changes_since(YEAR_START)}) + 2


def test_name_that_looks_like_a_formula_stays_a_text(portal):
    Commune.objects.filter(code=DAK_NA).update(name="=1+1")
    book = load_workbook(io.BytesIO(portal.get(MATRIX, {"xuat": "xlsx"}).content))
    (cell,) = [row[0] for row in book.active.iter_rows() if row[0].value == "=1+1"]
    assert cell.data_type == "s"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sap_xep": "tc-20"}, f"Không sắp xếp được theo “tc-20”. Nhận: {', '.join(KEYS)}; thêm dấu - ở đầu để đảo."),
        ({"sap_xep": "ten"}, f"Nhận: {', '.join(KEYS)}; thêm dấu - ở đầu để đảo."),
        ({"nhom": "tinh"}, "Không xếp nhóm được theo “tinh”. Nhận: huyen, khong."),
        ({"loc": "moi"}, "Không lọc được theo “moi”. Nhận: thay-doi."),
        ({"xuat": "pdf"}, "Chỉ xuất được dạng xlsx."),
        ({"huyen": "617"}, "Không có tham số “huyen”. Nhận: ngay, so_voi, biet_den, sap_xep, xuat, nhom, loc."),
    ],
    ids=["criterion", "column", "grouping", "filter", "file", "parameter"],
)
def test_what_cannot_be_read_is_answered_with_what_can(given, said, portal):
    response = portal.get(MATRIX, given)
    assert response.status_code == 400
    assert said_by(response).endswith(said)


def test_page_is_light(portal):
    content = portal.get(MATRIX, SINCE_YEAR_START).content
    assert len(gzip.compress(content)) < 20_000


def indicators_on(page: str, number: int) -> dict[str, tuple[str, str, str, str]]:
    """Result, reason, ledger row and source of each indicator of a criterion on the page of its commune."""
    criterion = re.search(rf'<details[^>]*id="tc-{number}".*?</details>', page, re.DOTALL).group()
    found = {}
    for row in re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", criterion, re.DOTALL):
        name, result, _, reason, source = cells(row)
        found[name.split()[0]] = (result, reason, re.search(r"/so-cai/\d+/", row).group(), source)
    return found


def indicators_in(card: str) -> dict[str, tuple[str, str, str]]:
    """Reason, ledger row and source of each indicator in the card of a cell."""
    found = {}
    for lines, source in re.findall(r'<ul class="matrix-card-lines">(.*?)</ul>\s*<p.*?>Nguồn: (.*?)</p>', card, re.S):
        for row, code, reason in re.findall(r'<li><a [^>]*href="(\S+)"[^>]*>([\d.]+)</a>(.*?)</li>', lines, re.S):
            found[code] = (words(reason), row, re.sub(r", (\S+) \((.*)\)$", r" \1, \2", source))
    return found


@pytest.mark.parametrize("code", [DAK_NA, "23434"])
@pytest.mark.parametrize("number", [1, 6, 10, 17, 18])
def test_cell_says_what_the_page_of_the_commune_says(code, number, portal):
    page = portal.get(f"/xa/{code}/").content.decode()
    card = portal.get(f"/ma-tran/o/{code}/{number}/").content.decode()
    finding = snapshot(SET, TODAY).by_code[code].finding.criteria[number - 1]
    assert indicators_in(card) == {
        indicator: said
        for indicator, (result, *said) in indicators_on(page, number).items()
        for said in [tuple(said)]
        if finding.result.is_passed or result == "✗ Chưa đạt"
    }
    assert f"<p>{finding.reason}</p>" in card
    assert f'<span class="hint">{finding.reason}</span>' in page
    assert f'href="/xa/{code}/#tc-{number}"' in card
    assert "<html" not in card


def test_cell_says_since_when_and_what_changed(portal):
    record(make_new("1.1", Conclusion.NOT_MET, note="Quy hoạch hết hạn"))
    said = words(portal.get(f"/ma-tran/o/{DAK_NA}/1/").content.decode())
    assert "▼ không còn đạt so với 30/09/2020" in said
    assert "Không còn đạt từ 10/2020" in said
    assert "(Quy hoạch hết hạn)" in said
    same = words(portal.get(f"/ma-tran/o/{DAK_NA}/2/").content.decode())
    assert "Không đổi từ kỳ số liệu đầu tiên (12/2019)" in same
    assert re.search("[▲▼]", same) is None


def test_cell_keeps_the_day_and_the_moment(portal):
    card = portal.get(f"/ma-tran/o/{DAK_NA}/17/?ngay=2020-06-30&biet_den=2020-12-31").content.decode()
    carried = "?ngay=2020-06-30&amp;biet_den=2020-12-31T23:59"
    assert {link.partition("?")[2] for link in re.findall(r'href="(.*?)"', card)} == {
        carried[1:], f"{carried[1:]}#tc-17"
    }  # fmt: skip
    assert "tháng 06/2020" in words(card)
    unknown = words(portal.get(f"/ma-tran/o/{DAK_NA}/17/?biet_den=2019-01-01").content.decode())
    assert "Chưa có số liệu" in unknown


@pytest.mark.parametrize("cell", ["99999/1", f"{DAK_NA}/20", f"{DAK_NA}/0", "23281/1", "abc/1", f"{DAK_NA}/x"])
def test_cell_that_is_not_there_is_not_found(cell, portal):
    assert portal.get(f"/ma-tran/o/{cell}/").status_code == 404


def test_cell_of_a_faulty_day_says_what_is_accepted(portal):
    assert portal.get(f"/ma-tran/o/{DAK_NA}/1/?ngay=abc").status_code == 400
