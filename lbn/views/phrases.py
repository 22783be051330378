"""The phrase card: words for everybody in the coalition, with nothing about anybody in them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lbn.reference import SOURCE_TITLE
from lbn.selectors.phrases import at_hand
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action


@require_GET
@requires(Action.LIBRARY_SEE)
def phrase_card(request: ActorRequest) -> HttpResponse:
    """Words to use, words to avoid and what to say instead; then what people said who experienced an overdose."""
    context = {"words": at_hand(), "source": SOURCE_TITLE, "counts": request.actor.can(Action.COUNTS_WRITE)}
    return render(request, "lbn/phrase_card.html", context)
