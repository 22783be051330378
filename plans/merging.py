"""What becomes of plans when a partner or a contact is merged into another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phast.merging import Follows
from plans.actions.change import changed
from plans.enums import Part
from plans.models import Plan

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from plans.models import Responsibility


def _tell(keys: list[int], by: Actor) -> None:
    """Whoever has one of the plans open sees who is responsible now."""
    for plan in Plan.objects.filter(steps__responsibilities__in=keys).distinct():
        changed("plan.parties_merged", plan=plan, target=plan, by=by)


def _once(kept: Responsibility, gone: Responsibility) -> None:
    """Responsible twice for a step is responsible once: as the lead, if either was."""
    if gone.part == Part.LEAD != kept.part:
        kept.part = Part.LEAD
        kept.save(update_fields=["part"])


RULES = (
    Follows("plans.Responsibility.partner", fill=_once, tell=_tell),
    Follows("plans.Responsibility.contact", fill=_once, tell=_tell),
    # Where the organization stands; what both said for the same day stays with each.
    Follows("plans.Stance.partner", or_stays=True),
    Follows("plans.Update.by_contact"),
    Follows("plans.Subscription.contact"),
    # One partner, one vote: where both voted, the kept one's counts (`plans.prioritising.counted`) and the other stays as it was given.
    Follows("plans.Vote.partner", or_stays=True),
)
