"""From a kind and its frozen data to a PDF/UA-1 file. Imported in the worker only: WeasyPrint takes more than a second to load."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.template.backends.django import DjangoTemplates
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from phast.jobs.models import JobFailed

from .assets import BASE, OnlyOurAssets

log = logging.getLogger(__name__)


class UndefinedVariable(Exception):
    """A report's template asked for a variable that is not there."""


class _Strict(str):
    """For Django's `string_if_invalid`: the engine looks for "%s" in it, when it is not empty, and fills in the variable's name."""

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise UndefinedVariable(str(name))


@dataclass(frozen=True)
class Drawn:
    """A finished PDF."""

    content: bytes
    pages: int


def draw_pdf(template: str, context: dict[str, Any]) -> Drawn:
    """Renders the template and draws it. Raises UndefinedVariable, and JobFailed when the document asks for something it may not load."""
    markup = _templates().get_template(template).render(context)
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
        log.error("%s asks for something from outside: %s", template, ", ".join(assets.refused))
        raise JobFailed(
            "The report was not drawn, because it asks for something from outside the portal. Please tell the coordinator."
        )
    return drawn


def warm() -> None:
    """Loads fonts and styles, so that the first report is as fast as the others."""
    _templates()
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


@cache
def _templates() -> DjangoTemplates:
    """Like the pages' templates, but without a request, and an undefined variable is an error."""
    pages = settings.TEMPLATES[0]
    return DjangoTemplates(
        {
            "NAME": "reports",
            "DIRS": pages["DIRS"],
            "APP_DIRS": True,
            "OPTIONS": {
                "builtins": [*pages["OPTIONS"]["builtins"], "phast.reports.templatetags.pdf"],
                "string_if_invalid": _Strict("undefined"),
            },
        }
    )


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
