"""Communes beside each other, and two days beside each other."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from criteria import summaries
from criteria.changes import changes_between
from criteria.engine.judge import CriterionFinding
from criteria.queries import CommuneStatus
from ntm_portal.core.errors import BadQueryError
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.forms import CompareForm
from ntm_portal.dashboard.views.page import status_page


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion across the communes compared."""

    number: int
    name: str
    findings: tuple[CriterionFinding, ...]

    @property
    def differs(self) -> bool:
        """Whether the communes do not all stand alike."""
        return len({finding.result for finding in self.findings}) > 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """A commune compared, and the address of the page without it."""

    status: CommuneStatus
    without: str


def _beside(codes: tuple[str, ...], reading: Reading) -> dict[str, Any]:
    by_code = reading.shown.by_code
    unknown = [code for code in codes if code not in by_code]
    if unknown:
        words = f"Ngày {reading.shown.as_of:%d/%m/%Y} không có xã mang mã {', '.join(unknown)}."
        raise BadQueryError(words, {"xa": [words]})
    statuses = [by_code[code] for code in codes]
    return {
        "chosen": [Chosen(by_code[code], reading.href(xa=[c for c in codes if c != code])) for code in codes],
        "lines": [
            Line(spec.number, spec.name, tuple(s.finding.criteria[index] for s in statuses))
            for index, spec in enumerate(reading.shown.criteria_set.criteria)
        ],
    }


def _two_days(reading: Reading) -> dict[str, Any]:
    shown, before = reading.shown, reading.before
    return {
        "changes": changes_between(shown, before),
        "before_on": before.as_of,
        "counts": summaries.criterion_counts(shown, shown.statuses, before.statuses),
    }


def compare(request: HttpRequest) -> HttpResponse:
    """Communes criterion by criterion; with none chosen, what changed between the two days."""

    def build(reading: Reading) -> dict[str, Any]:
        codes = reading.given["xa"]
        groups: dict[str, list[CommuneStatus]] = {}
        for status in sorted(reading.shown.statuses, key=lambda s: s.commune.sort_key):
            groups.setdefault(status.commune.district_name, []).append(status)
        return {
            "title": "So sánh",
            "lede": "Chọn từ hai xã để đặt cạnh nhau; chưa chọn xã nào thì so sánh hai ngày.",
            "trail": [("Tỉnh", "/")],
            "groups": sorted(groups.items()),
            "codes": codes,
            "most": CompareForm.MOST,
            **(_beside(codes, reading) if codes else _two_days(reading)),
        }

    return status_page(request, "dashboard/_compare.html", build, form=CompareForm)
