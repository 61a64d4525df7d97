"""What the page of one commune shows beside its status: lines by criterion, tiers, history, targets in its way."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from criteria.changes import change_of
from criteria.engine.judge import CriterionFinding, IndicatorFinding
from criteria.history import commune_history
from criteria.models import Source, Tier
from criteria.queries import CommuneStatus, Recognised, sources_of
from criteria.summaries import TIERS
from directives.queries import target_results
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.charts.specifications import commune_trend


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion, and its indicators each with its source and the age of its figure."""

    finding: CriterionFinding
    indicators: tuple[tuple[IndicatorFinding, Source | None, str], ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One tier of recognition; `is_next` for the first that is not held, `is_due` when only the decision is missing."""

    label: str
    recognition: Recognised | None
    is_next: bool
    is_due: bool


def age_of(then: date, now: date) -> str:
    """How old a figure is, in the words of a clerk: days up to two months, then months."""
    days = (now - then).days
    if days == 0:
        return "hôm nay"
    return f"{days} ngày trước" if days < 60 else f"{days // 30} tháng trước"


def ladder(status: CommuneStatus) -> tuple[Stage, ...]:
    """The tiers in their order, with the decision in force for each."""
    held = {r.tier: r for r in sorted(status.recognitions, key=lambda r: r.effective_on)}
    missing = next((tier for tier in TIERS if tier not in held), None)
    # The set that is judged is that of the standard tier: it says nothing of the tiers above.
    due = Tier.STANDARD if status.finding.meets_standard else None
    return tuple(Stage(str(t.label), held.get(t), t == missing, t == missing == due) for t in TIERS)


def line_of(finding: CriterionFinding, sources: dict[int, Source], on: date) -> CriterionLine:
    """A finding with the source and the age of everything it rests on; `sources` by id."""
    return CriterionLine(
        finding,
        tuple(
            (i, sources.get(i.entry.source_id) if i.entry else None, age_of(i.entry.as_of, on) if i.entry else "")
            for i in finding.indicators
        ),
    )


def _lines(status: CommuneStatus, on: date) -> list[CriterionLine]:
    sources = sources_of(status)
    return [line_of(finding, sources, on) for finding in status.finding.criteria]


def profile(status: CommuneStatus, reading: Reading) -> dict[str, Any]:
    """Context of the commune page for a commune that is judged (four queries, the snapshots aside)."""
    shown, code = reading.shown, status.commune.code
    history = commune_history(status, shown)
    return {
        "criteria": _lines(status, shown.as_of),
        "ladder": ladder(status),
        "change": change_of(status, reading.before.by_code.get(code)),
        "before_on": reading.before.as_of,
        "history": history,
        "chart": commune_trend(history.points, status.finding.criteria_total) if history.points else None,
        "targets": [r for r in target_results(shown) if any(b.code == code for b in r.outcome.blockers)],
    }
