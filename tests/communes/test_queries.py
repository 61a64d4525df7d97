"""Which unit a written name or code means."""

import unicodedata
from datetime import date

import pytest

from communes.models import Commune, District
from communes.queries import AmbiguousNameError, communes_on, find_commune
from ntm_portal.core.errors import NotFoundError

pytestmark = pytest.mark.django_db

DAY = date(2020, 10, 20)


@pytest.mark.parametrize(
    "written",
    [
        "Đăk Na",
        "dak na",
        "DAK NA",
        unicodedata.normalize("NFD", "Đăk Na"),
        "Ðăk Na",
        "Ɖăk Na",
        "Đắk Na",
        "Đak Na",
        "xã Đăk Na",
        "Xã. Đăk Na",
        "X. Đăk Na",
        "X.Đăk Na",
        "UBND xã Đăk Na",
        "  Đăk\u00a0 Na ",
        "23407",
        "23407.0",
        " 23407 ",
    ],
)
def test_a_written_name_or_code_finds_its_commune(written):
    assert find_commune(written, on=DAY).code == "23407"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("TT Đăk Hà", "23500"),
        ("TT. Đăk Hà", "23500"),
        ("thị trấn Đăk Hà", "23500"),
        ("UBND thị trấn Đăk Hà", "23500"),
        ("xã Đăk Hà", "23425"),
        ("P. Quang Trung", "23281"),
        ("phường Quang Trung", "23281"),
    ],
)
def test_a_prefix_tells_units_of_one_name_apart(written, code):
    assert find_commune(written, on=DAY).code == code


@pytest.mark.parametrize("written", ["TT Đăk Na", "phường Đăk Na", "P. Đăk Na", "xã Quang Trung"])
def test_a_prefix_of_another_kind_finds_nothing(written):
    with pytest.raises(NotFoundError):
        find_commune(written, on=DAY)


@pytest.mark.parametrize(
    ("written", "between"),
    [("Đăk Long", " Thị trấn Măng Đen (Huyện Kon Plông, mã 23473);"), ("xã Đăk Long", "")],
)
def test_an_ambiguous_name_lists_its_candidates(written, between):
    """The town of Măng Đen was a commune of that name too until 2019."""
    with pytest.raises(AmbiguousNameError) as refused:
        find_commune(written, on=DAY)

    assert refused.value.message == (
        f"“{written}” có thể là: Xã Đăk Long (Huyện Đăk Glei, mã 23368);{between}"
        " Xã Đăk Long (Huyện Đăk Hà, mã 23504). Hãy ghi rõ huyện hoặc mã."
    )


@pytest.mark.parametrize(("district", "code"), [("610", "23368"), ("615", "23504")])
def test_an_ambiguous_name_is_found_with_its_district(district, code):
    found = find_commune("dak long", on=DAY, district=District.objects.get(code=district))

    assert found.code == code


def test_a_bare_name_of_town_and_commune_is_ambiguous():
    with pytest.raises(AmbiguousNameError):
        find_commune("Đăk Hà", on=DAY)


@pytest.mark.parametrize("written", ["Không Có", "", "xã", "99999", "2340", "234070", "23407.5", "Đăk", "Na"])
def test_an_unknown_name_is_not_found(written):
    with pytest.raises(NotFoundError):
        find_commune(written, on=DAY)


def test_a_commune_of_another_district_is_not_found():
    with pytest.raises(NotFoundError):
        find_commune("Đăk Na", on=DAY, district=District.objects.get(code="610"))


def test_a_closed_unit_is_not_found_after_its_last_day():
    Commune.objects.filter(code="23407").update(valid_to=date(2020, 6, 30))

    assert find_commune("Đăk Na", on=date(2020, 6, 30)).code == "23407"
    with pytest.raises(NotFoundError):
        find_commune("23407", on=date(2020, 7, 1))


def test_every_unit_is_found_by_its_full_name_within_its_district():
    units = Commune.objects.in_force(DAY).select_related("district")

    found = [find_commune(u.full_name, on=DAY, district=u.district).code for u in units]

    assert found == [u.code for u in units]


@pytest.mark.parametrize("written", ["Ia H'Drai", "Ia H’Drai", "Ia H' Drai", "ia hdrai"])
def test_a_district_is_searched_without_regard_to_its_apostrophe(written):
    assert [d.name for d in District.objects.named_like(written)] == ["Ia H'Drai"]


def test_communes_of_a_day_are_the_rural_ones_by_district_and_code(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = communes_on(DAY)

    assert len(found) == 85
    assert [(c.district_code, c.code) for c in found] == sorted((c.district_code, c.code) for c in found)
    assert {c.kind for c in found} == {Commune.Kind.XA}
