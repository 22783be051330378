"""The front door and the coalition's home page."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from coalitions.selectors import coalitions_of
from phast import offers
from phast.access.guards import ActorRequest, requires, signed_in
from phast.access.table import Action
from phast.together import all_of


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The person's coalition, or a choice of them."""
    coalitions = coalitions_of(request.user)
    if len(coalitions) == 1:
        return redirect("coalitions:home", slug=coalitions[0].slug)
    return render(request, "coalitions/choose.html", {"coalitions": coalitions})


@require_GET
@requires(Action.ROSTER_SEE)
def coalition_home(request: ActorRequest) -> HttpResponse:
    """What needs this person, most urgent first; then the coalition in big numbers."""
    actor = request.actor
    prefetch_related_objects([actor.coalition], "counties")  # the cards look at them too
    said = [found for source in all_of([*offers.home_cards, *offers.figures], actor) for found in source]
    cards = [one for one in said if isinstance(one, offers.HomeCard)]
    figures = [one for one in said if isinstance(one, offers.Figure)]
    context = {
        "cards": sorted(cards, key=lambda card: (not card.urgent, card.order)),
        "figures": sorted(figures, key=lambda figure: figure.order),
        "counties": actor.coalition.counties.all(),
    }
    return render(request, "coalitions/home.html", context)
