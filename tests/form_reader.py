"""The forms of a page as a browser would send them back untouched."""

from html.parser import HTMLParser

_UNSENT = {"submit", "button", "file", "image", "reset"}


class FormReader(HTMLParser):
    """Collects what the fields of a page would send: name and values."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and "disabled" not in given and given.get("type") not in _UNSENT:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self._add(name, given.get("value") or ("on" if given.get("type") == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given and self._select:
            self._add(self._select, given.get("value") or "")
        elif tag == "textarea" and name:
            self._area = name
            self._add(name, "")

    def handle_data(self, data) -> None:
        if self._area:
            self.sent[self._area][-1] += data

    def handle_endtag(self, tag) -> None:
        if tag == "textarea" and self._area:
            self.sent[self._area][-1] = self.sent[self._area][-1].removeprefix("\n")
            self._area = ""
        if tag == "select":
            self._select = ""

    def _add(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)


def untouched(response) -> dict[str, list[str]]:
    """What the forms of a page send when nobody changes anything."""
    reader = FormReader()
    reader.feed(response.content.decode())
    return reader.sent
