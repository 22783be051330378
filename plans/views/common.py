"""What the views share.

Every form is a page of its own that ends in a redirect to the plan. With scripts, htmx asks the same addresses and swaps only
the part it wants: a form into the place of what it edits (`slot`), and after saving that part of the plan's page back.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from phast.access.guards import ActorRequest
from phast.access.table import Action
from phast.ui.forms import tell
from phast.versions import EditConflict
from plans.enums import Stage
from plans.models import Plan
from plans.path import stage_url


def stage_in(request: ActorRequest) -> Stage | None:
    """The stage of the guided path that the person works at: `?stage=`. None on the plan's own page."""
    stage = request.GET.get("stage", "")
    return Stage(stage) if stage in Stage.values else None


def plan_url(plan: Plan, request: ActorRequest, anchor: str = "", **query: str) -> str:
    """The page somebody works on the plan at, its own or a stage's, with something opened or focused on it."""
    stage, slug = stage_in(request), request.actor.coalition.slug
    url = stage_url(plan, slug, stage) if stage else reverse("plans:detail", args=[slug, plan.pk])
    return f"{url}{'?' + urlencode(query) if query else ''}{'#' + anchor if anchor else ''}"


def to_plan(plan: Plan, request: ActorRequest, anchor: str = "", **query: str) -> HttpResponse:
    """After something was done: back to the plan."""
    return redirect(plan_url(plan, request, anchor, **query))


def key_from(text: str) -> int | None:
    """A row's key as an address or a form names it; None for what cannot be one, such as a number of thousands of digits."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def find_plan(request: ActorRequest, plan_id: int, action: Action) -> Plan:
    return get_object_or_404(Plan.objects.visible_to(request.actor, action), pk=plan_id)


def find_item(model: Any, request: ActorRequest, key: int, action: Action, *, removed: bool = False) -> Any:
    """A barrier, recommendation or step; removed ones only where they can be brought back."""
    rows = model.objects.visible_to(request.actor, action).select_related("plan")
    return get_object_or_404(rows if removed else rows.present(), pk=key)


def form_page(
    request: ActorRequest, form: forms.BaseForm, plan: Plan, *, slot: str, heading: str, **more: Any
) -> HttpResponse:
    """A form in its slot: alone for htmx, else on a page of its own. `more`: `adds_to`, the list that grows, for a form that adds;
    `body`, the template of the fields; `button`."""
    context = {
        "form": form,
        "plan": plan,
        "slot": slot,
        "heading": heading,
        "action": request.get_full_path(),
        "cancel": plan_url(plan, request, slot),
        "body": "plans/_fields.html",
        "button": "Save",
    } | more
    template = "plans/_slot.html" if request.htmx else "plans/form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def tried(form: forms.BaseForm, action: Any, **arguments: Any) -> bool:
    """Calls an action with what a valid form holds. What it refuses becomes the form's error: False."""
    try:
        action(**arguments)
    except EditConflict as conflict:
        form.show_both(conflict.current)
    except ValidationError as refused:
        tell(form, refused)
    else:
        return True
    return False


def kept_from_others(response: HttpResponse) -> HttpResponse:
    """For a page whose address is its key. Nobody learns it: no other site, no log of ours (only the name of the portal is referred),
    no search engine."""
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response


def attempt(request: ActorRequest, action: Any, **arguments: Any) -> bool:
    """Calls an action for a button, which has no form to show an error in. What it refuses becomes a message: False."""
    try:
        action(**arguments)
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
        return False
    return True
