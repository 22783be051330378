"""The page of one step, and the way back to where somebody came from."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from phast.access.guards import ActorRequest
from phast.access.table import Action
from plans import money, selectors
from plans.enums import Repeats, StepStatus
from plans.forms import FileForm
from plans.models import Measure, Step
from plans.repeating import proposed

from .common import plan_url, to_plan
from .tools import FORMS

# `?back=` → the page to go on to; anything else is the plan's.
PAGES_AFTER = ("mine", "radar", "step")
UPDATES = 50  # on a page


def step_page(
    request: ActorRequest, step: Step, *, file_form: FileForm | None = None, status: int = 200
) -> HttpResponse:
    """Everything there is about a step. `file_form`: one that was refused."""
    actor = request.actor
    outline = selectors.outline(step.plan, actor)
    node = outline.find(step)
    if node is None:  # the step above it was removed
        return to_plan(step.plan, request)
    for other in (*node.children, *node.before, *node.holds_up):
        other.url = reverse("plans:step", args=[actor.coalition.slug, other.step.pk])
    can_edit = actor.can(Action.PLANS_EDIT)
    again = "" if step.repeats or step.is_over or not can_edit else proposed(step.due_said)
    context = {
        "plan": step.plan,
        "step": step,
        "node": node,
        "following": Step.objects.present().filter(repeat_of=step).first() if step.repeats else None,
        "earlier": step.repeat_of if step.repeat_of and step.repeat_of.removed_at is None else None,
        "again": Repeats(again) if again else None,
        "measures": Measure.objects.present().filter(steps=step),
        "updates": Paginator(step.updates.select_related("by", "by_contact"), UPDATES).get_page(
            request.GET.get("page")
        ),
        "files": step.files.filter(removed_at=None).select_related("added_by"),
        "file_form": (file_form or FileForm()) if node.can_update else None,
        "statuses": StepStatus.choices,
        "can_edit": can_edit,
        "sources": money.sources_of(step, actor),
        "urls": _urls(step, actor.coalition.slug),
    }
    return render(request, "plans/step.html", context, status=status)


def _urls(step: Step, slug: str) -> dict[str, str]:
    """Where each tool of the page goes; forms come back here."""
    urls = {
        name: reverse(f"plans:step_{name}", args=[slug, step.pk]) for name in (*FORMS, "waits", "money", "file_add")
    }
    for name in ("edit", "responsible", "waits", "update"):
        urls[name] += "?back=step"
    urls["meeting"] = reverse("plans:step_meeting", args=[slug, step.pk])
    urls["add"] = f"{reverse('plans:step_add', args=[slug, step.plan_id])}?parent={step.pk}"
    return urls


def url_back_from(step: Step, request: ActorRequest, **query: Any) -> str:
    """The address of the page that `?back=` names, or of the step in its plan."""
    slug, back = request.actor.coalition.slug, request.GET.get("back", "")
    if back == "step":
        return reverse("plans:step", args=[slug, step.pk])
    if back in PAGES_AFTER:
        return reverse(f"plans:{back}", args=[slug])
    return plan_url(step.plan, request, f"step-{step.pk}", **query)


def back_from(step: Step, request: ActorRequest) -> HttpResponse:
    """After something was done with a step."""
    return redirect(url_back_from(step, request, at=f"step-{step.pk}"))
