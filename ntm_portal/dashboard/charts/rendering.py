"""From a specification to SVG for a page, and to PNG for a document; nothing is drawn twice.

A drawing is remembered under the specification itself, which holds every number in it: a new ledger position with
the same figures draws nothing, and other figures are another specification. No theme is in it: colours are custom
properties, which the browser resolves.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, tostring  # nosec B405  # to write; what is read goes through defusedxml

from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.utils.safestring import SafeString

from ntm_portal.core import ledger
from ntm_portal.dashboard.charts.renderer import Specification, draw_png, draw_svg

_DRAWN = ledger.Memory(8 * 1024 * 1024, weigh=len)
_TOKEN = re.compile(r"var\(--([\w-]+)\)")
_DECLARATION = re.compile(r"--([\w-]+):\s*([^;]+);")
_ROOT = re.compile(r":root\s*\{([^}]*)\}")
_LONG_FRACTION = re.compile(r"(\.\d\d)\d+")
# Font and colours are the page's; marks and roles of the renderer mean nothing to a reader.
_DROPPED = {"class", "style", "role", "font-family", "pointer-events"}
_TITLE_HEIGHT = 42


@cache
def light_tokens() -> Mapping[str, str]:
    """The custom properties of the light theme, for whoever cannot resolve them (static/css/tokens.css)."""
    css = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text("utf-8")
    block = _ROOT.search(css)
    return dict(_DECLARATION.findall(block.group(1))) if block else {}


def chart_svg(spec: Specification, *, labelled_by: str) -> SafeString:
    """The drawing as a part of a page: no title, size or style, and one role; `labelled_by` is the id of its text."""

    def draw() -> str:
        bare = {name: value for name, value in spec.items() if name != "title"}
        # The page puts its own font in place; words are measured in the one that the renderer measures fastest.
        bare["config"] = {**spec.get("config", {}), "font": "sans-serif"}
        return _tidied(draw_svg(bare), labelled_by)

    # Safe: renderer and ElementTree, one after the other, escape every text they are given.
    return SafeString(_DRAWN.find_or_build(_digest("svg", labelled_by, spec), draw))  # nosec B703


def chart_png(spec: Specification, scale: float = 2) -> bytes:
    """The drawing with its title as a picture for a document: on white, in the colours of the light theme."""

    def draw() -> bytes:
        with_title = {**spec, "background": "#ffffff", "height": spec["height"] + _TITLE_HEIGHT}
        return draw_png(_resolved(with_title), scale)

    return _DRAWN.find_or_build(_digest("png", scale, spec), draw)


def _digest(*about: object) -> str:
    return hashlib.blake2b(json.dumps(about, sort_keys=True).encode(), digest_size=16).hexdigest()


def _resolved(spec: Specification) -> dict[str, Any]:
    """Colours and font as values. Raises KeyError for a custom property that tokens.css does not have."""
    return json.loads(_TOKEN.sub(lambda found: json.dumps(light_tokens()[found[1]])[1:-1], json.dumps(spec)))


def _tidied(svg: str, labelled_by: str) -> str:
    root = fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name, value in list(element.attrib.items()):
            if name in _DROPPED or name.startswith("aria-"):
                del element.attrib[name]
            else:
                element.attrib[name] = _LONG_FRACTION.sub(r"\1", value)
        for child in list(element):
            if _is_invisible(child):
                element.remove(child)
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update({"class": "chart-drawing", "viewBox": box, "role": "img", "aria-labelledby": labelled_by})
    return tostring(root, encoding="unicode")


def _is_invisible(element: Element) -> bool:
    """Whether the renderer left nothing to see: a frame without line and filling."""
    is_frame = element.tag.endswith("path") and not {"fill", "stroke"} & element.attrib.keys()
    return element.get("display") == "none" or is_frame
