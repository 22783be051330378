"""What was typed before the session ended, offered back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from . import held, proof
from .guards import ask_to_sign_in, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def held_form(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what was typed, with a button that sends it to where it was going. POST here means: throw it away."""
    kept = held.find(request, token)
    if request.method == "POST":
        held.forget(request)
        return redirect(kept["path"] if kept else "home")
    if kept is None:
        raise Http404
    if not proof.is_recent(request):
        return ask_to_sign_in(request, at=resolve_url("account_reauthenticate"))
    return render(
        request,
        "ui/held.html",
        {
            "kept": kept,
            "shown": [(_label(name), value) for name, value in kept["fields"] if value and _was_typed(name)],
        },
    )


def _was_typed(name: str) -> bool:
    """False for what a form carries for itself: the version it was opened at, what stood there before, its key."""
    return name not in ("version", "client_key") and not name.startswith(("_", "initial-"))


def _label(name: str) -> str:
    """A field's name for people to read: "due_date" is "Due date"."""
    return name.replace("_", " ").capitalize()
