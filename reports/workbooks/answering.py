"""What a row wants its line to say, given what the portal had written there: the rules of typing, cell by cell."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from criteria.actions import ratio
from criteria.engine.admission import SCALE, reading_objections
from criteria.engine.facts import Conclusion, MeasureSpec, Reading
from criteria.engine.wording import quantity
from ntm_portal.core import text
from ntm_portal.core.importing.values import CellValueError
from reports.answers import Answer, derived
from reports.queries.sheets import SheetLine
from reports.workbooks import values
from reports.workbooks.columns import BASIS, CONCLUSION, NOTE, Part, slot
from reports.workbooks.reading import BLANK, Cell

Value = TypeVar("Value")
_LONGEST = {NOTE: 500, BASIS: 300}
_BOTH = "Phải ghi cả tử số và mẫu số, hoặc để trống cả hai."


class RowReader:
    """Reads one row after another; `refuse` is told every cell that cannot stand."""

    def __init__(self, has_column: Callable[[str], bool], refuse: Callable[[str, str], None]) -> None:
        self._has, self._refuse = has_column, refuse
        self._is_sound = True

    def answer(self, row: SheetLine, base: Answer, cells: Mapping[str, Cell]) -> Answer | None:
        """What the line is to say; none after a refusal. `base` is what the portal had written into the workbook."""
        self._is_sound = True
        readings = self._readings(row, base, cells)
        said = self._read(CONCLUSION, values.conclusion, cells) or ""
        note, basis = (self._words(key, getattr(base, key), cells) for key in (NOTE, BASIS))
        if not self._is_sound:
            return None
        return Answer(_concluded(row, base, readings, said), readings, note, basis)

    def _wrong(self, key: str, message: str) -> None:
        self._is_sound = False
        self._refuse(key, message)

    def _read(self, key: str, read: Callable[[Cell], Value], cells: Mapping[str, Cell]) -> Value | None:
        try:
            return read(cells.get(key, BLANK))
        except CellValueError as error:
            self._wrong(key, str(error))
            return None

    def _words(self, key: str, before: str, cells: Mapping[str, Cell]) -> str:
        """A text that differs only in what is not seen stays as it was; so does one whose column was taken out."""
        if not self._has(key):
            return before
        said = self._read(key, lambda cell: values.words(cell, _LONGEST[key]), cells) or ""
        return before if text.clean(before) == said else said

    def _readings(self, row: SheetLine, base: Answer, cells: Mapping[str, Cell]) -> dict[int, Reading]:
        found = {}
        for place, measure in enumerate(row.spec.measures):
            before = base.readings.get(measure.id)
            reading = self._reading(measure, place, before or Reading(None), cells)
            if reading is not None and reading != before:
                for said in reading_objections(measure, reading):
                    self._wrong(slot(Part.VALUE, place), said)
            if reading is not None:
                found[measure.id] = reading
        self._require_no_more(len(row.spec.measures), cells)
        return found

    def _require_no_more(self, count: int, cells: Mapping[str, Cell]) -> None:
        """A number where the indicator has no measure is in the wrong row or column."""
        for place in range(count, 1 + max((_place(key) for key in cells), default=-1)):
            for part in Part:
                if slot(part, place) in cells:
                    self._wrong(slot(part, place), "Chỉ tiêu này không có đại lượng đo ở cột này; hãy xóa ô.")

    def _reading(self, measure: MeasureSpec, place: int, before: Reading, cells: Mapping[str, Cell]) -> Reading | None:
        keys = [slot(part, place) for part in Part]
        typed = self._read(keys[0], lambda cell: values.measured(cell, measure, before.value), cells) or values.Typed()
        counts = [
            self._read(key, values.count, cells) if self._has(key) else held
            for key, held in zip(keys[1:], (before.numerator, before.denominator), strict=True)
        ]
        if typed.numerator is not None:
            return self._ratio_in_value(measure, keys[0], typed, counts, before)
        if not self._has(keys[1]) and not self._has(keys[2]) and typed.value != before.value:
            counts = [None, None]
        return self._combined(measure, keys, typed.value, counts, before)

    def _ratio_in_value(
        self, measure: MeasureSpec, key: str, typed: values.Typed, counts: list[Decimal | None], before: Reading
    ) -> Reading | None:
        """171/200 in the cell of the value counts, unless its own columns were filled in with something else."""
        own = [typed.numerator, typed.denominator]
        if counts not in ([None, None], own, [before.numerator, before.denominator]):
            self._wrong(key, "Ô số đo ghi một tỷ số khác với cột tử số, mẫu số.")
        return ratio(measure, *own)

    def _combined(
        self,
        measure: MeasureSpec,
        keys: list[str],
        value: Decimal | None,
        counts: list[Decimal | None],
        before: Reading,
    ) -> Reading | None:
        above, below = counts
        if above is None and below is None:
            return None if value is None else Reading(value)
        if above is None or below is None:
            self._wrong(keys[1] if above is None else keys[2], _BOTH)
            return None
        if not below:
            self._wrong(keys[2], "Mẫu số phải lớn hơn 0.")
            return None
        computed = ratio(measure, above, below)
        only_counts_changed = value == before.value and (above, below) != (before.numerator, before.denominator)
        # A formula in the workbook gives more digits than are kept.
        if value is None or only_counts_changed or abs(value - computed.value) < SCALE:
            return computed
        said = quantity(computed.value, measure.unit)
        self._wrong(keys[0], f"Không khớp tử số và mẫu số ({said}); hãy sửa, hoặc xóa hai ô ấy.")
        return None


def _place(key: str) -> int:
    """The place of the measure that a column belongs to; -1 for other columns."""
    digits = next((key.removeprefix(part) for part in Part if key.startswith(part)), "")
    return int(digits) if digits.isdigit() else -1


def _concluded(row: SheetLine, base: Answer, readings: Mapping[int, Reading], said: str) -> Conclusion | None:
    """As in the grid, a conclusion that was not touched follows the values where they leave no choice."""
    wanted = Conclusion(said) if said else None
    if wanted is None or (wanted is base.conclusion and readings != base.readings):
        return derived(row.spec, readings, row.checked.group, row.checked.on) or wanted
    return wanted
