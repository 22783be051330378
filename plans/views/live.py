"""What several people at one plan need: seeing what the others did, and taking back what one did."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions
from plans.actions.bulk import CHANGED, REMOVED
from plans.changes import in_words, state_of

from .common import find_plan, stage_in, to_plan
from .plan import detail_page
from .stages import QUESTIONS, stage_page


@require_GET
@requires(Action.PLANS_FOLLOW)
def plan_changes(request: ActorRequest, plan_id: int) -> HttpResponse:
    """An open page asks every few seconds with the state it shows: `?since=`. 204 while that is the plan's; else the page anew."""
    plan = find_plan(request, plan_id, Action.PLANS_FOLLOW)
    since, stage = request.GET.get("since", ""), stage_in(request)
    if since == state_of(plan):
        return HttpResponse(status=204)
    if (
        stage and stage in QUESTIONS and request.actor.can(Action.PLANS_EDIT)
    ):  # weighing the recommendations has a page of its own
        return stage_page(request, plan, stage, since=since)
    return detail_page(request, plan, since=since)


@require_POST
@requires(Action.PLANS_EDIT)
def plan_undo(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Takes back the person's latest change of the plan, unless somebody changed the same since."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    change = actions.undo_last(plan=plan, by=request.actor)
    if change is None:
        messages.info(request, "There is nothing of yours to undo in this plan.")
    elif change.undone_at is None:
        messages.warning(request, "This was changed or voted on since, so it was not undone.")
    else:
        several = change.verb in (CHANGED, REMOVED)
        now = "the steps are as they were" if several else f"you {in_words(change.verb)} it, and it is as it was"
        messages.success(request, f"Undone: {now} before.")
    return to_plan(plan, request)
