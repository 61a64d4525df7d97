"""What is wrong with a workbook, where a person finds it."""

from dataclasses import dataclass

from ntm_portal.core.uploads.errors import UploadError


class SheetError(UploadError):
    """The workbook as a whole cannot be read as a table; the message says what to do."""

    code = "bad_sheet"


@dataclass(frozen=True, slots=True)
class CellError:
    """One fault: the row as Excel counts, the letter of the column where one cell is to blame, and what it holds."""

    row: int
    letter: str
    column: str
    value: str
    message: str

    @property
    def place(self) -> str:
        """C5, or the row alone."""
        return f"{self.letter}{self.row}" if self.letter else f"dòng {self.row}"
