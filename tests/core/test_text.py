"""Vietnamese text as it comes in: stored, compared and sorted the same on every database."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_portal.core.text import clean, search_key, sort_key

pytestmark = pytest.mark.engine

ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
VIETNAMESE = st.text(st.sampled_from("aàảãáạăằâẩbcdđeêễghiklmnoôốơợpqrstuưừvxyỳ ĐÐƉÂ'’-.,()0123456789"), max_size=40)
ANY_TEXT = st.one_of(VIETNAMESE, st.text(max_size=40))


def in_order(words):
    return sorted(words, key=sort_key)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_text_is_stored_composed(form):
    assert clean(unicodedata.normalize(form, "Đăk Rơ Ông")) == "Đăk Rơ Ông"


@pytest.mark.parametrize("letter", ["Đ", "Ð", "Ɖ"])
def test_letters_that_look_like_d_with_stroke_are_stored_as_it(letter):
    assert clean(f"{letter}ăk Na") == "Đăk Na"
    assert clean(f"{letter}ăk Na".lower()) == "đăk na"
    assert search_key(f"{letter}ĂK NA") == "dak na"


@pytest.mark.parametrize("written", ["Ia H'Drai", "Ia H’Drai", "Ia H' Drai", "Ia H ‘Drai", "IA H´DRAI", "Ia HʼDrai"])
def test_apostrophes_make_no_difference(written):
    assert search_key(written) == "ia hdrai"


@pytest.mark.parametrize(
    ("one", "other"), [("hoà", "hòa"), ("thuỷ", "thủy"), ("Hoà Bình", "HÒA BÌNH"), ("khoẻ", "khỏe"), ("Xã", "xa")]
)
def test_tone_placement_and_case_make_no_difference_in_a_search(one, other):
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    "written",
    ["  Đăk  Na ", "Đăk\u00a0Na", "Đăk\tNa", "Đăk\u200b Na", "Đ\u00adăk Na", "\ufeffĐăk Na\u2060", "Đăk\u3000\nNa"],
)
def test_spaces_are_squeezed_and_the_invisible_is_dropped(written):
    assert clean(written) == "Đăk Na"


@pytest.mark.parametrize("written", ["\u200eĐăk Na", "Đă\u200fk Na", "\u202aĐăk Na\u202c", "Đăk \u2066Na\u2069"])
def test_marks_of_direction_are_dropped(written):
    assert clean(written) == "Đăk Na"


def test_punctuation_separates_words_in_a_search():
    assert search_key("Đăk-Na (Tu Mơ Rông), số 3867/UBND_NNTN") == "dak na tu mo rong so 3867 ubnd nntn"


def test_letters_sort_as_in_a_vietnamese_dictionary():
    assert in_order(reversed(ALPHABET)) == list(ALPHABET)


def test_capitals_sort_with_their_small_letters():
    assert [sort_key(letter.upper()) for letter in ALPHABET] == [sort_key(letter) for letter in ALPHABET]


def test_tones_only_break_ties():
    words = ["ma", "mà", "mả", "mã", "má", "mạ", "maa", "mai", "mài"]

    assert in_order(reversed(words)) == ["ma", "mà", "mả", "mã", "má", "mạ", "maa", "mai", "mài"]


def test_a_later_letter_counts_more_than_an_earlier_tone():
    assert in_order(["hòb", "hoc", "hóa", "hò"]) == ["hò", "hóa", "hòb", "hoc"]


def test_dak_with_stroke_comes_after_dak_and_not_at_the_end():
    names = ["Ya Ly", "Đăk Na", "Ea", "Dak", "Diên Bình", "Đoàn Kết", "Đak"]

    assert in_order(names) == ["Dak", "Diên Bình", "Đak", "Đăk Na", "Đoàn Kết", "Ea", "Ya Ly"]


def test_a_shorter_name_comes_before_the_name_it_begins():
    assert in_order(["Đăk Long A", "Đăk Longa", "Đăk Long", "Đăk"]) == ["Đăk", "Đăk Long", "Đăk Long A", "Đăk Longa"]


@given(ANY_TEXT)
def test_a_search_key_is_its_own_search_key(written):
    assert search_key(search_key(written)) == search_key(written)


@given(ANY_TEXT)
def test_clean_text_is_clean(written):
    assert clean(clean(written)) == clean(written)


@given(ANY_TEXT)
def test_composed_and_decomposed_text_are_the_same(written):
    composed, decomposed = (unicodedata.normalize(form, written) for form in ("NFC", "NFD"))

    assert clean(composed) == clean(decomposed)
    assert search_key(composed) == search_key(decomposed)
    assert sort_key(composed) == sort_key(decomposed)


@given(ANY_TEXT)
def test_a_sort_key_has_only_digits(written):
    assert set(sort_key(written)) <= set("0123456789")


@given(VIETNAMESE)
def test_a_search_key_has_only_plain_letters_digits_and_single_spaces(written):
    key = search_key(written)

    assert key.isascii()
    assert key == " ".join(key.split())
