"""What the words of a directive give away: its number, day, kind, signer, abstract; what a passage asks and until when.

Everything is a guess from fixed patterns, the same for the same words, and is only offered: a person decides.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ntm_portal.core import text as wording

_NUMBER = r"\d{1,5}(?:/\d{4})?(?:/[A-ZĐ][A-Za-zĐđÀ-ỹ]*|-[A-ZĐ]+)(?:[-/&][A-ZĐ][A-Za-zĐđÀ-ỹ]*)*"
_AFTER_SO = re.compile(rf"^\W*số\s*:\s*({_NUMBER})", re.IGNORECASE | re.MULTILINE)
_ISSUED_IN_PROSE = re.compile(rf"ban hành[^.\n]{{0,60}}?\b({_NUMBER})")
_ANY_NUMBER = re.compile(rf"(?<![\w/])({_NUMBER})")
_LONG_DAY = r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})"
_SHORT_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_HEAD_DAY = re.compile(rf",\s*{_LONG_DAY}", re.IGNORECASE)
_ABOUT = re.compile(r"^.*?\b(?:V/v|Về việc)\s*:?\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_ENDS_ABSTRACT = re.compile(r"^\W*(?:kính gửi|căn cứ|số\s*:|[^,]{3,40},\s*ngày\s)|^\s*$", re.IGNORECASE)
_TITLE_ABOVE_DAY = re.compile(r"^(.{15,300})\n+\s*Ngày đăng\b", re.MULTILINE)
_SIGNING = re.compile(
    r"(?:^|\s)(?:(?:PHÓ )?CHỦ TỊCH|(?:PHÓ )?CHÁNH VĂN PHÒNG|(?:PHÓ )?GIÁM ĐỐC|(?:PHÓ )?BÍ THƯ|(?:PHÓ )?THỦ TƯỚNG)\s*$"
)
_KINDS = {"QĐ": "QUYET_DINH", "CT": "CHI_THI", "KH": "KE_HOACH", "NQ": "NGHI_QUYET", "TB": "THONG_BAO"}
_ISSUERS = (
    (r"-TTg\b", "Thủ tướng Chính phủ"),
    (r"[/-]HĐND\b", "Hội đồng nhân dân tỉnh {}"),
    (r"[/-]UBND\b", "Ủy ban nhân dân tỉnh {}"),
    (r"[/-]TU\b", "Tỉnh ủy {}"),
)
_LONGEST_ABSTRACT = 500
_ADDRESSED = re.compile(r"Kính gửi\s*:?\s*(.+?)(?:\n\s*\n|\Z)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pasted directive seems to be; empty where nothing was found."""

    number: str = ""
    issued_on: date | None = None
    kind: str = ""
    issuer: str = ""
    signer: str = ""
    abstract: str = ""


def as_pasted(given: str) -> str:
    """A pasted text as it is kept: NFC, plain line ends, no runs of blanks or of empty lines."""
    composed = unicodedata.normalize("NFC", given.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [" ".join(line.split()) for line in composed.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def read_directive(body: str, province: str = "") -> Reading:
    """What the text says of itself; `province` is the name by which its bodies are called."""
    body = as_pasted(body)
    number = _number(body)
    return Reading(
        number=number,
        issued_on=_issued_on(body, number),
        kind=kind_of_number(number),
        issuer=_issuer(number, province),
        signer=_signer(body),
        abstract=_abstract(body),
    )


def _number(body: str) -> str:
    for pattern in (_AFTER_SO, _ISSUED_IN_PROSE, _ANY_NUMBER):
        if found := pattern.search(body):
            return found[1]
    return ""


def kind_of_number(number: str) -> str:
    """The kind that a symbol stands for; one that names no kind is that of a công văn."""
    if not number:
        return ""
    for mark, kind in _KINDS.items():
        if re.search(rf"(?:/|-|\d){mark}(?:-|/|$)", number):
            return kind
    return "CONG_VAN"


def _issuer(number: str, province: str) -> str:
    for pattern, name in _ISSUERS:
        if number and re.search(pattern, number):
            return name.format(province).strip()
    return ""


def _issued_on(body: str, number: str) -> date | None:
    """The day in the head, else the one that stands with the number, else the first of a sentence that issues."""
    if found := _HEAD_DAY.search(body[:3_000]):
        return _day(*found.groups())
    if number:
        quoted = re.escape(number)
        for pattern in (rf"{quoted}\s+ngày\s+{_SHORT_DAY}", rf"ngày\s+{_SHORT_DAY}[^.\n]*?ban hành[^.\n]*?{quoted}"):
            if found := re.search(pattern, body, re.IGNORECASE):
                return _day(*found.groups())
    found = re.search(_LONG_DAY, body, re.IGNORECASE)
    return _day(*found.groups()) if found else None


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _abstract(body: str) -> str:
    """What follows V/v or Về việc, over its lines; for an article its title."""
    if found := _TITLE_ABOVE_DAY.search(body):
        return wording.clean(found[1])[:_LONGEST_ABSTRACT]
    found = _ABOUT.search(body[:3_000])
    if not found:
        return ""
    lines = [found[1]]
    for line in body[found.end() :].lstrip("\n").split("\n")[:4]:
        if _ENDS_ABSTRACT.search(line) or lines[-1].endswith((".", ":")):
            break
        lines.append(line)
    said = wording.clean(" ".join(lines)).rstrip(".;")
    return (said[:1].upper() + said[1:])[:_LONGEST_ABSTRACT]


def addressees(body: str) -> str:
    """The words after Kính gửi; the whole text where it addresses nobody."""
    found = _ADDRESSED.search(body)
    return found[1] if found else body


def _signer(body: str) -> str:
    """The name below the last office of signing that has one."""
    lines = [line for line in body.split("\n") if line]
    for index in reversed(range(len(lines))):
        if _SIGNING.search(lines[index]):
            for line in lines[index + 1 : index + 4]:
                words = line.split()
                if 2 <= len(words) <= 5 and all(w.isalpha() and w[0].isupper() for w in words) and not line.isupper():
                    return line
    return ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or an item of a list within one, by its place in the text; `around` is the whole sentence."""

    start: int
    end: int
    text: str
    around: str


_SENTENCE_END = re.compile(r"(?<=[.!?”])\s+(?=[A-ZĐÀ-Ỹ“\"])|\n+")
_FOOT = re.compile(r"^(?:TM|KT|TUQ|TL)\.\s|^Nơi nhận\b", re.MULTILINE)
_ITEM_END = re.compile(r";\s*")
_LIST_HEAD = re.compile(r".{30,}:\s*(?=\S)", re.DOTALL)
_ITEMS_OF_A_LIST = 3
_EDGES = " \t\n“”\"'.;,-–+•"


def passages(body: str) -> list[Passage]:
    """The text in pieces that one marks: its sentences, and the items where a sentence is a list of three or more.

    The head of a letter, up to whom it addresses, and its end, from who signs, are no passages.
    """
    head = _ADDRESSED.search(body)
    first = head.end() if head and head.end() < len(body) else 0
    foot = _FOOT.search(body, first)
    last = foot.start() if foot else len(body)
    return [piece for start, end in _pieces(_SENTENCE_END, body, first, last) for piece in _parts(body, start, end)]


def _parts(body: str, start: int, end: int) -> Iterator[Passage]:
    around = body[start:end]
    items = list(_pieces(_ITEM_END, body, start, end))
    if len(items) < _ITEMS_OF_A_LIST:
        items = [(start, end)]
    elif head := _LIST_HEAD.match(body, start, items[0][1]):
        items[:1] = [(start, head.end()), (head.end(), items[0][1])]
    for first, last in items:
        while first < last and body[first] in _EDGES:
            first += 1
        while first < last and body[last - 1] in _EDGES + "/":
            last -= 1
        if last - first > 1:
            yield Passage(first, last, body[first:last], around)


def _pieces(pattern: re.Pattern, body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for cut in pattern.finditer(body, start, end):
        if cut.start() > at:
            yield at, cut.start()
        at = cut.end()
    if at < end:
        yield at, end


def place_of(quote: str, body: str) -> tuple[int, int] | None:
    """Where a quote stands in the text, whatever blanks and case it is written with."""
    words = quote.split()
    found = re.search(r"\s+".join(map(re.escape, words)), body, re.IGNORECASE) if words else None
    return found.span() if found else None


_UNTIL = r"(?:trước|đến|chậm nhất|muộn nhất|hạn|hết|trong|xong|vào)"
_DUE_DAY = re.compile(rf"{_UNTIL}(?:\s+(?:là|hết|cuối|vào))*\s+(?:ngày\s+)?{_SHORT_DAY}", re.IGNORECASE)
_DUE_LONG_DAY = re.compile(rf"{_UNTIL}(?:\s+(?:là|hết|cuối|vào))*\s+{_LONG_DAY}", re.IGNORECASE)
_DUE_MONTH = re.compile(r"tháng\s+(\d{1,2})\s*(?:/|-|\s+năm\s+)\s*(\d{4})", re.IGNORECASE)
_DUE_QUARTER = re.compile(r"quý\s+(IV|I{1,3}|[1-4])\s*(?:/|-|\s+năm\s+|\s+)\s*(\d{4})", re.IGNORECASE)
_DUE_YEAR = re.compile(r"năm\s+(\d{4})", re.IGNORECASE)
_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def due_date(said: str, issued_on: date | None = None) -> date | None:
    """The day until which the words ask, the most exact one: a day, else the end of a month, a quarter or a year.

    Days before the directive are those of what it refers to, and are passed over.
    """
    for days in (_due_days(said), _due_months(said), _due_quarters(said), _due_years(said)):
        coming = [day for day in days if day is not None and (issued_on is None or day >= issued_on)]
        if coming:
            return coming[0]
    return None


def _due_days(said: str) -> list[date | None]:
    return [_day(*found.groups()) for pattern in (_DUE_DAY, _DUE_LONG_DAY) for found in pattern.finditer(said)]


def _end_of(year: int, month: int) -> date | None:
    if not (1 <= month <= 12 and 2000 <= year <= 2100):
        return None
    return date(year, month, monthrange(year, month)[1])


def _due_months(said: str) -> list[date | None]:
    return [_end_of(int(year), int(month)) for month, year in _DUE_MONTH.findall(said)]


def _due_quarters(said: str) -> list[date | None]:
    found = _DUE_QUARTER.findall(said)
    return [_end_of(int(year), 3 * (_QUARTERS.get(q.upper()) or int(q))) for q, year in found]


def _due_years(said: str) -> list[date | None]:
    return [_end_of(int(year), 12) for year in _DUE_YEAR.findall(said)]


def recurrence(said: str) -> str:
    """How often the words ask: monthly, quarterly, standing, or once."""
    said = said.lower()
    if re.search(r"h[àằ]ng tháng|mỗi tháng", said):
        return "MONTHLY"
    if re.search(r"h[àằ]ng qu[ýí]|mỗi qu[ýí]", said):
        return "QUARTERLY"
    return "STANDING" if "thường xuyên" in said else "ONCE"


def _tier(said: str) -> str:
    if "khu dân cư" in said:
        return "MODEL_RESIDENTIAL"
    if re.search(r"\bthôn\b|\blàng\b", said) and not re.search(r"\d+\s+xã", said):
        return "NTM_VILLAGE"
    if "kiểu mẫu" in said:
        return "MODEL"
    return "ADVANCED" if "nâng cao" in said else "STANDARD"


_TARGETS = (
    ("VILLAGE_SHARE", "percent", re.compile(r"(\d{1,3})\s*%\s*(?:số\s+)?(?:thôn|làng)")),
    ("NO_COMMUNE_BELOW", "criteria", re.compile(r"không còn xã.*?dưới\s+(\d{1,2})\s+tiêu chí")),
    ("DISTRICT_RECOGNISED", "count", re.compile(r"(?:mỗi|các) huyện.*?có\s+(?:ít nhất\s+)?(\d{1,3})\s+xã")),
    ("NEW_RECOGNITIONS", "count", re.compile(r"(\d{1,3})\s+(?:xã|thôn|làng)\s+.*?(?:đạt|công nhận)")),
    ("COMMUNE_REACHES", "criteria", re.compile(r"xã\s+.*?(?:ít nhất|đạt|từ|hoàn thành)\s+(\d{1,2})\s+tiêu chí")),
)


def read_target(said: str) -> tuple[str, dict[str, int | str]]:
    """The kind of target that a passage seems to set and the numbers in it; an empty kind when it is none."""
    said = wording.clean(said).lower()
    for kind, name, pattern in _TARGETS:
        if found := pattern.search(said):
            values: dict[str, int | str] = {name: int(found[1])}
            if kind not in {"NO_COMMUNE_BELOW", "COMMUNE_REACHES"}:
                values["tier"] = _tier(said)
            return kind, values
    return "", {}


def short_title(said: str, longest: int = 120) -> str:
    """A passage as a title: its first words, with a capital."""
    said = wording.clean(said)
    cut = said if len(said) <= longest else said[:longest].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return cut[:1].upper() + cut[1:]
