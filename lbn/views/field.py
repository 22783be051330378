"""The phone page, `/field/`: a shell that opens without a signal, and the JSON addresses that its script asks.

Nothing that a script asks here is ever answered with a redirect: one that is followed looks like success, and a count would be lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from coalitions.selectors import coalitions_of
from lbn.entering import NO_JSON, NOT_YOURS, enter, read_json
from lbn.enums import Channel
from lbn.rules import NotReadable
from lbn.selectors.agencies import agencies_for
from lbn.selectors.phone import agencies_on_a_phone
from lbn.shell import shell
from phast.access.guards import ActorRequest, public, requires
from phast.access.table import Action

type_view = Callable[..., HttpResponse]
THEME = "#3e4ded"
LARGEST = 16 * 1024  # bytes of one count; it takes half a thousand


def answers_json(view: type_view) -> type_view:
    """Around a guard: being signed out is 401 with the address to sign in at, a missing right or page says so in JSON."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except PermissionDenied:
            return _refused(403, "agency", NOT_YOURS)
        except Http404:
            return _refused(404, "agency", NOT_YOURS)
        if isinstance(response, HttpResponseRedirect):
            return _sign_in(urlsplit(response.url).path)
        return response

    return answered


@require_safe
@public
def field(request: HttpRequest) -> HttpResponse:
    """The page. The browser asks whether there is a newer one each time; the service worker keeps it."""
    return HttpResponse(shell().page, headers={"Cache-Control": "no-cache"})


@require_safe
@public
def field_worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its bytes change with the version, which is how a browser learns of a new one."""
    context = {"version": shell().version, "files": shell().files, "page": reverse("field")}
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": reverse("field")}
    return HttpResponse(
        render_to_string("lbn/field_worker.js", context), content_type="text/javascript", headers=headers
    )


@require_safe
@public
def field_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page on its home screen."""
    told = {
        "id": reverse("field"),
        "name": "Log naloxone kits",
        "short_name": "Log kits",
        "description": "Count the naloxone kits that were left behind, also without a signal.",
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": THEME,
        "icons": [
            _icon(192),
            _icon(512),
            _icon(512, purpose="maskable", name="maskable"),
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@require_GET
@public
def field_person(request: HttpRequest) -> HttpResponse:
    """Who is signed in, by number alone; where to ask for their agencies; and the token that sending needs."""
    if not request.user.is_authenticated:
        return _sign_in(resolve_url(settings.LOGIN_URL))
    asked = [reverse("lbn:field_agencies", args=[coalition.slug]) for coalition in coalitions_of(request.user)]
    return JsonResponse({"person": request.user.pk, "csrf": get_token(request), "coalitions": asked})


@require_GET
@answers_json
@requires(Action.COUNTS_WRITE, long_session=True)
def field_agencies(request: ActorRequest) -> HttpResponse:
    """The agencies the person counts for in this coalition, with what their form offers."""
    slug = request.actor.coalition.slug
    send = reverse("lbn:field_counts", args=[slug])
    found = agencies_on_a_phone(request.actor)
    for agency in found:
        # Where to read how to train people; empty when there is nothing to say.
        agency["training"] = reverse("lbn:training_list", args=[slug, agency["id"]]) if agency.pop("untrained") else ""
    return JsonResponse({"agencies": [agency | {"send": send} for agency in found]})


@require_POST
@answers_json
@requires(Action.COUNTS_WRITE, long_session=True)
def field_counts(request: ActorRequest) -> HttpResponse:
    """One count of the phone's queue. It names the person who counted: another one's session never sends it (409)."""
    try:
        body = read_json(request.body if int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST else b"")
    except (NotReadable, RequestDataTooBig, ValueError):
        return _refused(400, "unreadable", NO_JSON)
    if isinstance(body, dict) and body.pop("person", None) != str(request.user.pk):
        return _refused(409, "other_person", "Somebody else counted this. It is sent when they sign in.")
    agencies = agencies_for(request.actor, Action.COUNTS_WRITE)
    answer = enter(body, agencies=agencies, by=request.actor, channel=Channel.PHONE)
    told = answer.as_json()
    if answer.is_saved and answer.count:
        told["correct"] = reverse("lbn:count_edit", args=[request.actor.coalition.slug, answer.count.pk])
    return JsonResponse(told, status=answer.status)


def _sign_in(address: str) -> JsonResponse:
    return JsonResponse({"error": "Sign in to continue.", "sign_in": address}, status=401)


def _refused(status: int, reason: str, sentence: str) -> JsonResponse:
    return JsonResponse({"outcome": "refused", "reason": reason, "sentence": sentence}, status=status)


def _icon(size: int, *, purpose: str = "any", name: str = "icon") -> dict[str, str]:
    return {
        "src": static(f"field/{name}-{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
