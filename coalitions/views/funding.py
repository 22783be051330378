"""Which steps a source of funding pays for."""

from __future__ import annotations

from itertools import groupby

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coalitions.models import FundingSource
from phast import offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action


class StepsForm(forms.Form):
    """Steps to tick, by plan."""

    steps = forms.TypedMultipleChoiceField(
        label="Steps it pays for", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def funding_steps(request: ActorRequest, funding_source_id: int) -> HttpResponse:
    """Ticks the unfinished steps of active plans that the source pays for."""
    actor = request.actor
    sources = FundingSource.objects.visible_to(actor, Action.ENGAGEMENT_EDIT)
    source = get_object_or_404(sources, pk=funding_source_id)
    back = reverse("coalitions:funding_source_detail", args=[actor.coalition.slug, source.pk])
    if not offers.step_money:
        return redirect(back)
    every = offers.step_money[0].open(actor)
    linked = {step.key for step in offers.steps[0].of(actor, [source]).get(source.pk, [])}
    form = StepsForm(request.POST if request.method == "POST" else None, initial={"steps": sorted(linked)})
    form.fields["steps"].choices = [
        (plan, [(one.step.key, one.step.title) for one in steps])
        for plan, steps in groupby(every, key=lambda one: one.plan)
    ]
    if form.is_bound and form.is_valid():
        try:
            offers.step_money[0].pay(source=source, steps=form.cleaned_data["steps"], by=actor)
        except ValidationError as refused:
            form.add_error("steps", refused)
        else:
            messages.success(request, "Saved.")
            return redirect(back)
    context = {"form": form, "source": source, "back": back, "any_steps": bool(every)}
    return render(request, "coalitions/funding_steps.html", context, status=422 if form.errors else 200)
