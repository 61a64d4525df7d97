"""What the words of a directive give away, and what they do not."""

from datetime import date

import pytest

from directives.mentions import bodies_named, communes_named, directives_named, open_bodies
from directives.models import Directive
from directives.reading import (
    as_pasted,
    due_date,
    kind_of_number,
    passages,
    place_of,
    read_directive,
    read_target,
    recurrence,
    short_title,
)
from tests.factories.directives import LETTER

ISSUED = date(2020, 10, 13)
TODAY = date(2020, 10, 20)


def test_letter_tells_number_day_kind_issuer_signer_and_abstract():
    found = read_directive(LETTER, "Kon Tum")
    assert (found.number, found.issued_on, found.kind) == ("4012/UBND-NNTN", date(2020, 10, 16), "CONG_VAN")
    assert (found.issuer, found.signer) == ("Ủy ban nhân dân tỉnh Kon Tum", "Nguyễn Văn Thử")
    assert found.abstract == "Đẩy nhanh tiến độ hoàn thành mục tiêu xây dựng nông thôn mới năm 2020"


def test_article_of_the_portal_tells_its_directive_and_not_the_day_of_the_page():
    article = (
        "Thứ sáu, Ngày 25/06/2021 -\n\nTăng cường triển khai nhiệm vụ xây dựng nông thôn mới năm 2020\n"
        "Ngày đăng: 14/10/2020  23:49\nNgày 13/10/2020, UBND tỉnh ban hành Công văn số 3867/UBND-NNTN chỉ đạo "
        "theo Chỉ thị số 03/CT-UBND ngày 21/01/2020."
    )
    found = read_directive(article, "Kon Tum")
    assert (found.number, found.issued_on) == ("3867/UBND-NNTN", ISSUED)
    assert found.abstract == "Tăng cường triển khai nhiệm vụ xây dựng nông thôn mới năm 2020"


@pytest.mark.parametrize(
    "words", ["", "Không có gì.", "số số số : : ngày tháng năm", "ngày 45 tháng 13 năm 2020", "\n\n"]
)
def test_text_without_a_head_tells_nothing(words):
    found = read_directive(words)
    assert (found.number, found.issued_on, found.kind, found.abstract) == ("", None, "", "")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("3867/UBND-NNTN", "CONG_VAN"), ("03/CT-UBND", "CHI_THI"), ("691/QĐ-TTg", "QUYET_DINH"),
        ("36/2016/QĐ-UBND", "QUYET_DINH"), ("1996/KH-UBND", "KE_HOACH"), ("60/2016/NQ-HĐND", "NGHI_QUYET"),
        ("01-NQ/TU", "NGHI_QUYET"), ("12/TB-UBND", "THONG_BAO"), ("", ""),
    ],
)  # fmt: skip
def test_kind_follows_from_the_symbol(number, kind):
    assert (kind_of_number(number), read_directive(f"Số: {number}").number) == (kind, number)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("phấn đấu hoàn thành trong tháng 11/2020", date(2020, 11, 30)),
        ("báo cáo trước ngày 31/12/2020", date(2020, 12, 31)),
        ("chậm nhất là ngày 05 tháng 12 năm 2020", date(2020, 12, 5)),
        ("Trong năm 2020 toàn tỉnh hoàn thành", date(2020, 12, 31)),
        ("xong trong quý IV/2020", date(2020, 12, 31)),
        ("xong trong quý I năm 2021", date(2021, 3, 31)),
        ("đến cuối năm 2020 không còn xã; hoàn thành trong tháng 11 năm 2020", date(2020, 11, 30)),
        ("theo Chỉ thị số 03/CT-UBND ngày 21/01/2020", None),
        ("trước ngày 31/02/2021", None),
        ("trong tháng 13/2020", None),
        ("thường xuyên theo dõi", None),
    ],
)
def test_due_day_is_the_most_exact_one_that_is_still_to_come(said, day):
    assert due_date(said, ISSUED) == day


@pytest.mark.parametrize(
    ("said", "how"),
    [("báo cáo hàng tháng", "MONTHLY"), ("hằng quý", "QUARTERLY"), ("thường xuyên", "STANDING"), ("rà soát", "ONCE")],
)
def test_recurrence_is_read(said, how):
    assert recurrence(said) == how


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("Có thêm 04 xã đạt chuẩn xã NTM", ("NEW_RECOGNITIONS", {"count": 4, "tier": "STANDARD"})),
        ("06 xã đạt chuẩn xã NTM nâng cao", ("NEW_RECOGNITIONS", {"count": 6, "tier": "ADVANCED"})),
        ("02 xã đạt chuẩn xã NTM kiểu mẫu", ("NEW_RECOGNITIONS", {"count": 2, "tier": "MODEL"})),
        ("6 thôn đạt khu dân cư NTM kiểu mẫu", ("NEW_RECOGNITIONS", {"count": 6, "tier": "MODEL_RESIDENTIAL"})),
        ("50% số thôn đạt chuẩn thôn NTM tại các xã", ("VILLAGE_SHARE", {"percent": 50, "tier": "NTM_VILLAGE"})),
        (
            "các huyện, thành phố phải có ít nhất 01 xã được công nhận xã nông thôn mới",
            ("DISTRICT_RECOGNISED", {"count": 1, "tier": "STANDARD"}),
        ),
        ("không còn xã có số tiêu chí đạt chuẩn dưới 10 tiêu chí", ("NO_COMMUNE_BELOW", {"criteria": 10})),
        ("đưa xã Đăk Na đạt ít nhất 10 tiêu chí", ("COMMUNE_REACHES", {"criteria": 10})),
        ("Giao các sở kiểm tra", ("", {})),
    ],
)
def test_target_is_read_from_its_words(said, target):
    assert read_target(said) == target


def test_list_is_cut_into_its_items_and_a_sentence_stays_whole():
    listed = "Toàn tỉnh hoàn thành các mục tiêu sau đây: có 4 xã; có 6 xã; có 2 xã."
    body = f"{listed} Giao UBND huyện làm; xong trong tháng 11/2020."
    found = passages(body)
    assert [p.text for p in found] == [
        "Toàn tỉnh hoàn thành các mục tiêu sau đây:", "có 4 xã", "có 6 xã", "có 2 xã",
        "Giao UBND huyện làm; xong trong tháng 11/2020",
    ]  # fmt: skip
    assert all(body[p.start : p.end] == p.text for p in found)
    assert found[1].around.startswith("Toàn tỉnh")


def test_head_and_end_of_a_letter_are_no_passages():
    said = [p.text.split(" ", 2)[:2] for p in passages(as_pasted(LETTER))]
    assert said == [["Thực", "hiện"], ["UBND", "huyện"], ["Sở", "Y"]]
    assert [p.text for p in passages("Kính gửi: Sở Y tế.\nHãy làm ngay.")] == ["Kính gửi: Sở Y tế", "Hãy làm ngay"]


def test_quote_is_found_whatever_its_blanks_and_case():
    assert place_of("Có  4 xã", "Toàn tỉnh có\n4 xã.") == (10, 17)
    assert (place_of("có 5 xã", "có 4 xã"), place_of("", "có 4 xã")) == (None, None)


def test_pasted_text_is_kept_tidy():
    assert as_pasted(" a\u0302\r\nb \t c\r\r\r\rd ") == "â\nb c\n\nd"


def test_long_passage_makes_a_short_title():
    assert short_title("rà soát " * 40).endswith("…")
    assert len(short_title("rà soát " * 40)) <= 121
    assert short_title("rà soát lại") == "Rà soát lại"


def test_bodies_are_named_one_by_one_or_all_at_once(db):
    def named(said: str) -> list[str]:
        return [body.code for body in bodies_named(said, open_bodies(TODAY))]

    assert named("UBND huyện Kon Plông chỉ đạo xã Măng Cành") == ["UB613"]
    assert named("UBND các huyện: Tu Mơ Rông (xã Đăk Na) và Đăk Glei (xã Đăk Hà)") == ["UB610", "UB617"]
    assert named("Giao Văn phòng điều phối theo dõi") == ["VPDP"]
    assert named("Sở Y tế, Sở GDĐT") == ["SGDDT", "SYT"]
    assert len(named("UBND các huyện, thành phố")) == 10
    assert len(named("Các sở, ban ngành")) == 19
    assert named("phối hợp với các địa phương") == []


def test_communes_are_named_in_a_row_and_a_shared_name_is_offered(db):
    sure = communes_named("các xã Mường Hoong, Ngọc Linh và xã Măng Cành của tỉnh", TODAY)
    assert ([c.name for c in sure.sure], sure.unsure) == (["Mường Hoong", "Ngọc Linh", "Măng Cành"], [])
    shared = communes_named("giúp xã Đăk Long", TODAY)
    assert (shared.sure, [(n, len(units)) for n, units in shared.unsure]) == ([], [("Đăk Long", 2)])
    settled = communes_named("UBND huyện Đăk Glei giúp xã Đăk Long", TODAY)
    assert ([c.district.name for c in settled.sure], settled.unsure) == (["Đăk Glei"], [])


def test_directive_that_is_referred_to_is_found_by_number_and_year(db):
    for issuer, day in (("Thủ tướng Chính phủ", date(2018, 6, 5)), ("Ủy ban nhân dân tỉnh Kon Tum", date(2019, 7, 8))):
        Directive.objects.create(number="691/QĐ-X", kind="QUYET_DINH", issuer=issuer, issued_on=day)
    found = directives_named("Theo 03/CT-UBND và Quyết định 691/QĐ-X ngày 08/7/2019, không phải 1003/CT-UBND")
    assert sorted(str(d) for d in found) == ["Chỉ thị 03/CT-UBND", "Quyết định 691/QĐ-X"]
    assert directives_named("Quyết định 691/QĐ-X") == []
