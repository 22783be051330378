"""Steps by the day they are due: a picture, and the same as a table."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import across
from plans.forms.across import StepFilter
from plans.timeline import ordered, timeline

from .across import shared

PER_PAGE = 100


@require_GET
@requires(Action.PLANS_FOLLOW)
def timeline_page(request: ActorRequest) -> HttpResponse:
    asked = StepFilter(request.GET, actor=request.actor)
    found = across.steps(request.actor, asked.wanted)
    page = Paginator(ordered(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "line": timeline(request.actor, found),
        "page": page,
        "undated_query": asked.query(due="none"),
        "rows": across.rows(page.object_list, request.actor),
    }
    return render(request, "plans/timeline.html", shared(request, asked, "plans:timeline") | context)
