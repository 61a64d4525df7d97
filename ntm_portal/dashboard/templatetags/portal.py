"""How numbers, results and states look: one table of tones, and a word or sign beside every colour."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse

from criteria.engine.bands import Band
from criteria.engine.facts import Comparison, MeasureSpec, Result
from criteria.engine.judge import MeasureFinding
from criteria.engine.wording import COMPARISON_SIGNS, RESULT_LABELS, number, quantity
from criteria.queries import Recognised
from criteria.summaries import SummaryRow
from directives.kinds import Blocker
from directives.queries import State
from ntm_portal.dashboard.tones import BAND_TONES, TONES

register = template.Library()


@register.filter
def vi(value: Decimal | int | None) -> str:
    """A number with Vietnamese marks and every digit it has; a dash for none."""
    return "–" if value is None else number(Decimal(value))


@register.filter
def fixed(value: Decimal | None, places: int = 2) -> str:
    """A mean with its fixed number of decimals, so that columns line up."""
    return "–" if value is None else f"{value:.{places}f}".replace(".", ",")


@register.filter
def signed(value: Decimal | int | None) -> str:
    """A difference: +3, −2 or 0."""
    if not value:
        return "0"
    text = number(abs(Decimal(value)))
    return f"+{text}" if value > 0 else f"−{text}"


@register.filter
def amount(value: Decimal | None, unit: str) -> str:
    """A value with its unit."""
    return "–" if value is None else quantity(value, unit)


@register.filter
def band_tone(band: Band) -> str:
    return BAND_TONES[band]


@register.filter
def blocker_url(blocker: Blocker) -> str:
    """The page of the unit in the way."""
    return reverse(f"dashboard:{blocker.kind}", args=[blocker.code])


@register.filter
def compared(comparison: Comparison) -> str:
    """How a value is held against its threshold: ≥, ≤ or =."""
    return COMPARISON_SIGNS[comparison]


@register.filter
def asked_of(measure: MeasureSpec) -> str:
    """What a measure asks for, by commune group where the groups differ: ≥ 70% hộ."""
    words = [
        f"{COMPARISON_SIGNS[measure.comparison]} {quantity(t.value, measure.unit)}" + (f" (khu vực {g})" if g else "")
        for g, t in sorted(measure.thresholds.items())
    ]
    return "; ".join(words) or "tỉnh chưa quy định mức"


@register.filter
def get(held: Mapping[str, Any], key: str) -> Any:
    """The value under a key that the template only knows as a variable."""
    return held.get(key)


@register.filter
def tone(value: Result | State) -> str:
    return TONES[value][0]


@register.filter
def sign(result: Result) -> str:
    return TONES[result][1]


@register.filter
def result_label(result: Result) -> str:
    return RESULT_LABELS[result]


@register.filter
def recognised_words(recognition: Recognised) -> str:
    """The year achieved and the decision, or the day from which it is certain."""
    year = [f"đạt chuẩn năm {recognition.achieved_year}"] if recognition.achieved_year else []
    if not recognition.decision_number:
        return ", ".join([*year, f"chắc chắn từ {recognition.effective_on:%d/%m/%Y}"])
    dated = f" ngày {recognition.decided_on:%d/%m/%Y}" if recognition.decided_on else ""
    return ", ".join([*year, f"quyết định {recognition.decision_number}{dated}"])


@register.inclusion_tag("components/gap_bar.html")
def gap_bar(finding: MeasureFinding) -> dict[str, object]:
    """A value against its threshold on one scale; nothing where either is not known.

    The lengths are rounded towards the failing side, so that no bar reaches a line that its value does not.
    """
    if finding.threshold is None or finding.value is None or finding.result is None:
        return {"scale": None}
    whole = max(finding.value, finding.threshold.value, Decimal(100) if finding.measure.is_percentage else Decimal(0))
    if not whole:
        return {"scale": None}
    asked = int(100 * finding.threshold.value / whole)
    value = int(100 * finding.value / whole)
    if finding.result is Result.NOT_MET and finding.value != finding.threshold.value and value == asked:
        value += 1 if finding.value > finding.threshold.value else -1
    return {"scale": whole, "asked": asked, "value": max(value, 0), "tone": finding.result.lower()}


@register.inclusion_tag("components/badge.html")
def badge(value: Result | State) -> dict[str, str]:
    """A result or a state as a coloured word with its sign."""
    tone, mark = TONES[value]
    return {"tone": tone, "mark": mark, "label": value.label if isinstance(value, State) else RESULT_LABELS[value]}


@register.inclusion_tag("components/band_bar.html")
def band_bar(row: SummaryRow) -> dict[str, object]:
    """Communes by band as one bar, best first; the words are its text alternative."""
    starts = [sum(b.count for b in row.bands[:index]) for index in range(len(row.bands))]
    return {"row": row, "segments": list(zip(starts, row.bands, strict=True))}
