"""Changing several steps at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import across
from plans.actions.bulk import change_steps, remove_steps
from plans.forms.across import StepFilter
from plans.forms.bulk import BulkForm
from plans.models import Step

from .across import listed, shared
from .common import key_from

MOST = 200  # steps in one go


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def steps_bulk(request: ActorRequest) -> HttpResponse:
    """The list with a box to tick before each step; POST changes the ticked ones or, with `do=remove`, takes them out.

    `?ticked=all` ticks the whole page. A step that is not there for this person makes it a 404, and nothing is changed.
    """
    form, ticked, problem = BulkForm(actor=request.actor), [], ""
    if request.method == "POST":
        ticked = _ticked(request)
        removing = request.POST.get("do") == "remove"
        form = BulkForm(None if removing else request.POST, actor=request.actor)
        problem = _too_few_or_many(ticked)
        if not problem and (removing or form.is_valid()):
            try:
                return _done(request, ticked, *_do(request, ticked, None if removing else form))
            except ValidationError as refused:
                problem = refused.messages[0]
    asked = StepFilter(request.GET, actor=request.actor)
    context = {
        "form": form,
        "problem": problem,
        "ticks": True,
        "ticked": {str(step.pk) for step in ticked},
        "all_ticked": request.method == "GET" and request.GET.get("ticked") == "all",
        "all_query": asked.query(ticked="all", page=request.GET.get("page", "")),
        "stay_query": asked.query(page=request.GET.get("page", "")),
    }
    status = 422 if problem or form.errors else 200
    page = shared(request, asked, "plans:steps") | listed(request, asked) | context
    return render(request, "plans/steps_bulk.html", page, status=status)


def _ticked(request: ActorRequest) -> list[Step]:
    keys = {key_from(key) or 0 for key in request.POST.getlist("step")}
    rows = (
        Step.objects.visible_to(request.actor, Action.PLANS_EDIT).present().filter(plan__in=across.plans(request.actor))
    )
    found = list(rows.filter(pk__in=keys).select_related("plan").order_by("plan_id", "pk"))
    if len(found) != len(keys):
        raise Http404
    return found


def _too_few_or_many(ticked: list[Step]) -> str:
    if not ticked:
        return "Tick the steps that should change, then choose what they get."
    return f"At most {MOST} steps can be changed at once." if len(ticked) > MOST else ""


def _do(request: ActorRequest, ticked: list[Step], form: BulkForm | None) -> tuple[int, str]:
    """How many steps were changed, and what was done with them. Without a form they are removed."""
    if form is None:
        return remove_steps(steps=ticked, by=request.actor), "removed"
    change_steps(steps=ticked, **form.changes, by=request.actor)
    return len(ticked), form.said


def _done(request: ActorRequest, ticked: list[Step], count: int, said: str) -> HttpResponse:
    messages.success(request, f"{count} step{'' if count == 1 else 's'}: {said}.")
    asked = StepFilter(request.GET, actor=request.actor)
    plans = ",".join(dict.fromkeys(str(step.plan_id) for step in ticked))
    url = reverse("plans:steps", args=[request.actor.coalition.slug])
    return redirect(url + asked.query(page=request.GET.get("page", ""), changed=plans))
