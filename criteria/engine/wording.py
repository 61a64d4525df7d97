"""How numbers and findings are said in Vietnamese. A number is shown in full: it never rounds into a pass."""

from decimal import Decimal

from criteria.engine.facts import Comparison, Result

RESULT_LABELS = {
    Result.MET: "Đạt",
    Result.NOT_MET: "Chưa đạt",
    Result.EXEMPT: "Không xét",
    Result.NO_DATA: "Chưa có số liệu",
}
COMPARISON_WORDS = {Comparison.AT_LEAST: "từ", Comparison.AT_MOST: "không quá", Comparison.EQUAL: "bằng"}
COMPARISON_SIGNS = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤", Comparison.EQUAL: "="}


def number(value: Decimal) -> str:
    """A decimal with Vietnamese marks, every digit it has and no more: 69,95 · 1.250,5 · 8."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def quantity(value: Decimal, unit: str) -> str:
    """A number with its unit: 69,95% hộ · 41 triệu đồng/người/năm."""
    if unit.startswith("%"):
        return f"{number(value)}{unit}"
    return f"{number(value)} {unit}".rstrip()
