"""Copies of plans, and the coalition's own templates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions
from plans.enums import PlanStatus
from plans.forms import CopyForm

from .common import find_plan, to_plan


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_copy(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The plan once more, as a plan or as a template."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    form = CopyForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_bound and form.is_valid():
        copy = actions.copy_plan(plan=plan, **form.values, by=request.actor)
        kept = "Kept as a template." if copy.is_template else "Copied."
        messages.success(request, f"{kept} Change whatever should be different.")
        return to_plan(copy, request)
    return render(request, "plans/copy.html", {"form": form, "plan": plan}, status=422 if form.is_bound else 200)


@require_POST
@requires(Action.PLANS_EDIT)
def plan_archive(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Puts a template or a plan away; it can be brought back."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    actions.edit_plan(plan=plan, values={"status": PlanStatus.ARCHIVED}, version=None, by=request.actor)
    messages.success(request, f"Archived “{plan}”.")
    return redirect(reverse("plans:new" if plan.is_template else "plans:list", args=[request.actor.coalition.slug]))


@require_POST
@requires(Action.PLANS_EDIT)
def plan_unarchive(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Brings it back, as a draft."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    if plan.status == PlanStatus.ARCHIVED:
        actions.edit_plan(plan=plan, values={"status": PlanStatus.DRAFT}, version=None, by=request.actor)
    return to_plan(plan, request)
