"""Everything that can be opened by its name: places, criteria, bodies, directives, pages of the portal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from communes.models import Commune, District
from criteria.models import Criterion
from criteria.queries import standard_set
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.core import ledger, text
from ntm_portal.core.ledger import Position

_INDEXES = ledger.Memory(4)
PAGES = (
    ("Toàn tỉnh", "dashboard:province"),
    ("Mục tiêu", "dashboard:targets"),
    ("Nhiệm vụ", "directives:task-board"),
    ("Báo cáo", "reports:report-list"),
    ("Ai chưa nộp báo cáo", "reports:board"),
    ("Khó khăn, vướng mắc", "directives:obstacle-list"),
    ("Văn bản chỉ đạo", "directives:directive-list"),
    ("Bản đồ và danh sách xã", "dashboard:map"),
    ("Ma trận xã × tiêu chí", "dashboard:matrix"),
    ("Tiêu chí", "dashboard:criteria"),
    ("Đơn vị", "dashboard:departments"),
    ("So sánh xã, so sánh hai ngày", "dashboard:compare"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that opens: what kind it is, what it is called, and what tells it from its namesakes."""

    kind: str
    name: str
    hint: str
    url: str
    key: str
    """Search key of the name alone; what begins with the words typed comes first."""
    text: str
    """Search key of everything by which it may be found."""


def _entry(kind: str, name: str, hint: str, url: str, searched: str | None = None) -> Found:
    key = text.search_key(name)
    return Found(kind, name, hint, url, key, f"{searched or key} {text.search_key(f'{kind} {name}')}")


def _pages() -> Iterator[Found]:
    for name, view in PAGES:
        yield _entry("Trang", name, "", reverse(view))


def _places(on: date) -> Iterator[Found]:
    for district in District.objects.in_force(on).order_by("sort_key"):
        url = reverse("dashboard:district", args=[district.code])
        searched = f"{district.search_key} ubnd {text.search_key(district.full_name)}"
        yield _entry(district.get_kind_display(), district.name, f"mã {district.code}", url, searched)
    communes = Commune.objects.in_force(on).select_related("district")
    for commune in communes.order_by("sort_key", "district__code", "code"):
        hint = f"{commune.district.full_name}, mã {commune.code}"
        url = reverse("dashboard:commune", args=[commune.code])
        yield _entry(commune.get_kind_display(), commune.name, hint, url, commune.search_key)


def _subjects(on: date, position: Position) -> Iterator[Found]:
    own = Criterion.objects.filter(criteria_set__code=standard_set(on, at=position)).order_by("number")
    for criterion in own:
        url = reverse("dashboard:criterion", args=[criterion.number])
        yield _entry("Tiêu chí", f"{criterion.number} {criterion.name}", criterion.group, url)
    # The committee of a district is found as the district.
    for department in Department.objects.filter(district=None).order_by("sort_key"):
        url = reverse("dashboard:department", args=[department.code])
        yield _entry("Đơn vị", department.name, department.get_kind_display(), url, department.search_key)
    # Not by their text, which names half the province: the register searches that.
    for directive in Directive.objects.defer("body").order_by("-issued_on"):
        url = reverse("directives:directive-detail", args=[directive.pk])
        hint = f"{directive.issued_on:%d/%m/%Y}: {directive.abstract}"
        searched = text.search_key(f"{directive.number} ; {directive.issuer} ; {directive.abstract}")
        yield _entry("Văn bản", f"{directive.get_kind_display()} {directive.number}", hint, url, searched)


def _index(on: date, position: Position) -> tuple[Found, ...]:
    return (*_pages(), *_places(on), *_subjects(on, position))


def find(words: str, on: date, *, at: Position) -> list[Found]:
    """What is called by the words, marks and case aside; names that begin with them first.

    Nothing typed finds the pages. No query while the position stays.
    """
    key = text.search_key(words)
    entries = _INDEXES.find_or_build((at, on), lambda: _index(on, at))
    if not words.strip():
        return [entry for entry in entries if entry.kind == "Trang"]
    hits = [entry for entry in entries if key and key in entry.text]
    return sorted(hits, key=lambda entry: not entry.key.startswith(key))
