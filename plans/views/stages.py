"""The guided path: one page a stage, made for a meeting that looks at the wall."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, selectors
from plans.changes import live
from plans.enums import Decision, Stage
from plans.forms import BarrierForm, PlanForm, RecommendationForm, StepAddForm
from plans.models import Plan
from plans.path import path_of, stage_url

from .common import find_plan, tried
from .tools import add_tools

# What each stage asks the room.
QUESTIONS = {
    Stage.SCENARIO: "What is going on?",
    Stage.CHALLENGE: "What is the challenge?",
    Stage.BARRIERS: "What stands in the way?",
    Stage.RECOMMENDATIONS: "What would answer the barriers?",
    Stage.PLAN: "Who does what, by when?",
}
HINTS = {
    Stage.SCENARIO: "What happened or was reported, and who said so.",
    Stage.CHALLENGE: "What has to change, in a sentence or two.",
    Stage.BARRIERS: "Suspected: we thought of it. Confirmed: we found out.",
    Stage.RECOMMENDATIONS: "Each may answer one barrier or several.",
    Stage.PLAN: "Every step needs somebody. “Quarterly” or “TBD” will do for a date.",
}
WRITTEN = (Stage.SCENARIO, Stage.CHALLENGE)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_stage(request: ActorRequest, plan_id: int, stage: str) -> HttpResponse:
    """One stage. POST saves the words of the first two; lists are added to at their own addresses."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    if stage not in Stage.values:
        raise Http404
    here = Stage(stage)
    if here == Stage.PRIORITISE:
        return redirect("plans:prioritise", request.actor.coalition.slug, plan.pk)
    form = None
    if request.method == "POST" and here in WRITTEN:
        form = PlanForm(request.POST, instance=plan, only=here.value)
        if form.is_valid() and tried(
            form, actions.edit_plan, plan=plan, values=form.values, version=form.opened_version, by=request.actor
        ):
            following = list(Stage)[list(Stage).index(here) + 1]
            return redirect(stage_url(plan, request.actor.coalition.slug, following))
    return stage_page(request, plan, here, form=form)


@require_GET
@requires(Action.PLANS_EDIT)
def plan_work(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The path, at the first stage that holds nothing yet; at the plan when all do."""
    plan, slug = find_plan(request, plan_id, Action.PLANS_EDIT), request.actor.coalition.slug
    stops = path_of(plan, slug, Stage.PLAN).stops
    return redirect(next((stop.url for stop in stops if not stop.filled), stops[-1].url))


def stage_page(
    request: ActorRequest, plan: Plan, here: Stage, *, form: PlanForm | None = None, since: str = ""
) -> HttpResponse:
    """`form`: the words of the stage as somebody sent them, refused. `since`: as for the plan's own page."""
    slug = request.actor.coalition.slug
    context: dict[str, Any] = {
        "plan": plan,
        "plan_url": stage_url(plan, slug, here),
        "stage": here.value,
        "question": QUESTIONS[here],
        "hint": HINTS[here],
        "path": path_of(plan, slug, here),
        "live": live(plan, request.actor, can_edit=True, since=since),
        "can_edit": True,
        "can_update": True,
        "sees_adoption": request.actor.can(Action.ADOPTION_SEE),
        "adding": "",
    }
    status = 200
    if here in WRITTEN:
        context["form"] = form or PlanForm(instance=plan, only=here.value)
        context["form"].fields[here.value].widget.attrs |= {"autofocus": True, "rows": 6}
        status = 422 if form else 200
    elif here == Stage.BARRIERS:
        context |= {"barriers": selectors.barriers_of(plan), "form": BarrierForm(prefix="barrier")}
    elif here == Stage.RECOMMENDATIONS:
        barriers, found = selectors.barriers_of(plan), selectors.recommendations_of(plan)
        answered = {barrier.pk for item in found for barrier in item.answered}
        context |= {
            "recommendations": found,
            "unanswered": [barrier for barrier in barriers if barrier.pk not in answered],
            "form": RecommendationForm(prefix="recommendation", plan=plan),
        }
    else:
        context |= _plan_stage(request, plan)
    return render(request, "plans/stage.html", context, status=status)


def _plan_stage(request: ActorRequest, plan: Plan) -> dict[str, Any]:
    """What was decided, what is a step already, and the steps."""
    outline = selectors.outline(plan, request.actor)
    at = request.GET.get("at", "")
    add_tools(request, plan, outline, can_edit=True, at=at, focus=request.GET.get("to") or "edit", stage=Stage.PLAN)
    found = selectors.recommendations_of(plan)
    decided = [item for item in found if item.decision == Decision.DO]
    # Before anything is decided, all of them are offered: a meeting may skip the vote.
    offered = decided or [item for item in found if not item.decision]
    done = {node.step.recommendation_id for node in outline}
    return {
        "outline": outline,
        "is_decided": bool(decided),
        "waiting": [item for item in offered if item.pk not in done],
        "form": StepAddForm(prefix="step", actor=request.actor),
    }
