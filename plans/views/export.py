"""The steps that are shown, as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS, as_file
from plans import across
from plans.forms.across import StepFilter
from plans.resources import MOST, as_table


@require_GET
@requires(Action.PLANS_FOLLOW)
def steps_export(request: ActorRequest) -> HttpResponse:
    """CSV, or XLSX with `?format=xlsx`, of the steps the filters of the address ask for."""
    slug, asked = request.actor.coalition.slug, StepFilter(request.GET, actor=request.actor)
    found = across.steps(request.actor, asked.wanted)
    if found.count() > MOST:
        messages.warning(request, f"A file holds at most {MOST:,} steps. Choose a plan first, then download.")
        return redirect(reverse("plans:steps", args=[slug]) + asked.query())
    kind = request.GET.get("format", "")
    return as_file(as_table(found, request.actor), f"steps-{slug}", kind if kind in FORMATS else "csv")
