"""Steps of all plans: what is due, and the filters that every view of them shares."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import across, partners
from plans.actions.bulk import CHANGED, REMOVED
from plans.actions.undoing import last_change
from plans.forms.across import StepFilter
from plans.models import Plan

from .common import key_from

PER_PAGE = 50
VIEWS = {"List": "plans:steps", "Board": "plans:board", "Timeline": "plans:timeline", "By partner": "plans:by_partner"}


@require_GET
@requires(Action.PLANS_FOLLOW)
def step_list(request: ActorRequest) -> HttpResponse:
    """Every step, the next due first. `?changed=` names the plans of steps that were just changed together, to offer undoing it."""
    asked = StepFilter(request.GET, actor=request.actor)
    context = listed(request, asked) | {"undoable": _undoable(request)}
    return render(request, "plans/steps_all.html", shared(request, asked, "plans:steps") | context)


def _undoable(request: ActorRequest) -> list[Plan]:
    keys = [key_from(key) for key in request.GET.get("changed", "").split(",")[:10]]
    plans = Plan.objects.visible_to(request.actor, Action.PLANS_EDIT).filter(pk__in=keys)
    return [
        plan for plan in plans if (last := last_change(plan=plan, by=request.actor)) and last.verb in {CHANGED, REMOVED}
    ]


def listed(request: ActorRequest, asked: StepFilter) -> dict[str, Any]:
    """A page of the list: its rows in bands."""
    found = across.by_due(across.steps(request.actor, asked.wanted), request.actor.coalition.today())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "bands": across.banded(across.rows(page.object_list, request.actor))}


@require_GET
@requires(Action.PLANS_FOLLOW)
def by_partner(request: ActorRequest) -> HttpResponse:
    """What each partner carries, and what nobody does."""
    asked = StepFilter(request.GET, actor=request.actor)
    shares = partners.shares(request.actor, asked.wanted, page=request.GET.get("page"))
    steps_url = reverse("plans:steps", args=[request.actor.coalition.slug])
    context = {
        "shares": shares,
        "partner_shares": [(each, steps_url + asked.query(partner=str(each.key))) for each in shares.partners],
        "unowned_url": steps_url + asked.query(who="nobody"),
    }
    return render(request, "plans/by_partner.html", shared(request, asked, "plans:by_partner") | context)


def shared(request: ActorRequest, asked: StepFilter, here: str) -> dict[str, Any]:
    """What the filter bar and the switch between the views need. `here`: the view's name."""
    slug, query = request.actor.coalition.slug, asked.query()
    return {
        "asked": asked,
        "views": [(label, reverse(name, args=[slug]) + query, name == here) for label, name in VIEWS.items()],
        "steps_url": reverse("plans:steps", args=[slug]),
        "clear_url": request.path,
        "query": query,
        "can_edit": request.actor.can(Action.PLANS_EDIT),
    }
