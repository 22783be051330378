"""Steps: their page, what is in them, where they stand, who is responsible, what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, selectors
from plans.enums import Move, StepStatus
from plans.forms import PlaceForm, ResponsibleForm, StepAddForm, StepForm, UpdateForm
from plans.models import Step

from .common import find_item, find_plan, form_page, to_plan, tried


@require_GET
@requires(Action.PLANS_FOLLOW)
def step_detail(request: ActorRequest, step_id: int) -> HttpResponse:
    """One step: what it says, who does it, and its updates, the latest first."""
    step = find_item(Step, request, step_id, Action.PLANS_FOLLOW)
    outline = selectors.outline(step.plan, request.actor)
    node = next((node for node in outline if node.step.pk == step.pk), None)
    if node is None:  # the step above it was removed
        return to_plan(step.plan, request)
    for child in node.children:
        child.url = reverse("plans:step", args=[request.actor.coalition.slug, child.step.pk])
    context = {
        "plan": step.plan,
        "step": step,
        "node": node,
        "updates": step.updates.select_related("by"),
        "names": selectors.sees_names(request.actor),
        "statuses": StepStatus.choices,
        "can_edit": request.actor.can(Action.PLANS_EDIT),
    }
    return render(request, "plans/step.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_add(request: ActorRequest, plan_id: int) -> HttpResponse:
    """A step at the end, or with `?parent=` a sub-step."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    parent, name = None, "step"
    if wanted := request.GET.get("parent"):
        parent = get_object_or_404(Step.objects.present().filter(plan=plan), pk=wanted if wanted.isdecimal() else None)
        name = f"step-{parent.pk}"
    form = StepAddForm(request.POST if request.method == "POST" else None, actor=request.actor, prefix=name)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.add_step, plan=plan, parent=parent, **form.cleaned_data, by=request.actor)
    ):
        return to_plan(plan, request, f"add-{name}", adding=name)
    return form_page(
        request,
        form,
        plan,
        slot=f"add-{name}",
        heading=f"Add a sub-step to “{parent}”" if parent else "Add a step",
        adds_to=f"under-{parent.pk}" if parent else "steps",
        body="plans/_step_add_fields.html",
        button="Add",
    )


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_edit(request: ActorRequest, step_id: int) -> HttpResponse:
    """The words and the due date."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    slot = f"step-{step.pk}"
    form = StepForm(request.POST if request.method == "POST" else None, instance=step, actor=request.actor, prefix=slot)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.edit_step, step=step, values=form.values, version=form.opened_version, by=request.actor)
    ):
        return to_plan(step.plan, request, slot, at=slot)
    return form_page(request, form, step.plan, slot=slot, heading="Edit the step")


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_place(request: ActorRequest, step_id: int) -> HttpResponse:
    """Under which step it belongs."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    slot = f"step-{step.pk}"
    nodes = selectors.outline(step.plan, request.actor).nodes
    form = PlaceForm(request.POST if request.method == "POST" else None, step=step, nodes=nodes, prefix=slot)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.place_step, step=step, parent=form.cleaned_data["parent"], by=request.actor)
    ):
        return to_plan(step.plan, request, slot, at=slot)
    return form_page(
        request, form, step.plan, slot=slot, heading=f"Where “{step}” belongs", whole="steps", button="Move it there"
    )


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_responsible(request: ActorRequest, step_id: int) -> HttpResponse:
    """Who is responsible, each with a part."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    slot = f"step-{step.pk}"
    rows = step.responsibilities.select_related("partner", "contact__partner", "position__contact")
    names = {r.pk: selectors.Party.of(r, names=selectors.sees_names(request.actor)).name for r in rows}
    form = ResponsibleForm(
        request.POST if request.method == "POST" else None, step=step, actor=request.actor, names=names, prefix=slot
    )
    if form.is_bound and form.is_valid():
        actions.set_responsible(step=step, parts=form.parts, added=form.added, by=request.actor)
        return to_plan(step.plan, request, slot, at=slot)
    return form_page(
        request,
        form,
        step.plan,
        slot=slot,
        heading=f"Who is responsible for “{step}”",
        body="plans/_responsible_fields.html",
    )


@require_POST
@requires(Action.PLANS_EDIT)
def step_move(request: ActorRequest, step_id: int) -> HttpResponse:
    """Up, down, in or out: one button, one request."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    to = request.POST.get("to", "")
    if to in Move.values:
        _try(request, actions.move_step, step=step, to=Move(to), by=request.actor)
    return to_plan(step.plan, request, f"step-{step.pk}", at=f"step-{step.pk}", to=to)


@require_POST
@requires(Action.PLANS_EDIT)
def step_remove(request: ActorRequest, step_id: int) -> HttpResponse:
    """Takes it out, with everything below it."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    actions.remove_step(step=step, by=request.actor)
    return to_plan(step.plan, request, "undo", removed=f"step-{step.pk}")


@require_POST
@requires(Action.PLANS_EDIT)
def step_restore(request: ActorRequest, step_id: int) -> HttpResponse:
    """Brings it back, with everything that went with it."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT, removed=True)
    actions.restore_step(step=step, by=request.actor)
    return to_plan(step.plan, request, f"step-{step.pk}", at=f"step-{step.pk}")


@require_http_methods(["GET", "POST"])
@requires(Action.STEP_UPDATE)
def step_update(request: ActorRequest, step_id: int) -> HttpResponse:
    """What became of it: a status, and a note if there is something to say. `?back=mine` or `step` says where to go on."""
    step = find_item(Step, request, step_id, Action.STEP_UPDATE)
    slot = f"step-{step.pk}"
    form = UpdateForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        status = StepStatus(form.cleaned_data["status"])
        if tried(form, actions.update_step, step=step, status=status, note=form.cleaned_data["note"], by=request.actor):
            return _after_update(request, step, status)
    return form_page(
        request,
        form,
        step.plan,
        slot=slot,
        heading=f"What became of “{step}”?",
        body="plans/_update_fields.html",
        step=step,
        statuses=StepStatus.choices,
        button="",
    )


def _after_update(request: ActorRequest, step: Step, status: StepStatus) -> HttpResponse:
    slug, back = request.actor.coalition.slug, request.GET.get("back", "")
    if back in {"mine", "step"}:
        messages.success(request, f"“{step}” is now: {status.label.lower()}.")
        url = reverse("plans:mine", args=[slug]) if back == "mine" else reverse("plans:step", args=[slug, step.pk])
        return redirect(url)
    return to_plan(step.plan, request, f"step-{step.pk}", at=f"step-{step.pk}")


def _try(request: ActorRequest, action: Any, **arguments: Any) -> None:
    """For buttons, which have no form to show an error in."""
    try:
        action(**arguments)
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
