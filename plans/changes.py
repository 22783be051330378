"""What happened in a plan, in words: what others see of one another, and what the undo button says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Max

from phast.access.table import Action
from phast.ui.templatetags.ui import local_time
from plans.actions.undoing import last_change
from plans.models import Plan, PlanChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phast.access.actor import Actor

# The verb of a change → what somebody did; the item's own words follow, such as “Hold a meeting”.
WORDS = {
    "barrier.added": "added the barrier",
    "barrier.edited": "changed the barrier",
    "barrier.moved": "moved the barrier",
    "barrier.removed": "removed the barrier",
    "barrier.restored": "brought back the barrier",
    "file.added": "added the file",
    "file.removed": "removed the file",
    "intervention.added": "added the intervention",
    "intervention.edited": "changed the intervention",
    "intervention.moved": "moved the intervention",
    "intervention.removed": "removed the intervention",
    "intervention.restored": "brought back the intervention",
    "measure.added": "added the measure",
    "measure.edited": "changed the measure",
    "measure.moved": "moved the measure",
    "measure.removed": "removed the measure",
    "measure.restored": "brought back the measure",
    "measurevalue.added": "added the value",
    "measurevalue.corrected": "corrected the value",
    "measurevalue.deleted": "deleted the value",
    "plan.approved": "approved",
    "plan.created": "started",
    "plan.edited": "changed what is said about",
    "plan.imported": "brought in a spreadsheet for",
    "plan.parties_merged": "put two of the responsible together in",
    "plan.version_withdrawn": "withdrew a version of",
    "recommendation.added": "added the recommendation",
    "recommendation.decided": "decided about",
    "recommendation.edited": "changed the recommendation",
    "recommendation.moved": "moved the recommendation",
    "recommendation.removed": "removed the recommendation",
    "recommendation.restored": "brought back the recommendation",
    "recommendations.ordered": "ordered the recommendations of",
    "stance.removed": "took out where a partner stands:",
    "stance.set": "noted where a partner stands:",
    "step.added": "added",
    "step.commented": "commented on",
    "step.edited": "changed",
    "step.made_meeting": "planned a meeting of",
    "step.moved": "moved",
    "step.removed": "removed",
    "step.repeated": "made the next occurrence of",
    "step.responsible_set": "changed who is responsible for",
    "step.restored": "brought back",
    "step.updated": "updated",
    "step.waits_set": "changed what comes before",
    "step.funded": "changed what pays for",
    "votes.cast": "rated the recommendations of",
    "votes.taken_back": "took back their ratings for",
}
# What is for the coordinator and the leads alone.
ADOPTION = ("intervention", "stance")
# For who sees votes: with the means before and after, it would say how somebody voted.
VOTES = ("votes.cast", "votes.taken_back")
OTHERWISE = "changed"
UNDONE = ".undone"


def in_words(verb: str) -> str:
    """What somebody did, without who and what."""
    if verb.endswith(UNDONE):
        return f"took back that they {in_words(verb.removesuffix(UNDONE))}"
    return WORDS.get(verb, OTHERWISE)


def state_of(plan: Plan) -> str:
    """What changes whenever the plan does. A count and not the latest key alone: a change with an earlier key may be saved later."""
    found = PlanChange.objects.filter(plan=plan).aggregate(count=Count("pk"), last=Max("pk"))
    return f"{found['count']}-{found['last'] or 0}"


@dataclass(frozen=True)
class Live:
    """What a page of the plan carries to stay current: the plan's `state`; what the reader can undo; what others did last."""

    state: str
    undo: str = ""
    said: str = ""


def live(plan: Plan, actor: Actor, *, can_edit: bool, since: str = "") -> Live:
    """`since`: the state that the reader's page shows now; what others did later is told. Three to five queries."""
    mine = last_change(plan=plan, by=actor) if can_edit else None
    theirs = list(_by_others(plan, actor, since)) if since else []
    names = _names([*([mine] if mine else []), *theirs[:1]])
    undo = f"{in_words(mine.verb)} “{names[mine.pk]}”" if mine else ""
    return Live(state_of(plan), undo, _said(theirs, names))


def _by_others(plan: Plan, actor: Actor, since: str) -> Any:
    last = since.rpartition("-")[2]
    later = PlanChange.objects.filter(plan=plan, pk__gt=int(last) if last.isdecimal() and len(last) < 19 else 0)
    if not actor.can(Action.ADOPTION_SEE):
        later = later.exclude(item__in=ADOPTION)
    if not actor.everywhere(Action.RECOMMENDATION_VOTE):
        later = later.exclude(verb__in=VOTES)
    return later.exclude(by=actor.user).select_related("by").order_by("-pk")[:100]


def _said(changes: list[PlanChange], names: dict[int, str]) -> str:
    if not changes:
        return ""
    latest, more = changes[0], len(changes) - 1
    who = str(latest.by) if latest.by else "Somebody"
    also = f", and {more} more change{'' if more == 1 else 's'}" if more else ""
    return f"{who} {in_words(latest.verb)} “{names[latest.pk]}” at {local_time(latest.at).rpartition(', ')[2]}{also}."


def _names(changes: Iterable[PlanChange]) -> dict[int, str]:
    """What the changed things are called; the plan's part they belonged to when they are gone."""
    found = {}
    for change in changes:
        model: Any = apps.get_model("plans", change.item)
        item = model.objects.filter(pk=change.item_id).first()
        found[change.pk] = str(item) if item else change.item
    return found
