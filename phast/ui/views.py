"""What people see when something is refused, missing or broken. None of these pages needs the database, a session or a context
processor, so they work when those are what broke."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import is_valid_path

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


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an address that only takes what a form sends was opened like a page. It leads to the nearest address above it."""
    answer = _page("405.html", 405, above=_above(request.path))
    answer["Allow"] = allowed
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the reference on the page is in the log beside the traceback, and tells nothing about anybody."""
    reference = secrets.token_hex(4)
    logger.error("Error page shown, reference %s", reference)
    return _page("500.html", 500, reference=reference)


def _above(path: str) -> str:
    """The nearest address of the portal above this one; empty for none but the home page."""
    while path := path.rstrip("/").rpartition("/")[0]:
        path = f"{path}/"
        if is_valid_path(path):
            return path
    return ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token did not fit, mostly because the page was open for long or somebody signed in meanwhile."""
    return _page("403_csrf.html", 403)
