"""Answers are private unless a view says otherwise."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


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
