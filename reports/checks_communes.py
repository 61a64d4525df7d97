"""What is checked of every commune of a commune report before it goes out; errors and warnings as in `checks`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from criteria.engine.facts import Conclusion, Result
from reports.checks import Problem, Severity


@dataclass(frozen=True, slots=True)
class Seen:
    """A criterion as it was seen in a commune, beside what the ledger says."""

    number: int
    conclusion: Conclusion | None
    note: str
    ledger: Result


@dataclass(frozen=True, slots=True)
class Trip:
    """A visit as it is checked."""

    visited_on: date
    people: str
    findings: str


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """A commune of a report with what it is checked against; visits lie between two days, both included."""

    seen: tuple[Seen, ...]
    trips: tuple[Trip, ...]
    is_answered: bool
    visits_from: date
    visits_until: date


def contradicts(conclusion: Conclusion | str | None, ledger: Result) -> bool:
    """Whether somebody saw the opposite of what the ledger says; where either says nothing there is none."""
    if not conclusion or ledger is Result.NO_DATA:
        return False
    return ledger.is_passed is not (conclusion == Conclusion.MET)


def visit_objection(trip: Trip, first: date, last: date) -> str:
    """Why a visit cannot be told of in a report, in Vietnamese; empty when it may stand."""
    day = f"Chuyến đi ngày {trip.visited_on:%d/%m/%Y}"
    if trip.visited_on > last:
        return f"{day} ở tương lai; chỉ ghi chuyến đã đi."
    if trip.visited_on < first:
        return f"{day} quá xa kỳ báo cáo; chỉ nhận từ ngày {first:%d/%m/%Y}."
    if not trip.people.strip():
        return f"{day} chưa ghi ai đi."
    return "" if trip.findings.strip() else f"{day} chưa ghi kết quả."


Found = Iterable[dict[str, str]]
_CHECKS: dict[str, Callable[[CheckedEntry], Found]] = {}
MESSAGES: dict[str, tuple[Severity, str]] = {
    "contradiction_without_note": (
        Severity.ERROR,
        "Tiêu chí {number}: quan sát khác sổ cái (sổ cái ghi {ledger}); phải ghi rõ đã thấy gì vào ghi chú.",
    ),
    "visit_impossible": (Severity.ERROR, "{said}"),
    "commune_unanswered": (Severity.ERROR, "Chưa sửa và chưa xác nhận xã này."),
    "nothing_observed": (Severity.WARNING, "Chưa ghi quan sát nào về tiêu chí của xã."),
}
_SAID = {True: "đạt", False: "chưa đạt"}


def _check(code: str) -> Callable[[Callable[[CheckedEntry], Found]], Callable[[CheckedEntry], Found]]:
    def register(check: Callable[[CheckedEntry], Found]) -> Callable[[CheckedEntry], Found]:
        _CHECKS[code] = check
        return check

    return register


def problems_of_entry(entry: CheckedEntry) -> tuple[Problem, ...]:
    """Everything wrong with a commune, errors first."""
    found = []
    for code, check in _CHECKS.items():
        severity, words = MESSAGES[code]
        found += [Problem(code, severity, words.format(**said)) for said in check(entry)]
    return tuple(sorted(found, key=lambda problem: not problem.is_error))


@_check("contradiction_without_note")
def _contradiction_without_note(entry: CheckedEntry) -> Found:
    for seen in entry.seen:
        if contradicts(seen.conclusion, seen.ledger) and not seen.note.strip():
            yield {"number": str(seen.number), "ledger": _SAID[seen.ledger.is_passed]}


@_check("visit_impossible")
def _visit_impossible(entry: CheckedEntry) -> Found:
    for trip in entry.trips:
        said = visit_objection(trip, entry.visits_from, entry.visits_until)
        if said:
            yield {"said": said}


@_check("commune_unanswered")
def _commune_unanswered(entry: CheckedEntry) -> Found:
    if not entry.is_answered:
        yield {}


@_check("nothing_observed")
def _nothing_observed(entry: CheckedEntry) -> Found:
    if not any(seen.conclusion for seen in entry.seen):
        yield {}
