"""The public form, for agencies without an account. Its pages tell nothing about the coalition but its name."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from coalitions import requests_for_help
from coalitions.actions import requests as actions
from coalitions.forms.requests import AskForm
from coalitions.models import Coalition
from phast.access.guards import public
from phast.access.limits import is_too_often, limits_guesses
from phast.qr import qr_svg

SENT_FROM_ONE_PLACE = 30  # an hour: a room full of agencies shares one address
HOUR = dt.timedelta(hours=1)


@require_http_methods(["GET", "POST"])
@public
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """An agency asks for help, registers a program, or both. What it wrote waits until its address confirms it; the answer is the same
    whatever is done with it."""
    coalition = _coalition(slug)
    form = AskForm(request.POST or None, slug=slug)
    if request.method == "POST":
        if is_too_often(request, "ask", at_most=SENT_FROM_ONE_PLACE, within=HOUR):
            return render(request, "coalitions/ask.html", _words(coalition, form=form, too_often=True), status=429)
        if form.is_a_trap:
            return redirect("ask_sent", slug)
        if form.is_valid():
            actions.ask(coalition=coalition, values=form.values)
            return redirect("ask_sent", slug)
    status = 422 if form.errors else 200
    return render(request, "coalitions/ask.html", _words(coalition, form=form, too_often=False), status=status)


@require_GET
@public
def ask_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What to do now: look in the mail."""
    return render(request, "coalitions/ask_sent.html", _words(_coalition(slug)))


@require_http_methods(["GET", "POST"])
@limits_guesses
@public
def ask_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail opens: what was written, and a button that confirms it. Opening changes nothing: mail scanners open
    links, too. Who did not write it has it deleted."""
    asked = requests_for_help.find(token)
    if asked is None:
        raise Http404
    done = ""
    if request.method == "POST":
        if "deny" in request.POST and asked.confirmed_at is None:
            actions.deny(request=asked)
            done = "denied"
        else:
            actions.confirm(request=asked)
            done = "confirmed"
    elif asked.confirmed_at:
        done = "confirmed"
    with timezone.override(ZoneInfo(asked.coalition.time_zone)):
        response = render(request, "coalitions/ask_confirm.html", _words(asked.coalition, asked=asked, done=done))
    response["Referrer-Policy"] = "strict-origin"  # the address is a key: no other site and no log learns it
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@public
def ask_flyer(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to print: what the form is for, its address, and the QR code that opens it."""
    coalition = _coalition(slug)
    address = requests_for_help.form_address(coalition)
    return render(request, "coalitions/ask_flyer.html", _words(coalition, address=address, code=_code(coalition)))


@require_GET
@public
def ask_code(request: HttpRequest, slug: str) -> HttpResponse:
    """The QR code alone, for a flyer of one's own."""
    response = HttpResponse(_code(_coalition(slug)), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="ask-{slug}.svg"'
    return response


def _code(coalition: Coalition) -> str:
    return qr_svg(requests_for_help.form_address(coalition), title=f"QR code that opens the form of {coalition}")


def _coalition(slug: str) -> Coalition:
    """A coalition whose coordinator opened the form; any other address does not exist."""
    return get_object_or_404(Coalition, slug=slug, takes_requests=True)


def _words(coalition: Coalition, **more: object) -> dict[str, object]:
    return {"coalition": coalition, **more}
