"""Measures: the list of a plan's, the page of each, and what people enter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, measuring
from plans.forms import MeasureForm, ValueForm
from plans.models import Measure, MeasureValue, Plan

from .common import find_item, find_plan, form_page, tried

FIELDS = "plans/_measure_fields.html"


@require_GET
@requires(Action.PLANS_FOLLOW)
def measure_list(request: ActorRequest, plan_id: int) -> HttpResponse:
    """What the plan is measured by, each with where it stands."""
    plan = find_plan(request, plan_id, Action.PLANS_FOLLOW)
    can_edit = request.actor.can(Action.PLANS_EDIT)
    removed = (
        Measure.objects.filter(plan=plan, removed_at__isnull=False)
        .select_related("removed_by")
        .order_by("-removed_at")[:10]
        if can_edit
        else []
    )
    context = {"plan": plan, "readings": measuring.readings(plan, request.actor), "removed": removed, **_tabs(request)}
    return render(request, "plans/measures.html", context)


@require_GET
@requires(Action.PLANS_FOLLOW)
def measure_detail(request: ActorRequest, measure_id: int) -> HttpResponse:
    """One measure: how it stands, the curve with its numbers, the story behind it, and the steps that move it."""
    measure = find_item(Measure, request, measure_id, Action.PLANS_FOLLOW)
    context = {
        "plan": measure.plan,
        "measure": measure,
        "reading": measuring.reading(measure, request.actor),
        "form": _value_form(request, measure),
        **_tabs(request),
    }
    return render(request, "plans/measure.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def measure_add(request: ActorRequest, plan_id: int) -> HttpResponse:
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    form = MeasureForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_bound and form.is_valid():
        measure = actions.add_item(Measure, plan=plan, values=form.values, by=request.actor)
        return _to(request, measure)
    return _form(request, form, plan, "Add a measure", _url(request, "measures", plan.pk), body=FIELDS)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def measure_edit(request: ActorRequest, measure_id: int) -> HttpResponse:
    measure = find_item(Measure, request, measure_id, Action.PLANS_EDIT)
    form = MeasureForm(request.POST if request.method == "POST" else None, instance=measure, plan=measure.plan)
    if (
        form.is_bound
        and form.is_valid()
        and tried(
            form, actions.edit_item, item=measure, values=form.values, version=form.opened_version, by=request.actor
        )
    ):
        return _to(request, measure)
    return _form(request, form, measure.plan, "Edit the measure", _url(request, "measure", measure.pk), body=FIELDS)


@require_POST
@requires(Action.PLANS_EDIT)
def measure_remove(request: ActorRequest, measure_id: int) -> HttpResponse:
    measure = find_item(Measure, request, measure_id, Action.PLANS_EDIT)
    actions.remove_item(item=measure, by=request.actor)
    messages.success(request, f"Removed “{measure}”. It can be brought back below.")
    return redirect(_url(request, "measures", measure.plan_id))


@require_POST
@requires(Action.PLANS_EDIT)
def measure_restore(request: ActorRequest, measure_id: int) -> HttpResponse:
    measure = find_item(Measure, request, measure_id, Action.PLANS_EDIT, removed=True)
    actions.restore_item(item=measure, by=request.actor)
    return _to(request, measure)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def value_add(request: ActorRequest, measure_id: int) -> HttpResponse:
    measure = find_item(Measure, request, measure_id, Action.PLANS_EDIT)
    form = _value_form(request, measure)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.add_value, measure=measure, **form.cleaned_data, by=request.actor)
    ):
        return _to(request, measure)
    return _form(request, form, measure.plan, f"Add a value: {measure}", _url(request, "measure", measure.pk))


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def value_edit(request: ActorRequest, measure_value_id: int) -> HttpResponse:
    value = _find_value(request, measure_value_id)
    measure = value.measure
    form = _value_form(request, measure, instance=value)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        if tried(
            form,
            actions.correct_value,
            value=value,
            on=entered["on"],
            number=entered["value"],
            note=entered["note"],
            was=entered["was"],
            by=request.actor,
        ):
            return _to(request, measure)
        form.take_saved(MeasureValue.objects.filter(pk=value.pk).first())
    return _form(request, form, measure.plan, f"Correct a value: {measure}", _url(request, "measure", measure.pk))


@require_POST
@requires(Action.PLANS_EDIT)
def value_delete(request: ActorRequest, measure_value_id: int) -> HttpResponse:
    value = _find_value(request, measure_value_id)
    actions.delete_value(value=value, by=request.actor)
    messages.success(request, "The value is deleted.")
    return _to(request, value.measure)


def _find_value(request: ActorRequest, key: int) -> MeasureValue:
    values = MeasureValue.objects.visible_to(request.actor, Action.PLANS_EDIT).select_related("measure__plan")
    return get_object_or_404(values, pk=key)


def _value_form(request: ActorRequest, measure: Measure, **more: Any) -> ValueForm:
    data = request.POST if request.method == "POST" else None
    return ValueForm(data, unit=measure.unit, today=request.actor.coalition.today(), **more)


def _form(request: ActorRequest, form: Any, plan: Plan, heading: str, back: str, **more: str) -> HttpResponse:
    return form_page(request, form, plan, slot="measure-form", heading=heading, cancel=back, **more)


def _tabs(request: ActorRequest) -> dict[str, bool]:
    """What the tabs of a plan need to know."""
    return {
        "can_edit": request.actor.can(Action.PLANS_EDIT),
        "sees_adoption": request.actor.can(Action.ADOPTION_SEE),
    }


def _url(request: ActorRequest, name: str, key: int) -> str:
    return reverse(f"plans:{name}", args=[request.actor.coalition.slug, key])


def _to(request: ActorRequest, measure: Measure) -> HttpResponse:
    return redirect(_url(request, "measure", measure.pk))
