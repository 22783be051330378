"""For the templates of PDFs, where they need no `{% load %}`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from phast.look import in_colour

register = template.Library()

PICTURE = "data:image/svg+xml;base64,"
ROWS = 400


@register.simple_tag(takes_context=True)
def figure(context: Mapping[str, Any], svg: str, alt: str, caption: str = "") -> SafeString:
    """A drawing made by `phast.charts` or `phast.geo`, as a picture in the coalition's own colour. `alt` says in a sentence or two what it
    shows, and no figure that the table beside it hides. Raises ValueError when it is empty: the figure would not be read out.
    """
    if not alt.strip():
        raise ValueError("A figure needs a text that is read out in its place.")
    picture = PICTURE + base64.b64encode(in_colour(svg, context["look"].accent).encode()).decode()
    below = format_html("<figcaption>{}</figcaption>", caption) if caption else ""
    return format_html('<figure><img src="{}" alt="{}">{}</figure>', picture, alt, below)


@register.filter
def in_parts(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """A long list in parts of 400, for a table each: the time one table takes grows faster than its rows."""
    return [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]


@register.filter
def whole_hours(text: str) -> str:
    """Opening hours whose times are not broken over two lines: no line ends between “6” and “am”."""
    return text.replace(" am", "\N{NO-BREAK SPACE}am").replace(" pm", "\N{NO-BREAK SPACE}pm")
