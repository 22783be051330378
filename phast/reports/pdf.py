"""From a document to a PDF/UA-1 file. Imported in the worker only: WeasyPrint takes more than a second to load."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from phast.jobs.models import JobFailed

from .assets import BASE, OnlyOurAssets
from .markup import templates

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drawn:
    """A finished PDF."""

    content: bytes
    pages: int


def draw_pdf(markup: str) -> Drawn:
    """Draws a document. Raises JobFailed when it asks for something it may not load."""
    fonts, styles = _look()
    assets = OnlyOurAssets()
    drawn = None
    with _without_garbage_collection():
        try:
            html = HTML(string=markup, base_url=BASE, url_fetcher=assets)
            document = html.render(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")
            drawn = Drawn(document.write_pdf(pdf_variant="pdf/ua-1"), len(document.pages))
        except FatalURLFetchingError:
            pass  # a BaseException: nothing else would catch it; `refused` tells more
    if drawn is None or assets.refused:  # inside an SVG, WeasyPrint goes on without what it may not load
        log.error("A report asks for something from outside: %s", ", ".join(assets.refused))
        raise JobFailed(
            "The report was not drawn, because it asks for something from outside the portal. Please tell the coordinator."
        )
    return drawn


def warm() -> None:
    """Loads fonts and styles, so that the first report is as fast as the others."""
    templates()
    fonts, styles = _look()
    HTML(
        string="<html lang=en><title>Warm</title><p>Warm<b>ing</b>", base_url=BASE, url_fetcher=OnlyOurAssets()
    ).write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")


@cache
def _look() -> tuple[FontConfiguration, list[CSS]]:
    """Our fonts and styles, read once a process. The style sheet is the reports' own and small: unused rules cost time."""
    fonts = FontConfiguration()
    fetcher = OnlyOurAssets()
    return fonts, [CSS(url=f"{BASE}reports/report.css", url_fetcher=fetcher, font_config=fonts)]


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Drawing makes millions of small objects and hardly any cycles: looking for those takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
