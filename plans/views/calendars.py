"""Due dates in the calendar a person uses anyway."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from phast import offers
from phast.access.guards import ActorRequest, bearer, requires
from phast.access.table import Action
from phast.ics import as_ics
from plans import calendars as feeds
from plans.actions.calendars import turn_off_calendar, turn_on_calendar
from plans.enums import FeedKind
from plans.models import CalendarFeed

WHAT = {
    FeedKind.MINE: "What you, your organization or a position you hold is responsible for.",
    FeedKind.ALL: "Every step of every active plan.",
}


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_FOLLOW)
def calendars(request: ActorRequest) -> HttpResponse:
    """The person's calendars with their addresses. POST turns one on or off."""
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind in FeedKind.values:
            _turn(request, FeedKind(kind))
        return redirect("plans:calendars", request.actor.coalition.slug)
    mine = CalendarFeed.objects.of(request.actor.coalition).filter(user=request.actor.user, revoked_at=None)
    on = {feed.kind: feeds.address(feed) for feed in mine}
    rows = [
        {
            "kind": kind.value,
            "name": kind.label,
            "what": WHAT[kind],
            "address": on.get(kind, ""),
            "webcal": on.get(kind, "").replace("https:", "webcal:").replace("http:", "webcal:"),
        }
        for kind in FeedKind
    ]
    response = render(request, "plans/calendars.html", {"rows": rows})
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@bearer(Action.PLANS_FOLLOW, feeds.reading)
def calendar_feed(request: ActorRequest, token: str) -> HttpResponse:
    """The calendar itself, for a program that has the address and no session.

    Wrong addresses are not counted here (`limits_guesses`): calendar services ask for many people from one place, and go on asking
    for calendars that were turned off.
    """
    feed = feeds.find_feed(token)
    if feed is None:
        raise Http404
    found = [entry for source in offers.calendars for entry in source(request.actor, feed.kind)]
    name = f"{request.actor.coalition.name}: {feed.get_kind_display().lower() if feed.kind == FeedKind.MINE else 'all steps'}"
    response = HttpResponse(as_ics(name, found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="steps.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _turn(request: ActorRequest, kind: FeedKind) -> None:
    if request.POST.get("do") == "off":
        turn_off_calendar(kind=kind, by=request.actor)
        messages.success(request, "Turned off. The address opens nothing any more.")
    else:
        turn_on_calendar(kind=kind, by=request.actor)
