"""The renderer of Vega-Lite itself, and when it starts.

It takes almost a second to start, once for each process, and holds the interpreter while it does. It cannot start
when the application is loaded: a process that forks afterwards (gunicorn --preload) leaves its children a renderer
that waits for ever. So `gunicorn.conf.py` calls `warm_up` in each worker, after it has forked and before its first
request; commands, tests and the development server start it when they first draw. Nothing of Django is imported
here, because gunicorn reads its configuration before the portal is set up.
"""

from collections.abc import Mapping
from typing import Any

import vl_convert

Specification = Mapping[str, Any]

_OPTIONS: dict[str, Any] = {
    "format_locale": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", "\u00a0₫"]},
    # Data stand in the specification; nothing is fetched.
    "allowed_base_urls": [],
}


# Signs that XML forbids. The renderer measures text by way of an SVG, and one of these ends the whole process.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def _without_forbidden(part: Any) -> Any:
    if isinstance(part, str):
        return part.translate(_FORBIDDEN)
    if isinstance(part, Mapping):
        return {name: _without_forbidden(value) for name, value in part.items()}
    return [_without_forbidden(value) for value in part] if isinstance(part, list) else part


def draw_svg(spec: Specification) -> str:
    """The drawing as the renderer writes it; text is measured in the font of the specification."""
    return vl_convert.vegalite_to_svg(_without_forbidden(spec), **_OPTIONS)


def draw_png(spec: Specification, scale: float) -> bytes:
    """The drawing as a picture, so many pixels to a unit."""
    return vl_convert.vegalite_to_png(_without_forbidden(spec), scale=scale, **_OPTIONS)


def warm_up() -> None:
    """Start the renderer, so that the first reader of a worker process need not wait for it."""
    draw_svg({"data": {"values": [{}]}, "mark": "point"})
