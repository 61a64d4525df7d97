"""What charts are made of: the frame, axes, lines, points and labels, all in the colours of tokens.css.

Drawn 360 units wide with text of 13, so that a drawing fills a telephone and stands in a column elsewhere. Every
label is written out here, by the rules for numbers of the portal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

INK, SOFT, LINE, SURFACE = "var(--ink)", "var(--soft)", "var(--line)", "var(--surface)"
FULL_HEIGHT, LOW_HEIGHT = 200, 150
_WIDTH = 360
_AROUND_PLOT = 44
_LINE_OF_TEXT = 16
_CONFIG = {
    "aria": False,
    "font": "var(--font)",
    "view": {"stroke": None},
    "title": {"anchor": "start", "color": INK, "fontSize": 15, "subtitleColor": SOFT, "subtitleFontSize": 13},
    "axis": {
        "labelColor": SOFT, "labelFontSize": 13, "titleColor": SOFT, "domainColor": LINE, "gridColor": LINE,
        "tickColor": LINE, "title": None,
    },
    "text": {"fill": INK, "fontSize": 13},
}  # fmt: skip

Layer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table behind a chart; one that is about a day leads to the page of that day."""

    label: str
    cells: tuple[str, ...]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, its text alternative, and its figures as a table. `name` is unique on a page."""

    name: str
    title: str
    unit: str
    message: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    spec: Layer


def written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def month(day: date) -> str:
    """A month's end by its month; a day within a month in full."""
    is_month_end = (day + timedelta(days=1)).day == 1
    return f"T{day.month}/{day.year}" if is_month_end else written(day)


def fixed(value: Decimal) -> str:
    """A mean, always two decimals."""
    return f"{value:.2f}".replace(".", ",")


def change(difference: Decimal | int, amount: str, since: date) -> str:
    """How much more or less than then, in words; `amount` is the difference without its sign."""
    if not difference:
        return f"bằng ngày {written(since)}"
    return f"{'tăng' if difference > 0 else 'giảm'} {amount} so với {written(since)}"


def on(day: date, amount: Decimal | int, said: str) -> Layer:
    """An amount on a day, at midnight of the renderer's own time zone so that it is not the day before."""
    return {"day": _midnight(day), "amount": float(amount), "said": said}


def _midnight(day: date) -> str:
    return f"{day:%Y-%m-%d}T00:00:00"


def frame(
    title: str, unit: str, layers: Sequence[Layer], *, height: int = FULL_HEIGHT, above: int = 16, right: int = 12
) -> Layer:
    """The specification; `above` and `right` are the room for labels over and beside the last point."""
    return {
        "title": {"text": title, "subtitle": unit},
        "width": _WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "right": right, "top": above, "bottom": 4},
        "background": None,
        "config": _CONFIG,
        "layer": list(layers),
    }


def few(days: Sequence[date]) -> dict[date, str]:
    """The first day, the last and the one between them, as they are written on an axis."""
    return {day: month(day) for day in (days[0], days[len(days) // 2], days[-1])}


def time_axis(shown: Mapping[date, str]) -> Layer:
    """Time from the first to the last of the days, each written as it is given."""
    days = sorted(shown)
    until = days[-1] if len(days) > 1 else days[0] + timedelta(days=1)
    chosen = "".join(f"timeFormat(datum.value, '%Y-%m-%d') === '{day:%Y-%m-%d}' ? '{shown[day]}' : " for day in days)
    return {
        "field": "day",
        "type": "temporal",
        "scale": {"domain": [_midnight(days[0]), _midnight(until)]},
        "axis": {
            "values": [_midnight(day) for day in days],
            "labelExpr": f"{chosen}''",
            "labelFlush": True,
            "labelOverlap": False,
            "grid": False,
        },
    }


def amount_axis(most: int, shown: Sequence[int]) -> Layer:
    """Amounts from 0 to `most`, some of them written."""
    axis = {"domain": False, "ticks": False, "values": list(shown), "format": "d"}
    return {"field": "amount", "type": "quantitative", "scale": {"domain": [0, most], "nice": False}, "axis": axis}


def round_numbers(most: int) -> list[int]:
    """Whole numbers from 0 up to `most`, at most six."""
    step = next(step for size in (1, 10, 100, 1000, 10_000) for step in (size, 2 * size, 5 * size) if most <= 5 * step)
    return list(range(0, most + 1, step))


def line(data: Sequence[Layer], x: Layer, y: Layer, **mark: Any) -> Layer:
    return _layer(data, {"type": "line", "strokeWidth": 2.5, "color": "var(--b1)"} | mark, {"x": x, "y": y})


def dots(data: Sequence[Layer], x: Layer, y: Layer, **mark: Any) -> Layer:
    look = {"type": "point", "filled": True, "opacity": 1, "size": 40, "color": "var(--b1)"}
    return _layer(data, look | mark, {"x": x, "y": y})


def bars(data: Sequence[Layer], x: Layer, y: Layer, colours: Mapping[str, str], **mark: Any) -> Layer:
    """Stacked bars: `part` names what a piece is, `rank` its place in the bar."""
    scale = {"domain": list(colours), "range": list(colours.values())}
    encoding = {
        "x": x,
        "y": y,
        "color": {"field": "part", "type": "nominal", "scale": scale, "legend": None},
        "order": {"field": "rank", "type": "quantitative"},
    }
    return _layer(data, {"type": "bar"} | mark, encoding)


def labels(data: Sequence[Layer], x: Layer, y: Layer, **mark: Any) -> list[Layer]:
    """Labels on a rim of the surface, so that no line runs through them; the axis belongs to the line."""
    encoding = {
        "x": {name: value for name, value in x.items() if name in {"field", "type", "value"}},
        "y": y,
        "text": {"field": "said", "type": "nominal"},
    }
    rim = {"stroke": SURFACE, "strokeWidth": 4, "strokeJoin": "round", "fill": SURFACE}
    return [_layer(data, {"type": "text"} | mark | look, encoding) for look in (rim, {})]


def ends(data: Sequence[Layer], x: Layer, y: Layer, *, is_below: bool = False) -> list[Layer]:
    """The first amount of a line and, in bold, the last."""
    bold = {"dy": 16 if is_below else -12, "fontWeight": "bold", "fontSize": 15}
    if len(data) == 1:
        return labels(data, x, y, align="left", dx=8, **bold)
    first = labels(data[:1], x, y, align="left", dx=4, dy=-12)
    return [*first, *labels(data[-1:], x, y, align="right", **bold)]


def aside(marks: Sequence[tuple[Decimal, str]], most: int, height: int = FULL_HEIGHT) -> list[Layer]:
    """Labels in the margin at the right, each at its amount, but at least a line of text above the one below."""
    apart = Decimal(most) * _LINE_OF_TEXT / (height - _AROUND_PLOT)
    data: list[Layer] = []
    lowest = Decimal(0)
    for amount, said in sorted(marks):
        place = max(amount, lowest)
        data.append({"amount": float(place), "said": said})
        lowest = place + apart
    y = {"field": "amount", "type": "quantitative"}
    return labels(data, {"value": "width"}, y, align="left", baseline="middle", dx=8)


def has_room_below(amount: Decimal, most: int, height: int) -> bool:
    """Whether a label fits between a point and the foot of the drawing."""
    return amount * (height - _AROUND_PLOT) / most > 2 * _LINE_OF_TEXT


def along_rows(data: Sequence[Layer], y: Layer, field: str, at: int | str, **mark: Any) -> Layer:
    """A label in each row of a bar chart, above its bar; `at` is 0 or "width"."""
    look = {"type": "text", "baseline": "middle", "dy": -4}
    return _layer(data, look | mark, {"x": {"value": at}, "y": y, "text": {"field": field, "type": "nominal"}})


def _layer(data: Sequence[Layer], mark: Layer, encoding: Layer) -> Layer:
    return {"data": {"values": list(data)}, "mark": mark, "encoding": encoding}
