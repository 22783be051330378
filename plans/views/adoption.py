"""The adoption grid: partner × intervention, one cell at a time, over time, and the barriers it suggests."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.models import Partner
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.charts import Series, columns
from phast.ui.templatetags.ui import local_date
from plans import actions, adoption
from plans.adoption import Cell, Tally
from plans.enums import Adoption, Move
from plans.forms.adoption import InterventionForm, StanceForm
from plans.models import Intervention, Plan, Stance

from .common import attempt, find_item, find_plan, form_page, tried

PER_PAGE = 50


# ------------------------------------------------------------------ the grid
@require_GET
@requires(Action.ADOPTION_SEE)
def adoption_grid(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The grid, gaps first. `?who=agencies` and `?q=` narrow it."""
    actor, plan = request.actor, find_plan(request, plan_id, Action.ADOPTION_SEE)
    text, agencies = request.GET.get("q", "").strip(), request.GET.get("who") == "agencies"
    found = adoption.grid(plan, actor, agencies=agencies, text=text)
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    can_edit = actor.everywhere(Action.ADOPTION_EDIT)
    context = {
        "plan": plan,
        "grid": found,
        "tallies": [(each, found.tallies[each.pk]) for each in found.interventions],
        "page": page,
        "q": text,
        "agencies": agencies,
        "narrowed": bool(text) or agencies,
        "can_edit": can_edit,
        "sees_adoption": True,
        "suggestions": adoption.suggested_barriers(plan, actor) if can_edit else [],
        "removed": _removed(request, plan) if can_edit else [],
    }
    return render(request, "plans/adoption.html", context)


def _removed(request: ActorRequest, plan: Plan) -> list[Intervention]:
    gone = Intervention.objects.visible_to(request.actor, Action.ADOPTION_EDIT).filter(plan=plan)
    return list(gone.exclude(removed_at=None).order_by("-removed_at")[:5])


# ------------------------------------------------------------------ one intervention
@require_GET
@requires(Action.ADOPTION_SEE)
def intervention(request: ActorRequest, intervention_id: int) -> HttpResponse:
    """One intervention: how many have adopted it, month by month."""
    found = find_item(Intervention, request, intervention_id, Action.ADOPTION_SEE)
    over_time = adoption.tallies_over_time(found, until=request.actor.coalition.today())
    context = {
        "plan": found.plan,
        "intervention": found,
        "over_time": [(_label(day), tally) for day, tally in over_time],
        "chart": _drawn(found, over_time) if over_time else "",
        "can_edit": request.actor.everywhere(Action.ADOPTION_EDIT),
        "sees_adoption": True,
        "grid_url": _grid_url(request, found.plan),
    }
    return render(request, "plans/intervention.html", context)


def _label(day: Any) -> str:
    """A month by its name; a day within one in full, so that it is not read as the month's end."""
    return f"{day:%b %Y}" if adoption.is_month_end(day) else local_date(day)


def _drawn(intervention: Intervention, over_time: list[tuple[Any, Tally]]) -> SafeString:
    series = [Series(label, [getattr(tally, value) for _, tally in over_time]) for value, label in Adoption.choices]
    return columns(
        title=f"Adoption over time: {intervention}",
        description="At each month’s end, how many of the partners asked had adopted it, were considering it or were opposed.",
        labels=[f"{day:%b %Y}" for day, _ in over_time],
        series=series,
    )


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def intervention_add(request: ActorRequest, plan_id: int) -> HttpResponse:
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    form = InterventionForm(request.POST if request.method == "POST" else None, prefix="intervention")
    if form.is_bound and form.is_valid():
        actions.add_item(Intervention, plan=plan, values=form.values, by=request.actor)
        return _to_grid(request, plan)
    heading = "Add what partners may adopt"
    return form_page(
        request, form, plan, slot="add-intervention", heading=heading, button="Add", cancel=_grid_url(request, plan)
    )


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def intervention_edit(request: ActorRequest, intervention_id: int) -> HttpResponse:
    found = find_item(Intervention, request, intervention_id, Action.PLANS_EDIT)
    form = InterventionForm(request.POST if request.method == "POST" else None, instance=found, prefix="intervention")
    if (
        form.is_bound
        and form.is_valid()
        and tried(
            form, actions.edit_item, item=found, values=form.values, version=form.opened_version, by=request.actor
        )
    ):
        return redirect("plans:intervention", request.actor.coalition.slug, found.pk)
    cancel = reverse("plans:intervention", args=[request.actor.coalition.slug, found.pk])
    return form_page(request, form, found.plan, slot="edit-intervention", heading="Rename", cancel=cancel)


@require_POST
@requires(Action.PLANS_EDIT)
def intervention_move(request: ActorRequest, intervention_id: int) -> HttpResponse:
    found = find_item(Intervention, request, intervention_id, Action.PLANS_EDIT)
    to = Move.UP if request.POST.get("to") == Move.UP else Move.DOWN
    attempt(request, actions.move_item, item=found, to=to, by=request.actor)
    return _to_grid(request, found.plan)


@require_POST
@requires(Action.PLANS_EDIT)
def intervention_remove(request: ActorRequest, intervention_id: int) -> HttpResponse:
    found = find_item(Intervention, request, intervention_id, Action.PLANS_EDIT)
    actions.remove_item(item=found, by=request.actor)
    messages.success(request, f"“{found}” is taken out. It can be brought back below.")
    return _to_grid(request, found.plan)


@require_POST
@requires(Action.PLANS_EDIT)
def intervention_restore(request: ActorRequest, intervention_id: int) -> HttpResponse:
    found = find_item(Intervention, request, intervention_id, Action.PLANS_EDIT, removed=True)
    actions.restore_item(item=found, by=request.actor)
    return _to_grid(request, found.plan)


# ------------------------------------------------------------------ one cell
@require_GET
@requires(Action.ADOPTION_SEE)
def stance(request: ActorRequest, intervention_id: int, partner_id: int) -> HttpResponse:
    """Where a partner stands on an intervention, and where it stood before."""
    found, partner = _cell(request, intervention_id, partner_id, Action.ADOPTION_SEE)
    return _stance_page(request, found, partner)


@require_http_methods(["GET", "POST"])
@requires(Action.ADOPTION_EDIT)
def stance_edit(request: ActorRequest, intervention_id: int, partner_id: int) -> HttpResponse:
    """Says where a partner stands: the coordinator for any, a lead for their own."""
    found, partner = _cell(request, intervention_id, partner_id, Action.ADOPTION_EDIT)
    history = adoption.history_of(found, partner, request.actor)
    today = request.actor.coalition.today()
    slot = f"stance-{found.pk}-{partner.pk}"
    form = StanceForm(request.POST if request.method == "POST" else None, history=history, today=today, prefix=slot)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(
            form,
            actions.set_stance,
            intervention=found,
            partner=partner,
            adoption=Adoption(said["adoption"]),
            reason=said["reason"],
            since=said["since"],
            seen=said["seen"],
            by=request.actor,
        ):
            if request.htmx:
                return redirect("plans:stance", request.actor.coalition.slug, found.pk, partner.pk)
            return redirect(f"{_grid_url(request, found.plan)}#{slot}")
        form.show_meanwhile(adoption.history_of(found, partner, request.actor))
    cancel = reverse("plans:stance", args=[request.actor.coalition.slug, found.pk, partner.pk])
    heading = f"{partner}: {found}"
    return form_page(request, form, found.plan, slot=slot, heading=heading, cancel=cancel)


@require_POST
@requires(Action.ADOPTION_EDIT)
def stance_remove(request: ActorRequest, stance_id: int) -> HttpResponse:
    """Takes out an entry of the history that should not have been made."""
    rows = Stance.objects.visible_to(request.actor, Action.ADOPTION_EDIT).select_related(
        "intervention__plan", "partner"
    )
    entry = get_object_or_404(rows, pk=stance_id)
    found, partner = entry.intervention, entry.partner
    actions.remove_stance(stance=entry, by=request.actor)
    messages.success(request, "The entry is taken out.")
    return redirect("plans:stance", request.actor.coalition.slug, found.pk, partner.pk)


@require_POST
@requires(Action.PLANS_EDIT)
def stance_barrier(request: ActorRequest, stance_id: int) -> HttpResponse:
    """Makes the reason a partner gave a barrier of the plan, without saying whose it is."""
    rows = Stance.objects.visible_to(request.actor, Action.PLANS_EDIT).select_related("intervention__plan")
    entry = get_object_or_404(rows, pk=stance_id)
    try:
        actions.barrier_from_stance(stance=entry, by=request.actor)
        messages.success(request, "Added to the barriers. It does not say who gave this reason.")
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    return _to_grid(request, entry.intervention.plan, "suggestions")


def _cell(request: ActorRequest, intervention_id: int, partner_id: int, action: Action) -> tuple[Intervention, Partner]:
    """Both as far as the actor may use them: a lead edits their own partner's cells."""
    found = find_item(Intervention, request, intervention_id, action)
    seen = Action.ROSTER_SEE if action == Action.ADOPTION_SEE else action
    partners = Partner.objects.visible_to(request.actor, seen)
    return found, get_object_or_404(partners, pk=partner_id)


def _stance_page(request: ActorRequest, found: Intervention, partner: Partner) -> HttpResponse:
    actor = request.actor
    history = adoption.history_of(found, partner, actor)
    may_edit = actor.everywhere(Action.ADOPTION_EDIT) or partner.pk in actor.partner_ids(Action.ADOPTION_EDIT)
    context = {
        "plan": found.plan,
        "intervention": found,
        "partner": partner,
        "cell": Cell(found, partner, history[0] if history else None, may_edit),
        "history": history,
        "can_edit": actor.everywhere(Action.ADOPTION_EDIT),
        "sees_adoption": True,
        "grid_url": _grid_url(request, found.plan),
    }
    return render(request, "plans/stance.html", context)


def _grid_url(request: ActorRequest, plan: Plan) -> str:
    return reverse("plans:adoption", args=[request.actor.coalition.slug, plan.pk])


def _to_grid(request: ActorRequest, plan: Plan, anchor: str = "") -> HttpResponse:
    return redirect(f"{_grid_url(request, plan)}{'#' + anchor if anchor else ''}")
