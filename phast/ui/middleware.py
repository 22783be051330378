"""Answers that say nothing become pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from .views import method_not_allowed


class WrongMethod:
    """Gives a person who opens an address that only takes a form, by a bookmark or a reload, a page with a way on. Programs that do not
    ask for HTML get the bare answer, and so does whoever sends something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if isinstance(response, HttpResponseNotAllowed) and is_page:
            return method_not_allowed(request, response["Allow"])
        return response
