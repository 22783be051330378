"""What pays for a step."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, money
from plans.forms.money import MoneyForm
from plans.models import Step

from .common import find_item, tried


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def step_money(request: ActorRequest, step_id: int) -> HttpResponse:
    """Ticks the sources of funding that pay for the step."""
    actor, step = request.actor, find_item(Step, request, step_id, Action.PLANS_EDIT)
    now = {"sources": money.sources_of(step, actor)}
    form = MoneyForm(request.POST if request.method == "POST" else None, actor=actor, initial=now)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.pay_for_step, step=step, sources=form.cleaned_data["sources"], by=actor)
    ):
        return redirect("plans:step", actor.coalition.slug, step.pk)
    context = {
        "plan": step.plan,
        "step": step,
        "form": form,
        "has_sources": form.fields["sources"].queryset.exists(),
        "step_url": reverse("plans:step", args=[actor.coalition.slug, step.pk]),
        "funding_url": reverse("coalitions:funding_source_new", args=[actor.coalition.slug]),
    }
    return render(request, "plans/step_money.html", context, status=422 if form.errors else 200)
