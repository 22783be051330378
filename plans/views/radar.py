"""The radar: what goes unnoticed, and the one thing that mends it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import radar

FIRST, A_PAGE = 5, 25


@require_GET
@requires(Action.PLANS_FOLLOW)
def radar_page(request: ActorRequest) -> HttpResponse:
    """The first few of each section; with `?section=` all of one, in pages. `?plan=` looks at one plan."""
    plans = list(radar.active_plans(request.actor))
    plan = next((plan for plan in plans if str(plan.pk) == request.GET.get("plan")), None)
    sections = radar.sections(request.actor, plan)
    only = next((section for section in sections if section.key == request.GET.get("section")), None)
    page = Paginator(only.rows, A_PAGE).get_page(request.GET.get("page")) if only else None
    shown = [(only, page.object_list)] if only else [(section, section.rows[:FIRST]) for section in sections]
    of_plan = {"plan": plan.pk} if plan else {}
    context = {
        "plans": plans,
        "plan": plan,
        "sections": [(section, rows, "?" + urlencode({"section": section.key} | of_plan)) for section, rows in shown],
        "only": only,
        "page": page,
        "whole": "?" + urlencode(of_plan) if plan else request.path,
        "can_edit": request.actor.can(Action.PLANS_EDIT),
    }
    return render(request, "plans/radar.html", context)
