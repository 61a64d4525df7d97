"""Pages of criteria, bodies and comparisons say what the snapshot says."""

import re
from datetime import date

import pytest

from communes.models import Commune
from criteria import summaries
from criteria.changes import changes_between
from criteria.engine.facts import Conclusion, Result
from criteria.models import Responsibility
from criteria.queries import snapshot
from ntm_portal.accounts.models import Department
from tests.dashboard.test_pages import cells, main_of, part, said_by, words
from tests.dashboard.test_tables import rows_of
from tests.factories.ledger import DAK_NA, SET, make_new, record

pytestmark = pytest.mark.django_db

TODAY = date(2020, 10, 20)


def shown():
    return snapshot(SET, TODAY)


def test_criteria_stand_weakest_first(portal):
    rows = rows_of(portal.get("/tieu-chi/"), "tieu-chi")
    counts = summaries.criterion_counts(shown(), shown().statuses, ())
    expected = sorted(counts, key=lambda c: (c.met, c.number))
    assert [row[:2] for row in rows] == [[f"{c.number}. {c.name}", str(c.met)] for c in expected]


def test_share_never_rounds_up_to_all(portal):
    rows = {row[0]: row for row in rows_of(portal.get("/tieu-chi/"), "tieu-chi")}
    for count in summaries.criterion_counts(shown(), shown().statuses, ()):
        assert rows[f"{count.number}. {count.name}"][2] == f"{100 * count.met // count.total}%"


def test_criterion_lists_exactly_the_communes_that_do_not_meet_it(portal):
    rows = rows_of(portal.get("/tieu-chi/17/"), "tieu-chi-17")
    lacking = {s.commune.name for s in shown().statuses if not s.finding.criteria[16].result.is_passed}
    assert sorted(row[0] for row in rows) == sorted(
        s.commune.name for s in shown().statuses if not s.finding.criteria[16].result.is_passed
    )
    assert "Đăk Na" in lacking


def test_criterion_names_threshold_and_body_of_each_indicator(portal):
    section = part(portal.get("/tieu-chi/11/"), "section", 'aria-labelledby="chi-tieu"')
    ((code, asked, *_, charge),) = [cells(row) for row in re.findall(r"<tr>.*?</tr>", section, re.DOTALL)[1:]]
    assert (code.split()[0], asked, charge) == ("11.1", "≤ 7% hộ", "Sở LĐTBXH")


def test_unknown_criterion_is_not_found(portal):
    response = portal.get("/tieu-chi/20/")
    assert (response.status_code, said_by(response)) == (
        404,
        "Lỗi 404 Không tìm thấy Bộ tiêu chí không có tiêu chí số 20.",
    )


def test_body_shows_its_indicators_and_what_the_communes_lack(portal):
    rows = rows_of(portal.get("/don-vi/SYT/"), "chi-tieu")
    held = Responsibility.objects.filter(department__code="SYT").values_list("indicator__code", flat=True)
    assert sorted(row[0].split()[0] for row in rows) == sorted(held)
    counts = {c.indicator.code: c for c in summaries.indicator_counts(shown().statuses, range(1, 20))}
    for row in rows:
        count = counts[row[0].split()[0]]
        assert [int(n) for n in row[2:5]] == [count.met, count.not_met, count.no_data]
        assert count.total == 85


def test_body_of_a_district_shows_its_communes(portal):
    assert len(rows_of(portal.get("/don-vi/UB617/"), "don-vi-UB617")) == 11


def test_body_without_work_says_so(portal):
    Department.objects.create(code="MOI", name="Sở mới", short_name="Sở mới", kind=Department.Kind.SO_NGANH)
    served = words(main_of(portal.get("/don-vi/MOI/")))
    assert "Đơn vị chưa được giao chỉ tiêu nào trong bộ tiêu chí này." in served
    assert "Chưa có phân công nào được ghi." in served


def test_communes_stand_side_by_side(portal):
    table = part(portal.get("/so-sanh/?xa=23407&xa=23362"), "table", 'class="data compare"')
    rows = [cells(row) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
    statuses = [shown().by_code[code] for code in ("23407", "23362")]
    assert [cell.split(" ✕")[0] for cell in rows[0][1:]] == ["Đăk Na Tu Mơ Rông", "Mường Hoong Đăk Glei"]
    labels = {Result.MET: "✓ Đạt", Result.NOT_MET: "✗ Chưa đạt"}
    for index, row in enumerate(rows[2:]):
        found = [s.finding.criteria[index] for s in statuses]
        assert row[1:] == [labels[f.result] + ("" if f.result.is_passed else f" {f.reason}") for f in found]


def test_leaving_a_commune_out_keeps_the_rest(portal):
    served = portal.get("/so-sanh/?xa=23407&xa=23362&ngay=2020-10-13").content.decode()
    assert re.findall(r'href="(\?[^"]+)"\s+aria-label="Bỏ', served) == [
        "?ngay=2020-10-13&amp;xa=23362",
        "?ngay=2020-10-13&amp;xa=23407",
    ]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["99999"], "Ngày 20/10/2020 không có xã mang mã 99999."),
        (["23281"], "Ngày 20/10/2020 không có xã mang mã 23281."),
        (["23407", "<b>"], "Ngày 20/10/2020 không có xã mang mã <b>."),
        ([str(code) for code in range(23401, 23408)], "So sánh được nhiều nhất 6 xã cùng lúc."),
    ],
    ids=["unknown", "ward", "html", "too many"],
)
def test_communes_that_cannot_be_compared_are_named(codes, said, portal):
    response = portal.get("/so-sanh/", {"xa": codes})
    assert response.status_code == 400
    assert said in said_by(response)


def test_two_days_show_what_was_won_and_what_fell(portal):
    record(
        make_new("1.1", Conclusion.NOT_MET, commune=DAK_NA, as_of=date(2020, 10, 15), note="rà soát lại"),
    )
    now, before = snapshot(SET, TODAY), snapshot(SET, date(2020, 8, 31))
    changes = changes_between(now, before)
    section = part(portal.get("/so-sanh/?so_voi=2020-08-31"), "section", 'aria-labelledby="xa-thay-doi"')
    items = re.findall(r'<li class="(up|down)">(.*?)</li>', section, re.DOTALL)
    assert [(kind, words(item).split(" ")[0]) for kind, item in items][0] == ("down", "Đăk")
    assert len(items) == len(changes.communes)
    assert f"+{changes.won} tiêu chí đạt thêm, −{changes.lost} tiêu chí không còn đạt" in words(section)
    assert changes.communes[0].now.commune.code == DAK_NA
    assert [f.criterion.number for f in changes.communes[0].lost] == [1]


def test_commune_that_came_later_has_not_changed(portal):
    Commune.objects.create(code="90000", name="Xã mới", district_id=Commune.objects.get(code=DAK_NA).district_id)
    record(make_new("1.1", commune="90000"))
    changes = changes_between(snapshot(SET, TODAY), snapshot(SET, date(2020, 8, 31)))
    assert "90000" not in {change.now.commune.code for change in changes.communes}
