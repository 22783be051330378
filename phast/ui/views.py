"""What people see when something is refused, missing or broken. None of these pages needs the database, a session or a context
processor, so they work when those are what broke."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def _page(template: str, status: int, **context: object) -> HttpResponse:
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what the browser sent made no sense, such as a field too many or a damaged upload."""
    return _page("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but without the right."""
    return _page("403.html", 403, reason=str(exception) if exception and str(exception) else "")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such address, or not for this person; the two look the same on purpose."""
    return _page("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the reference on the page is in the log beside the traceback, and tells nothing about anybody."""
    reference = secrets.token_hex(4)
    logger.error("Error page shown, reference %s", reference)
    return _page("500.html", 500, reference=reference)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token did not fit, mostly because the page was open for long or somebody signed in meanwhile."""
    return _page("403_csrf.html", 403)
