"""Vietnamese text: what is stored, what is compared, and what is sorted, the same on every database."""

import re
import unicodedata

_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})
_INVISIBLE = "Cf"
"""Unicode category of what is not seen: zero-width spaces, soft hyphens, marks of direction."""
_APOSTROPHES = re.compile(r"\s*['’‘ʼʹ`´′]\s*")
_NOT_WORD = re.compile(r"[\W_]+")

_ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_CODES = {letter: f"{index:02d}" for index, letter in enumerate(_ALPHABET, start=10)}
_WORD_BREAK = "01"
_END = "00"
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def clean(text: str) -> str:
    """Text as it is stored: NFC, Ð and Ɖ as Đ, nothing invisible, single spaces."""
    composed = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    return " ".join("".join(c for c in composed if unicodedata.category(c) != _INVISIBLE).split())


def search_key(text: str) -> str:
    """Text as it is compared in searches: no marks, đ as d, no case, no apostrophes, no punctuation."""
    joined = _APOSTROPHES.sub("", clean(text)).casefold().replace("đ", "d")
    bare = "".join(c for c in unicodedata.normalize("NFD", joined) if not unicodedata.combining(c))
    return " ".join(_NOT_WORD.sub(" ", bare).split())


def sort_key(text: str) -> str:
    """Key that sorts as a Vietnamese dictionary does (đ after d, tones only break ties), digits only.

    Only digits, so that every database collation agrees on the order.
    """
    letters, tones = [], []
    for char in clean(text).casefold():
        if char.isspace():
            letters.append(_WORD_BREAK)
            continue
        marks = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in marks if mark in _TONES), "")
        letter = unicodedata.normalize("NFC", marks.replace(tone, "")) if tone else char
        if letter in _CODES:
            letters.append(_CODES[letter])
            tones.append(_TONES.get(tone, "0"))
    return "".join(letters) + _END + "".join(tones)
