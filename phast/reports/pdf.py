"""From a document to a PDF/UA-1 file. Imported in the worker only: WeasyPrint takes more than a second to load."""

from __future__ import annotations

import logging
from collections.abc import Callable

from phast.jobs.models import JobFailed

from .columns import with_columns
from .markup import templates
from .parts import split
from .presses import drawn
from .typeset import AsksOutside, Drawn, typeset, without_garbage_collection

log = logging.getLogger(__name__)


def draw_pdf(markup: str, *, whole: bool = False, tell: Callable[[float], None] = lambda share: None) -> Drawn:
    """Draws a document. Unless it has to be `whole`, a long one is drawn in parts by several processes, and `tell` hears which share of
    them is done. Raises JobFailed when it asks for something it may not load.
    """
    try:
        with without_garbage_collection():
            markup = with_columns(markup)
            parts = [] if whole else split(markup)
            return drawn(parts, tell) if len(parts) > 1 else typeset(markup)
    except AsksOutside as refused:
        log.error("A report asks for something from outside: %s", refused)
        raise JobFailed(
            "The report was not drawn, because it asks for something from outside the portal. Please tell the coordinator."
        ) from None


def warm() -> None:
    """Loads fonts and styles, so that the first report is as fast as the others."""
    templates()
    typeset(
        with_columns(
            "<html lang=en><title>Warm</title><table><thead><tr><th>Warm</thead><tbody><tr><th>Warm<td>Warm</table>"
        )
    )
