"""The list of plans, a new one, and the plan's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, measuring, selectors
from plans.changes import live
from plans.enums import PlanStatus, Stage, StepStatus
from plans.forms import BarrierForm, PlanForm, RecommendationForm, StepAddForm
from plans.models import Plan, PlanTemplate
from plans.path import stage_url

from . import versions
from .common import find_plan, form_page, plan_url, to_plan, tried
from .tools import add_tools

PER_PAGE = 25


@require_GET
@requires(Action.PLANS_SEE)
def plan_list(request: ActorRequest) -> HttpResponse:
    """Every plan with how far it is, active ones first; archived ones on request."""
    if not request.actor.can(Action.PLANS_FOLLOW):
        return versions.shelf_page(request)
    wanted = request.GET.get("status", "")
    plans = Plan.objects.visible_to(request.actor, Action.PLANS_SEE).carried_out()
    plans = plans.filter(status=wanted) if wanted in PlanStatus.values else plans.exclude(status=PlanStatus.ARCHIVED)
    active_first = Case(When(status=PlanStatus.ACTIVE, then=0), When(status=PlanStatus.DRAFT, then=1), default=2)
    page = Paginator(plans.order_by(active_first, *Plan._meta.ordering), PER_PAGE).get_page(request.GET.get("page"))
    known = selectors.progress(page.object_list, request.actor.coalition.today())
    for plan in page:
        plan.progress = known.get(plan.pk, selectors.Progress())
    context = {
        "page": page,
        "wanted": wanted,
        "statuses": PlanStatus.choices,
        "can_edit": request.actor.can(Action.PLANS_EDIT),
        "can_approve": request.actor.can(Action.SETTINGS_MANAGE),
        "has_own": request.actor.can(Action.STEP_UPDATE),
    }
    return render(request, "plans/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_new(request: ActorRequest) -> HttpResponse:
    """A plan from a template, or an empty one."""
    form = PlanForm()
    if request.method == "POST":
        form = PlanForm(request.POST)
        if form.is_valid():
            plan = actions.create_plan(**form.values, by=request.actor)
            return redirect(stage_url(plan, request.actor.coalition.slug, _begins_at(plan)))
    own = Plan.objects.visible_to(request.actor, Action.PLANS_EDIT).filter(is_template=True)
    context = {
        "form": form,
        "templates": PlanTemplate.objects.all(),
        "own": [plan for plan in own if plan.status != PlanStatus.ARCHIVED],
        "archived": [plan for plan in own if plan.status == PlanStatus.ARCHIVED],
    }
    return render(request, "plans/new.html", context, status=422 if form.is_bound else 200)


def _begins_at(plan: Plan) -> Stage:
    """The first stage that nothing was written for yet."""
    return Stage.SCENARIO if not plan.scenario else Stage.CHALLENGE if not plan.challenge else Stage.BARRIERS


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_template(request: ActorRequest, template_key: str) -> HttpResponse:
    """What a template holds; POST copies it."""
    template = get_object_or_404(PlanTemplate, pk=template_key)
    if request.method == "POST":
        plan = actions.copy_template(template=template, by=request.actor)
        messages.success(request, "Copied. Change whatever is different where you are.")
        return to_plan(plan, request)
    return render(request, "plans/template.html", {"preview": selectors.preview(template), "template": template})


@require_GET
@requires(Action.PLANS_SEE)
def plan_detail(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The plan as a readable outline. `?adding=` opens a form that adds, `?at=` focuses a step."""
    plan = find_plan(request, plan_id, Action.PLANS_SEE)
    if not request.actor.can(Action.PLANS_FOLLOW):
        return versions.latest_page(request, plan.pk)
    return detail_page(request, plan)


def detail_page(request: ActorRequest, plan: Plan, *, since: str = "") -> HttpResponse:
    """The plan for somebody who follows it. `since`: the state their page shows, when they have one open already."""
    can_edit = request.actor.can(Action.PLANS_EDIT)
    outline = selectors.outline(plan, request.actor)
    at = request.GET.get("at", "")
    add_tools(request, plan, outline, can_edit=can_edit, at=at, focus=request.GET.get("to") or "edit")
    context = {
        "plan": plan,
        "plan_url": plan_url(plan, request),
        "stage": "",
        "outline": outline,
        "barriers": selectors.barriers_of(plan),
        "recommendations": selectors.recommendations_of(plan),
        "readings": measuring.readings(plan, request.actor),
        "removed": _removed(request, plan) if can_edit else [],
        "live": live(plan, request.actor, can_edit=can_edit, since=since),
        "can_edit": can_edit,
        "can_update": request.actor.can(Action.STEP_UPDATE),
        "sees_adoption": request.actor.can(Action.ADOPTION_SEE),
        "can_approve": request.actor.can(Action.SETTINGS_MANAGE),
        **versions.facts(plan),
        **_adding(request, plan, can_edit),
    }
    return render(request, "plans/detail.html", context)


def _removed(request: ActorRequest, plan: Plan) -> list[Any]:
    """What can be brought back, each with what it is called and where to ask for it."""
    found = selectors.removed_from(plan)
    for item in found:
        item.kind = item._meta.model_name
        item.key = f"{item.kind}-{item.pk}"
        item.restore_url = reverse(f"plans:{item.kind}_restore", args=[request.actor.coalition.slug, item.pk])
    return found


def _adding(request: ActorRequest, plan: Plan, can_edit: bool) -> dict[str, Any]:
    """The form that `?adding=` opens, when the actor may add: barrier, recommendation, step, or step-12 for its sub-steps."""
    adding = request.GET.get("adding", "") if can_edit else ""
    form, body, url = None, "plans/_fields.html", ""
    if adding == "barrier":
        form = BarrierForm(prefix=adding)
    elif adding == "recommendation":
        form = RecommendationForm(prefix=adding, plan=plan)
    elif adding.startswith("step"):
        form, body = StepAddForm(prefix=adding, actor=request.actor), "plans/_step_add_fields.html"
        url = reverse("plans:step_add", args=[request.actor.coalition.slug, plan.pk])
        url += f"?parent={adding.removeprefix('step-')}" if adding != "step" else ""
    return {
        "adding": adding if form else "",
        "adding_form": form,
        "adding_body": body,
        "adding_url": url,
        "slot": f"add-{adding}",
    }


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_edit(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Title, scenario, challenge and status."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    form = PlanForm(instance=plan)
    if request.method == "POST":
        form = PlanForm(request.POST, instance=plan)
        if form.is_valid() and tried(
            form, actions.edit_plan, plan=plan, values=form.values, version=form.opened_version, by=request.actor
        ):
            return to_plan(plan, request, "about")
    return form_page(request, form, plan, slot="about", heading="Edit the plan")


@require_GET
@requires(Action.STEP_UPDATE)
def my_steps(request: ActorRequest) -> HttpResponse:
    """What is assigned to the person, their partner or a position they hold."""
    page = Paginator(selectors.my_steps(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "duties": selectors.duties(page.object_list, request.actor),
        "statuses": StepStatus.choices,
    }
    return render(request, "plans/mine.html", context)
