"""Barriers and recommendations: the same five things can be done with both."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions
from plans.enums import Move
from plans.forms import BarrierForm, RecommendationForm, StandingForm
from plans.models import Barrier, Recommendation

from .common import attempt, find_item, find_plan, form_page, key_from, to_plan, tried


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def barrier_add(request: ActorRequest, plan_id: int) -> HttpResponse:
    return _add(request, find_plan(request, plan_id, Action.PLANS_EDIT), Barrier)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def recommendation_add(request: ActorRequest, plan_id: int) -> HttpResponse:
    return _add(request, find_plan(request, plan_id, Action.PLANS_EDIT), Recommendation)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def barrier_edit(request: ActorRequest, barrier_id: int) -> HttpResponse:
    return _edit(request, find_item(Barrier, request, barrier_id, Action.PLANS_EDIT))


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def recommendation_edit(request: ActorRequest, recommendation_id: int) -> HttpResponse:
    return _edit(request, find_item(Recommendation, request, recommendation_id, Action.PLANS_EDIT))


@require_POST
@requires(Action.PLANS_EDIT)
def barrier_standing(request: ActorRequest, barrier_id: int) -> HttpResponse:
    """Suspected or confirmed, and how it was learned when the request says so: one press in a meeting."""
    barrier = find_item(Barrier, request, barrier_id, Action.PLANS_EDIT)
    form = StandingForm(request.POST)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
        actions.edit_item(item=barrier, values=values, version=None, by=request.actor)
    return to_plan(barrier.plan, request, f"barrier-{barrier.pk}")


@require_POST
@requires(Action.PLANS_EDIT)
def recommendation_step(request: ActorRequest, recommendation_id: int) -> HttpResponse:
    """Makes a step of it, in its words."""
    item = find_item(Recommendation, request, recommendation_id, Action.PLANS_EDIT)
    actions.add_step(plan=item.plan, title=item.text, recommendation=item, by=request.actor)
    return to_plan(item.plan, request, "steps")


@require_POST
@requires(Action.PLANS_EDIT)
def barrier_move(request: ActorRequest, barrier_id: int) -> HttpResponse:
    return _move(request, find_item(Barrier, request, barrier_id, Action.PLANS_EDIT))


@require_POST
@requires(Action.PLANS_EDIT)
def recommendation_move(request: ActorRequest, recommendation_id: int) -> HttpResponse:
    return _move(request, find_item(Recommendation, request, recommendation_id, Action.PLANS_EDIT))


@require_POST
@requires(Action.PLANS_EDIT)
def barrier_remove(request: ActorRequest, barrier_id: int) -> HttpResponse:
    return _remove(request, find_item(Barrier, request, barrier_id, Action.PLANS_EDIT))


@require_POST
@requires(Action.PLANS_EDIT)
def recommendation_remove(request: ActorRequest, recommendation_id: int) -> HttpResponse:
    return _remove(request, find_item(Recommendation, request, recommendation_id, Action.PLANS_EDIT))


@require_POST
@requires(Action.PLANS_EDIT)
def barrier_restore(request: ActorRequest, barrier_id: int) -> HttpResponse:
    return _restore(request, find_item(Barrier, request, barrier_id, Action.PLANS_EDIT, removed=True))


@require_POST
@requires(Action.PLANS_EDIT)
def recommendation_restore(request: ActorRequest, recommendation_id: int) -> HttpResponse:
    return _restore(request, find_item(Recommendation, request, recommendation_id, Action.PLANS_EDIT, removed=True))


def _form(model: Any, plan: Any, *args: Any, **kwargs: Any) -> Any:
    return BarrierForm(*args, **kwargs) if model is Barrier else RecommendationForm(*args, plan=plan, **kwargs)


def _add(request: ActorRequest, plan: Any, model: Any) -> HttpResponse:
    name = model._meta.model_name
    form = _form(model, plan, request.POST if request.method == "POST" else None, prefix=name)
    if form.is_bound and form.is_valid():
        actions.add_item(model, plan=plan, values=form.values, by=request.actor)
        return to_plan(plan, request, f"add-{name}", adding=name)
    return form_page(request, form, plan, slot=f"add-{name}", heading=f"Add a {name}", adds_to=f"{name}s", button="Add")


def _edit(request: ActorRequest, item: Any) -> HttpResponse:
    slot = f"{item._meta.model_name}-{item.pk}"
    form = _form(type(item), item.plan, instance=item, prefix=slot)
    if request.method == "POST":
        form = _form(type(item), item.plan, request.POST, instance=item, prefix=slot)
        if form.is_valid() and tried(
            form, actions.edit_item, item=item, values=form.values, version=form.opened_version, by=request.actor
        ):
            return to_plan(item.plan, request, slot, at=slot)
    return form_page(request, form, item.plan, slot=slot, heading=f"Edit the {item._meta.model_name}")


def _move(request: ActorRequest, item: Any) -> HttpResponse:
    """One place up or down; with `after` in the request, behind that one, or first when it is empty."""
    slot, to = f"{item._meta.model_name}-{item.pk}", request.POST.get("to", "")
    after = request.POST.get("after")
    if after is not None:
        attempt(request, actions.place_item, item=item, after=key_from(after), by=request.actor)
    elif to in (Move.UP, Move.DOWN):
        attempt(request, actions.move_item, item=item, to=Move(to), by=request.actor)
    return to_plan(item.plan, request, slot, at=slot, to=to)


def _remove(request: ActorRequest, item: Any) -> HttpResponse:
    actions.remove_item(item=item, by=request.actor)
    return to_plan(item.plan, request, f"add-{item._meta.model_name}")


def _restore(request: ActorRequest, item: Any) -> HttpResponse:
    actions.restore_item(item=item, by=request.actor)
    slot = f"{item._meta.model_name}-{item.pk}"
    return to_plan(item.plan, request, slot, at=slot)
