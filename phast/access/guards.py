"""The declarations a view can carry: `@requires`, `@bearer`, `@public`. A view without one fails `manage.py check`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.module_loading import import_string

from . import held, proof
from .table import Action

if TYPE_CHECKING:
    from .actor import Actor

type_view = Callable[..., HttpResponse]
PUBLIC = "public"


class ActorRequest(HttpRequest):
    """A request that passed `@requires` or `@bearer`."""

    actor: Actor


def requires(action: Action, *, long_session: bool = False) -> Callable[[type_view], type_view]:
    """Only for people whose membership in the coalition of the address gives them `action`.

    The view is called without the `slug`, with `request.actor` set. Not a member, or no such coalition: 404, so that addresses
    tell nothing. A member without the right: 403. Nobody signed in: the sign-in page, and what was typed is held for afterwards.

    `long_session`: for counting on a phone alone, which stays signed in for thirty days. Every other view asks again after twelve hours.
    """

    def wrap(view: type_view) -> type_view:
        @login_not_required  # this guard does the asking itself: it also holds what was typed
        @wraps(view)
        def guarded(request: ActorRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            actor = import_string(settings.ACTOR_SOURCE)(user=request.user, slug=slug)
            if actor is None:
                raise Http404
            if actor.needs_second_factor and not settings.DEMO:
                if not proof.has_second_factor(request):
                    return redirect("mfa_index")
                if not proof.showed_second_factor(request):
                    return ask_to_sign_in(request, at=proof.where_to_show_it(request))
            if not long_session and not proof.is_recent(request):
                return ask_to_sign_in(request, at=resolve_url("account_reauthenticate"))
            if not actor.can(action):
                raise PermissionDenied
            return _call(view, request, actor, *args, **kwargs)

        guarded.access = action  # type: ignore[attr-defined]  # read by the check and by the tests
        return guarded

    return wrap


def bearer(action: Action, actor_from: Callable[..., Actor | None]) -> Callable[[type_view], type_view]:
    """For what comes without a session: an e-mailed link, an API token, a calendar feed.

    `actor_from(request, **kwargs)` makes the actor out of what the request carries, or answers None: then 404. The actor passes
    the same policy table as a signed-in person.
    """

    def wrap(view: type_view) -> type_view:
        @login_not_required
        @wraps(view)
        def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_from(request, **kwargs)
            if actor is None:
                raise Http404
            if not actor.can(action):
                raise PermissionDenied
            return _call(view, request, actor, *args, **kwargs)

        guarded.access = action  # type: ignore[attr-defined]  # read by the check and by the tests
        return guarded

    return wrap


def public(view: type_view) -> type_view:
    """For anybody, signed in or not."""
    view = login_not_required(view)
    view.access = PUBLIC  # type: ignore[attr-defined]  # read by the check and by the tests
    return view


def signed_in(view: type_view) -> type_view:
    """For anybody who is signed in, about themselves only: no coalition is in the address."""
    view.access = "signed in"  # type: ignore[attr-defined]  # read by the check and by the tests
    return view


def ask_to_sign_in(request: HttpRequest, *, at: str = "") -> HttpResponse:
    """Sends the person to sign in (or to confirm who they are, `at` another page) and back. What they typed is held meanwhile.

    A script gets 401 as JSON, never a redirect: a followed redirect looks like success and would delete its draft.
    """
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"error": "Sign in to continue.", "sign_in": resolve_url(settings.LOGIN_URL)}, status=401)
    back = request.get_full_path()
    if request.method == "POST":
        back = held.keep(request)
    response: HttpResponseRedirect = redirect_to_login(back, at or None)
    if request.headers.get("HX-Request"):
        # htmx would follow a redirect inside the page; this header makes the browser leave it.
        return HttpResponse(status=401, headers={"HX-Redirect": response.url})
    return response


def _call(view: type_view, request: ActorRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponse:
    request.actor = actor
    with timezone.override(ZoneInfo(actor.coalition.time_zone)):
        response = view(request, *args, **kwargs)
        if hasattr(response, "render") and callable(response.render):
            response = response.render()  # while the coalition's time zone holds
        return response
