"""Days in forms: typed day first, because a browser's own field follows the language of the browser."""

from django import forms


class DayInput(forms.DateInput):
    """A short text field that shows a day as the office writes it."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        hints = {"inputmode": "numeric", "autocomplete": "off", "size": 12, "placeholder": "31/12/2020"}
        super().__init__(hints | (attrs or {}), format="%d/%m/%Y")
