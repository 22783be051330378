"""Steps: their page, what is in them, where they stand, who is responsible, what became of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, selectors
from plans.actions.tree import GONE
from plans.due import in_words
from plans.enums import Move, StepStatus
from plans.forms import PlaceForm, ResponsibleForm, StepAddForm, StepForm, UpdateForm, WaitsForm
from plans.models import Step

from .common import attempt, find_item, find_plan, form_page, key_from, to_plan, tried
from .step_page import PAGES_AFTER, back_from, step_page, url_back_from


@require_GET
@requires(Action.PLANS_FOLLOW)
def step_detail(request: ActorRequest, step_id: int) -> HttpResponse:
    """One step: what it says, who does it, and its updates, the latest first."""
    return step_page(request, find_item(Step, request, step_id, Action.PLANS_FOLLOW))


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_add(request: ActorRequest, plan_id: int) -> HttpResponse:
    """A step at the end, or with `?parent=` a sub-step."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    parent, name = None, "step"
    if wanted := request.GET.get("parent"):
        parent = get_object_or_404(Step.objects.present().filter(plan=plan), pk=key_from(wanted))
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
    """The words, the due date, what it takes. `?again=` proposes how often it comes again."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    slot = f"step-{step.pk}"
    form = StepForm(
        request.POST if request.method == "POST" else None,
        instance=step,
        actor=request.actor,
        again=request.GET.get("again", ""),
        prefix=slot,
    )
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.edit_step, step=step, values=form.values, version=form.opened_version, by=request.actor)
    ):
        return back_from(step, request)
    return _form(request, form, step, heading="Edit the step", body="plans/_step_fields.html")


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_waits(request: ActorRequest, step_id: int) -> HttpResponse:
    """After which other steps it can start."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    outline = selectors.outline(step.plan, request.actor)
    node = outline.find(step)
    if node is None:  # the step above it was removed
        return to_plan(step.plan, request)
    sent = request.POST if request.method == "POST" else None
    form = WaitsForm(sent, node=node, nodes=outline.nodes, prefix=f"step-{step.pk}")
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.set_waits_for, step=step, added=form.added, removed=form.removed, by=request.actor)
    ):
        return back_from(step, request)
    return _form(request, form, step, heading=f"When “{step}” can start", body="plans/_waits_fields.html")


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
        return back_from(step, request)
    return _form(request, form, step, heading=f"Who is responsible for “{step}”", body="plans/_responsible_fields.html")


@require_POST
@requires(Action.PLANS_EDIT)
def step_move(request: ActorRequest, step_id: int) -> HttpResponse:
    """Up, down, in or out; or, with `parent` and `after` in the request, under that step and behind that one (empty: none)."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    to = request.POST.get("to", "")
    if "after" in request.POST:
        _drop(request, step)
    elif to in Move.values:
        attempt(request, actions.move_step, step=step, to=Move(to), by=request.actor)
    return to_plan(step.plan, request, f"step-{step.pk}", at=f"step-{step.pk}", to=to)


def _drop(request: ActorRequest, step: Step) -> None:
    parent, after = (request.POST.get(name, "") for name in ("parent", "after"))
    under = Step.objects.present().filter(plan=step.plan, pk=key_from(parent)).first()
    if parent and under is None:
        messages.warning(request, GONE)
    else:
        attempt(request, actions.place_step, step=step, parent=under, after=key_from(after), by=request.actor)


@require_POST
@requires(Action.PLANS_EDIT)
def step_remove(request: ActorRequest, step_id: int) -> HttpResponse:
    """Takes it out, with everything below it."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    actions.remove_step(step=step, by=request.actor)
    return to_plan(step.plan, request, "steps")


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
    """What became of it: a status, a note, or both. `?back=` says where to go on."""
    step = find_item(Step, request, step_id, Action.STEP_UPDATE)
    form = UpdateForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        status, was = form.cleaned_data["status"], step.status
        if tried(form, actions.update_step, step=step, **form.cleaned_data, by=request.actor):
            _say_what_became(request, step, was, status)
            return back_from(step, request)
    return _form(
        request,
        form,
        step,
        heading=f"What became of “{step}”?",
        body="plans/_update_fields.html",
        step=step,
        statuses=StepStatus.choices,
        button="",
    )


def _say_what_became(request: ActorRequest, step: Step, was: str, status: StepStatus | None) -> None:
    """Where the step itself does not show it: what it is now, and the next occurrence of one that comes again."""
    if request.GET.get("back") in PAGES_AFTER:
        now = "Said." if status is None else f"“{step}” is now: {status.label.lower()}."
        messages.success(request, now)
    following = Step.objects.present().filter(repeat_of=step).first() if step.repeats else None
    if following is not None and status != was and StepStatus.DONE in (status, was):
        due = in_words("" if following.due_on else following.due_said, following.due_on)
        if status == StepStatus.DONE:
            messages.info(request, f"It comes again: the next one is due {due}." if due else "It comes again.")
        elif status is not None:
            which = f"The next one, due {due}," if due else "The next one"
            messages.info(request, f"{which} stays in the plan. Remove it if it is not needed.")


def _form(request: ActorRequest, form: forms.BaseForm, step: Step, /, **more: Any) -> HttpResponse:
    """A form in the place of the step, which can be left to where the person came from."""
    return form_page(
        request, form, step.plan, slot=f"step-{step.pk}", **{"cancel": url_back_from(step, request)} | more
    )
