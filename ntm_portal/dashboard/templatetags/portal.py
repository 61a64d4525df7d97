"""How numbers, results and states look: one table of tones, and a word or sign beside every colour."""

from decimal import Decimal

from django import template

from criteria.engine.bands import Band
from criteria.engine.facts import Comparison, Result
from criteria.engine.wording import COMPARISON_SIGNS, RESULT_LABELS, number, quantity
from criteria.summaries import SummaryRow
from directives.queries import State

register = template.Library()

TONES = {
    Result.MET: ("good", "✓"),
    Result.EXEMPT: ("plain", "–"),
    Result.NOT_MET: ("bad", "✗"),
    Result.NO_DATA: ("unknown", "?"),
    State.MET: ("good", "✓"),
    State.ON_TRACK: ("steady", "→"),
    State.AT_RISK: ("risk", "!"),
    State.MISSED: ("bad", "✗"),
}
BAND_TONES = {Band.FULL: "b1", Band.FROM_15: "b2", Band.FROM_10: "b3", Band.FROM_5: "b4", Band.BELOW_5: "b5"}


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
def percent_of(value: Decimal | int, whole: Decimal | int) -> int:
    """A share for a bar, 0 to 100."""
    return round(min(100 * value / whole, 100)) if whole else 0


@register.filter
def band_tone(band: Band) -> str:
    return BAND_TONES[band]


@register.filter
def compared(comparison: Comparison) -> str:
    """How a value is held against its threshold: ≥, ≤ or =."""
    return COMPARISON_SIGNS[comparison]


@register.filter
def sign(result: Result) -> str:
    return TONES[result][1]


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
