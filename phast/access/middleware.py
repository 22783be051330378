"""Answers are private unless a view says otherwise, and the browser knows who was signed in last."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from . import held


class PrivateByDefault:
    """Marks every answer `private, no-store`, so that no shared cache and no back button on a shared tablet keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)"
        )
        return response


class LastPerson:
    """Notes who is signed in, for forms that are sent after their session has ended (`phast.access.held`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        held.note_person(request, response)
        return response
