"""The front door and the coalition's home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from coalitions.selectors import coalitions_of
from phast import offers
from phast.access.guards import ActorRequest, requires, signed_in
from phast.access.table import Action


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The person's coalition, or a choice of them."""
    coalitions = coalitions_of(request.user)
    if len(coalitions) == 1:
        return redirect("coalitions:home", slug=coalitions[0].slug)
    return render(request, "coalitions/choose.html", {"coalitions": coalitions})


@requires(Action.ROSTER_SEE)
def coalition_home(request: ActorRequest) -> HttpResponse:
    """What needs this person, most urgent first."""
    cards = sorted(
        (card for source in offers.home_cards for card in source(request.actor)), key=lambda card: card.order
    )
    return render(request, "coalitions/home.html", {"cards": cards})
