"""For the templates of PDFs, where they need no `{% load %}`."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from phast.look import in_colour

register = template.Library()

PICTURE = "data:image/svg+xml;base64,"
ROWS = 400
# As charts and maps are; what is a line high, stands within words, or is to be scanned has no letters in it.
WIDE = re.compile(r'<svg [^>]*\bwidth="[4-9]\d\d" height="(?:[3-9]\d|\d{3})')


@register.simple_tag(takes_context=True)
def figure(context: Mapping[str, Any], svg: str, alt: str, caption: str = "") -> SafeString:
    """A drawing made by `phast.charts` or `phast.geo`, as a picture in the coalition's own colour. `alt` says in a sentence or two what it
    shows, and no figure that the table beside it hides. Raises ValueError when it is empty: the figure would not be read out.

    In a preview on a phone a wide one scrolls sideways, since its letters could not be read otherwise; by keyboard, too.
    """
    if not alt.strip():
        raise ValueError("A figure needs a text that is read out in its place.")
    picture = PICTURE + base64.b64encode(in_colour(svg, context["look"].accent).encode()).decode()
    below = format_html("<figcaption>{}</figcaption>", caption) if caption else ""
    scrolls = mark_safe(' class="wide" tabindex="0"') if context["bar"] and WIDE.match(svg) else ""
    return format_html('<figure{}><img src="{}" alt="{}">{}</figure>', scrolls, picture, alt, below)


@register.filter
def in_parts(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """A long list in parts of 400, for a table each: the time one table takes grows faster than its rows."""
    return [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]


@register.filter
def whole_hours(text: str) -> str:
    """Opening hours whose times are not broken over two lines: no line ends between “6” and “am”."""
    return text.replace(" am", "\N{NO-BREAK SPACE}am").replace(" pm", "\N{NO-BREAK SPACE}pm")
