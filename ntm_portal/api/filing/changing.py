"""From lines as they were sent to changes of a draft: all are written, or none and every fault is named."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from criteria.actions import ratio
from criteria.engine.facts import MeasureSpec, Reading
from ntm_portal.accounts.models import User
from reports.actions.drafting import LineChange, Saved, save_lines
from reports.actions.errors import Fault, StaleRevisionError
from reports.models import Report
from reports.queries.sheets import set_code_of, specs_of

_TEXTS = ("conclusion", "note", "basis")


class StaleLinesError(StaleRevisionError):
    """Somebody changed some of the lines since they were read; `faults` name them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("Có dòng đã được người khác sửa sau khi bạn đọc; chưa ghi dòng nào.", count=len(faults))
        self.faults = faults


def line_changes(report: Report, given: Sequence[Mapping[str, Any]]) -> list[LineChange]:
    """Changes as the action takes them; a ratio without its value gets it (two queries where there is one)."""
    measures = _measures(report, given)
    return [
        LineChange(
            sent["line"],
            sent.get("revision"),
            readings={m["id"]: _reading(m, measures.get(m["id"])) for m in sent.get("measures", ())},
            **{name: sent.get(name) for name in _TEXTS},
        )
        for sent in given
    ]


def _needs_value(sent: Mapping[str, Decimal | None]) -> bool:
    return sent.get("value") is None and sent.get("numerator") is not None


def _measures(report: Report, given: Sequence[Mapping[str, Any]]) -> dict[int, MeasureSpec]:
    wanted = {sent["line"] for sent in given if any(_needs_value(m) for m in sent.get("measures", ()))}
    if not wanted:
        return {}
    lines = report.lines.filter(pk__in=wanted).select_related("indicator__criterion__criteria_set")
    code = set_code_of(lines)
    specs = specs_of({line.indicator_id for line in lines}, set_code=code) if code else {}
    return {measure.id: measure for spec in specs.values() for measure in spec.measures}


def _reading(sent: Mapping[str, Decimal | None], measure: MeasureSpec | None) -> Reading | None:
    """None takes the value away. What belongs to no measure of the line is for the action to refuse."""
    value, numerator, denominator = (sent.get(name) for name in ("value", "numerator", "denominator"))
    if measure is not None and value is None and numerator is not None and denominator is not None:
        return ratio(measure, numerator, denominator)
    return None if value is None and numerator is None else Reading(value, numerator, denominator)


def save(report: Report, changes: Sequence[LineChange], *, by: User, revision: int | None) -> Saved:
    """Write all the changes or none. Raises StaleLinesError besides what the action raises."""
    saved = save_lines(report, changes, by=by, revision=revision, all_or_none=True)
    if saved.conflicts:
        changed = {line.pk: line for line in saved.conflicts}
        faults = [
            Fault(index, "revision", f"Dòng đã có người sửa, nay là lần {changed[change.line].revision}.")
            for index, change in enumerate(changes)
            if change.line in changed
        ]
        raise StaleLinesError(faults)
    return saved
