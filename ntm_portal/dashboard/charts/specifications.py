"""The charts as Vega-Lite specifications: what is drawn, what it says in words, and the figures behind it.

Every amount begins at 0, also that of a line: half a criterion more in a year is not to look like a leap.
"""

from collections.abc import Sequence
from decimal import Decimal

from criteria.engine.bands import BAND_LABELS, Band
from criteria.engine.wording import number
from criteria.history import Point
from criteria.summaries import CriterionCount
from criteria.trends import MONTHS, TrendPoint
from directives.pace import PacePoint
from directives.queries import TargetResult
from ntm_portal.dashboard.charts.layers import (
    LINE,
    LOW_HEIGHT,
    SOFT,
    SURFACE,
    Chart,
    Layer,
    Row,
    along_rows,
    amount_axis,
    aside,
    bars,
    change,
    dots,
    ends,
    few,
    fixed,
    frame,
    has_room_below,
    labels,
    line,
    month,
    on,
    round_numbers,
    time_axis,
    written,
)

_ROW = 34
_BAND_COLOURS = {band.value: f"var(--b{rank})" for rank, band in enumerate(Band, start=1)}
_BAND_WORDS = {
    Band.FULL: "đạt đủ",
    Band.FROM_15: "15–18",
    Band.FROM_10: "10–14",
    Band.FROM_5: "5–9",
    Band.BELOW_5: "dưới 5",
}
_PART_COLOURS = {"met": "var(--b1)", "not_met": "var(--raised)", "no_data": "var(--unknown)"}


def average_trend(points: Sequence[TrendPoint]) -> Chart:
    """The average of criteria met, month by month; needs at least one point."""
    first, last = points[0], points[-1]
    total = len(last.criteria)
    data = [on(p.as_of, p.average, fixed(p.average)) for p in points]
    x, y = time_axis(few([p.as_of for p in points])), amount_axis(total, _criteria_ticks(total, first.average))
    title, unit = "Bình quân một xã", f"tiêu chí đạt, trên {total}"
    difference = last.average - first.average
    since = change(difference, fixed(abs(difference)), first.as_of)
    return Chart(
        "binh-quan",
        title,
        unit,
        f"Ngày {written(last.as_of)} bình quân một xã đạt {fixed(last.average)} trên {total} tiêu chí, {since}.",
        ("Ngày", "Bình quân", "Số xã"),
        tuple(Row(written(p.as_of), (fixed(p.average), str(p.communes)), p.as_of) for p in points),
        frame(title, unit, [line(data, x, y), dots(data[:1] + data[-1:], x, y), *ends(data, x, y)]),
    )


def _criteria_ticks(total: int, first: Decimal | int) -> list[int]:
    """Every five and the total; none so near the first amount that its label could be taken for that of the axis."""
    return [0, *(n for n in range(5, total - 2, 5) if abs(n - first) >= 2), total]


def band_trend(points: Sequence[TrendPoint]) -> Chart:
    """Communes by band, a bar for each month; needs at least one point."""
    first, last = points[0], points[-1]
    title, unit = "Số xã theo nhóm", "xã, theo số tiêu chí đạt"
    now, then = dict(last.bands)[Band.FULL], dict(first.bands)[Band.FULL]
    held = ", ".join(f"{count} xã {_BAND_WORDS[band]}" for band, count in last.bands if count)
    since = change(now - then, f"{abs(now - then)} xã", first.as_of)
    return Chart(
        "nhom-theo-thang",
        title,
        unit,
        f"Ngày {written(last.as_of)} có {held} tiêu chí; số xã đạt đủ {since}.",
        ("Ngày", *(BAND_LABELS[band] for band, _ in last.bands)),
        tuple(Row(written(p.as_of), tuple(str(count) for _, count in p.bands), p.as_of) for p in points),
        frame(title, unit, _band_layers(points), above=6, right=92),
    )


def _band_layers(points: Sequence[TrendPoint]) -> list[Layer]:
    most = max(p.communes for p in points)
    data = [
        {"month": month(p.as_of), "amount": count, "part": band.value, "rank": rank}
        for p in points
        for rank, (band, count) in enumerate(reversed(p.bands))
    ]
    ends_of_time = [month(points[0].as_of), month(points[-1].as_of)]
    x = {
        "field": "month",
        "type": "ordinal",
        "sort": None,
        "scale": {"paddingInner": 0.2, "paddingOuter": 0},
        # The first label begins, and the last ends, within a quarter of the bars.
        "axis": {"values": ends_of_time, "labelAngle": 0, "labelFlush": 60, "labelPadding": 7, "ticks": False},
    }
    stacked = bars(
        data,
        x,
        amount_axis(most, round_numbers(most)) | {"stack": "zero"},
        _BAND_COLOURS,
        stroke=SURFACE,
        strokeWidth=1,
    )
    return [stacked, *aside(_middles(points[-1].bands), most)]


def _middles(bands: Sequence[tuple[Band, int]]) -> list[tuple[Decimal, str]]:
    """The bands that hold communes, each at the middle of its part of the bar."""
    found, below = [], 0
    for band, count in reversed(bands):
        if count:
            found.append((below + Decimal(count) / 2, f"{count} xã {_BAND_WORDS[band]}"))
        below += count
    return found


def criterion_tally(counts: Sequence[CriterionCount]) -> Chart:
    """Communes that meet each criterion, the weakest first; needs at least one criterion."""
    weakest_first = sorted(counts, key=lambda c: (c.met, c.number))
    total = max(c.total for c in counts)
    title, unit = "Từng tiêu chí, yếu nhất trước", f"xã đạt, trên {total} xã"
    weakest = ", ".join(f"{c.number} {c.name} ({c.met}/{c.total} xã)" for c in weakest_first[:3])
    return Chart(
        "xa-dat-tung-tieu-chi",
        title,
        unit,
        f"Yếu nhất: {weakest}.",
        ("Tiêu chí", "Đạt", "Chưa đạt", "Chưa có số liệu"),
        tuple(Row(f"{c.number}. {c.name}", (str(c.met), str(c.not_met), str(c.no_data))) for c in weakest_first),
        frame(title, unit, _tally_layers(weakest_first, total), height=_ROW * len(counts), above=0, right=4),
    )


def _tally_layers(counts: Sequence[CriterionCount], total: int) -> list[Layer]:
    data = [
        {"number": c.number, "part": part, "amount": getattr(c, part), "rank": rank}
        for c in counts
        for rank, part in enumerate(_PART_COLOURS)
    ]
    names = [{"number": c.number, "name": f"{c.number}. {c.name}", "said": _tallied(c)} for c in counts]
    known = [name for name, c in zip(names, counts, strict=True) if not c.no_data]
    partly = [name for name, c in zip(names, counts, strict=True) if c.no_data]
    order = [c.number for c in counts]
    y = {"field": "number", "type": "ordinal", "sort": order, "axis": None, "scale": {"padding": 0}}
    x = {"field": "amount", "type": "quantitative", "axis": None, "scale": {"domain": [0, total], "nice": False}}
    return [
        bars(data, x | {"stack": "zero"}, y, _PART_COLOURS, height=9, yOffset=9, stroke=LINE, strokeWidth=0.5),
        *(along_rows(rows, y, "name", 0, align="left", limit=limit) for rows, limit in ((known, 290), (partly, 195))),
        along_rows(known + partly, y, "said", "width", align="right", fontWeight="bold"),
    ]


def _tallied(count: CriterionCount) -> str:
    """How many meet it, and of how many it is not known (the grey end of the bar)."""
    return f"{count.met}, thiếu số liệu {count.no_data}" if count.no_data else str(count.met)


def commune_trend(points: Sequence[Point], total: int) -> Chart:
    """Criteria that one commune met, month by month; needs at least one point."""
    first, last = points[0], points[-1]
    title, unit = "Số tiêu chí đạt", f"tiêu chí, trên {total}"
    data = [on(p.as_of, p.criteria_met, str(p.criteria_met)) for p in points]
    changed = [now for now, before in zip(data[1:], data, strict=False) if now["amount"] != before["amount"]]
    x, y = time_axis(few([p.as_of for p in points])), amount_axis(total, _criteria_ticks(total, first.criteria_met))
    layers = [
        line(data, x, y, interpolate="step-after"),
        dots(data, x, y, size=25),
        # The last change is what the bold label says; over more than a year there is no room for the others.
        *labels(changed[:-1] if len(points) <= MONTHS else [], x, y, dy=-12),
        *ends(data, x, y),
    ]
    difference = last.criteria_met - first.criteria_met
    since = change(difference, f"{abs(difference)} tiêu chí", first.as_of)
    return Chart(
        "so-tieu-chi-dat",
        title,
        unit,
        f"Ngày {written(last.as_of)} đạt {last.criteria_met} trên {total} tiêu chí, {since}.",
        ("Ngày", "Tiêu chí đạt"),
        tuple(Row(written(p.as_of), (str(p.criteria_met),), p.as_of) for p in points),
        frame(title, unit, layers),
    )


def pace_chart(points: Sequence[PacePoint], result: TargetResult) -> Chart:
    """What there was of a target against what is asked, and what is expected when it is due; needs a point."""
    target, outcome, last = result.target, result.outcome, points[-1]
    expected = f"; dự báo đến {written(target.due_on)}: {number(outcome.forecast.expected)}"
    title, asked = "Nhịp thực hiện", number(outcome.required)
    return Chart(
        f"nhip-{target.code}",
        title,
        outcome.unit,
        f"Ngày {written(last.as_of)} có {number(last.actual)} {outcome.unit}, cần {asked}"
        f"{expected if last.as_of < target.due_on else ''}.",
        ("Ngày", "Thực hiện", "Yêu cầu"),
        tuple(Row(written(p.as_of), (number(p.actual), number(p.required)), p.as_of) for p in points),
        frame(target.title, f"{title} ({outcome.unit})", _pace_layers(points, result), height=LOW_HEIGHT, right=88),
    )


def _pace_layers(points: Sequence[PacePoint], result: TargetResult) -> list[Layer]:
    due_on, asked, expected = result.target.due_on, result.outcome.required, result.outcome.forecast.expected
    first, last = points[0], points[-1]
    end = max(last.as_of, due_on)
    most = max(1, *(int(max(p.actual, p.required)) for p in points), int(expected))
    x, y = time_axis({first.as_of: month(first.as_of), end: written(end)}), amount_axis(most, [0, most])
    data = [on(p.as_of, p.actual, number(p.actual)) for p in points]
    required = [on(p.as_of, p.required, "") for p in points] + [on(end, asked, "")]
    ahead, said = [], [(asked, f"cần {number(asked)}")]
    if last.as_of < due_on:
        ahead = [data[-1], on(due_on, expected, "")]
        said.append((expected, f"dự báo {number(expected)}"))
    is_below = last.actual < last.required and has_room_below(last.actual, most, LOW_HEIGHT)
    return [
        line(required, x, y, color=SOFT, strokeWidth=1.5, strokeDash=[6, 4], interpolate="step-before"),
        line(ahead, x, y, strokeWidth=2, strokeDash=[2, 3]),
        line(data, x, y, interpolate="step-after"),
        dots(data[-1:], x, y),
        dots(ahead[1:], x, y, filled=False, size=50, strokeWidth=2),
        *ends(data, x, y, is_below=is_below),
        *aside(said, most, LOW_HEIGHT),
    ]
