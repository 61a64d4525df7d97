"""Which line of the report a row is about: by its codes, else its names; one that contradicts itself is about none."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from ntm_portal.core import text
from ntm_portal.core.importing.values import CellValueError, as_text
from reports.queries.sheets import Sheet, SheetLine
from reports.workbooks import values
from reports.workbooks.columns import COMMUNE, COMMUNE_NAME, INDICATOR, INDICATOR_NAME
from reports.workbooks.reading import BLANK, Cell

Refuse = Callable[[str, str], None]
"""Takes the key of a column and what is wrong there."""


class Matcher:
    """The lines of a report by what rows call them."""

    def __init__(self, shown: Sheet, epoch: datetime) -> None:
        self._epoch = epoch
        self._lines = {(row.line.commune.code, row.spec.code): row for row in shown.lines}
        self._communes = {row.line.commune.code: row.line.commune for row in shown.lines}
        self._indicators = {spec.code: spec.name for spec in shown.specs}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for code, commune in self._communes.items():
            for name in (commune.name, commune.full_name):
                self._by_name[text.search_key(name)].add(code)
        for code, name in self._indicators.items():
            self._by_name[text.search_key(name)].add(code)

    def line(self, cells: dict[str, Cell], refuse: Refuse) -> SheetLine | None:
        """The line that the row is about; none after a refusal has said why."""
        try:
            commune = self._commune(cells, refuse)
            indicator = self._indicator(cells, refuse)
        except CellValueError as error:
            refuse(COMMUNE, str(error))
            return None
        if commune is None or indicator is None:
            return None
        found = self._lines.get((commune, indicator))
        if found is None:
            refuse(INDICATOR, f"Báo cáo này không có chỉ tiêu {indicator} ở xã mã {commune}.")
        return found

    def _commune(self, cells: dict[str, Cell], refuse: Refuse) -> str | None:
        cell = cells.get(COMMUNE, BLANK)
        if cell is BLANK:
            return self._named(COMMUNE, COMMUNE_NAME, self._communes, cells, refuse)
        code = values.commune_code(cell, self._communes)
        if code is None:
            refuse(COMMUNE, f"Báo cáo này không có xã mang mã “{as_text(cell.value)}”.")
            return None
        commune = self._communes[code]
        return self._agreed(code, COMMUNE_NAME, (commune.name, commune.full_name), cells, refuse)

    def _indicator(self, cells: dict[str, Cell], refuse: Refuse) -> str | None:
        cell = cells.get(INDICATOR, BLANK)
        if cell is BLANK:
            return self._named(INDICATOR, INDICATOR_NAME, self._indicators, cells, refuse)
        codes = values.indicator_codes(cell, self._indicators, self._epoch)
        if len(codes) != 1:
            said = as_text(cell.value)
            two = f"“{said}” có thể là {' hoặc '.join(codes)}; hãy gõ lại mã, định dạng ô là chữ (Text)."
            refuse(INDICATOR, two if codes else f"Báo cáo này không có chỉ tiêu mang mã “{said}”.")
            return None
        return self._agreed(codes[0], INDICATOR_NAME, (self._indicators[codes[0]],), cells, refuse)

    def _named(self, key: str, name_key: str, known: dict, cells: dict[str, Cell], refuse: Refuse) -> str | None:
        """By its name, where the code is blank and only one has that name."""
        said = as_text(cells.get(name_key, BLANK).value)
        found = self._by_name.get(text.search_key(said), set()) & known.keys() if said else set()
        if len(found) == 1:
            return next(iter(found))
        refuse(key, "Ô mã đang trống, và tên không cho biết dòng này nói về gì." if found or said else "Thiếu mã.")
        return None

    def _agreed(
        self, code: str, key: str, names: tuple[str, ...], cells: dict[str, Cell], refuse: Refuse
    ) -> str | None:
        """The code, unless the name beside it is another's: a part of the columns was sorted without the rest."""
        said = as_text(cells.get(key, BLANK).value)
        if not said or values.means(said, names):
            return code
        refuse(key, f"Mã {code} là “{names[0]}”; có thể chỉ một phần các cột đã được sắp xếp lại.")
        return None
