"""From a document to its pages, with WeasyPrint and nothing of the database: a process that only draws needs no more than this.

Imported where reports are drawn only: WeasyPrint takes more than a second to load.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from .assets import BASE, OnlyOurAssets
from .running import as_artifacts

VARIANT = "pdf/ua-1"
Result = TypeVar("Result")


class AsksOutside(Exception):
    """The document asks for something it may not load; the message is the schemes and hosts."""


@dataclass(frozen=True)
class Drawn:
    """A finished PDF."""

    content: bytes
    pages: int


def typeset(markup: str) -> Drawn:
    """Draws a document as PDF/UA-1. Raises AsksOutside."""

    def paint(document: Document) -> Drawn:
        return Drawn(document.write_pdf(pdf_variant=VARIANT, finisher=as_artifacts), len(document.pages))

    return laid_out(markup, paint)


def laid_out(markup: str, paint: Callable[[Document], Result], style: str = "") -> Result:
    """What `paint` makes of the document once it is laid out. `style`: one more of our style sheets. Raises AsksOutside."""
    fonts, sheets = look(style)
    assets = OnlyOurAssets()
    painted = None
    try:
        html = HTML(string=markup, base_url=BASE, url_fetcher=assets)
        painted = [paint(html.render(stylesheets=sheets, font_config=fonts, pdf_variant=VARIANT))]
    except FatalURLFetchingError:
        pass  # a BaseException: nothing else would catch it; `refused` tells more
    if painted is None or assets.refused:  # inside an SVG, WeasyPrint goes on without what it may not load
        raise AsksOutside(", ".join(assets.refused))
    return painted[0]


@cache
def look(style: str = "") -> tuple[FontConfiguration, list[CSS]]:
    """Our fonts and styles, read once a process. The style sheet is the reports' own and small: unused rules cost time."""
    fonts = _fonts()
    names = ["report.css", style] if style else ["report.css"]
    return fonts, [_sheet(name) for name in names]


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _sheet(name: str) -> CSS:
    return CSS(url=f"{BASE}reports/{name}", url_fetcher=OnlyOurAssets(), font_config=_fonts())


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Drawing makes millions of small objects and hardly any cycles: looking for those takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
