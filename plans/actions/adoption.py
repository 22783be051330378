"""Where partners stand on what they may adopt, and the barriers that follow from it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.models import Partner
from phast.ui.templatetags.ui import month
from plans.adoption import named_in, names_of
from plans.enums import Adoption, Standing
from plans.models import Barrier, Intervention, Stance

from . import undo
from .change import changed
from .items import GONE, add_item
from .plan import locked

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def set_stance(
    *,
    intervention: Intervention,
    partner: Partner,
    adoption: Adoption,
    reason: str,
    since: dt.date,
    seen: dt.datetime | None,
    by: Actor,
) -> Stance:
    """From the day `since` on the partner stands there; on a day it has an entry for already, this one takes its place.

    `seen`: when the partner's last entry was saved, as the form knew it. Raises ValidationError, which says what was saved meanwhile,
    when it is another one, when the day lies ahead, or when the intervention was removed.
    """
    locked(intervention.plan)
    if not Intervention.objects.present().filter(pk=intervention.pk).exists():
        raise ValidationError(GONE)
    if since > by.coalition.today():
        raise ValidationError({"since": "This day lies ahead. Enter the day it was said."})
    there = Stance.objects.filter(intervention=intervention, partner=partner)
    last = there.order_by("-at").select_related("by").first()
    if (last.at if last else None) != seen:
        raise ValidationError(_saved_meanwhile(last), code="meanwhile")
    stance = there.filter(since=since).first()
    was = undo.snapshot(stance, ["adoption", "reason"]) if stance else None
    stance = stance or Stance(intervention=intervention, partner=partner, since=since)
    stance.adoption, stance.reason, stance.at, stance.by = adoption, reason, timezone.now(), by.user
    stance.save()
    changed(
        "stance.set",
        plan=intervention.plan_id,
        target=stance,
        by=by,
        undo=undo.values(stance, was) if was else undo.removing(stance),
        partner=partner,
    )
    return stance


@transaction.atomic
def remove_stance(*, stance: Stance, by: Actor) -> None:
    """Takes an entry out that should not have been made; what stood before counts again."""
    changed("stance.removed", plan=stance.intervention.plan_id, target=stance, by=by, partner=stance.partner)
    stance.delete()


@transaction.atomic
def barrier_from_stance(*, stance: Stance, by: Actor) -> Barrier:
    """Makes a partner's reason a confirmed barrier, which members read: it says that the grid told it, not who.

    Raises ValidationError when there is no reason, or when it names a partner or a person.
    """
    if not stance.reason:
        raise ValidationError("No reason is given there.")
    if named := named_in(stance.reason, names_of(by.coalition)):
        raise ValidationError(f"This reason names {named}, and members read barriers. Add it in other words.")
    most = Barrier._meta.get_field("text").max_length or 0
    fits = len(stance.reason) <= most
    values = {
        "text": stance.reason if fits else stance.reason[: most - 1].rstrip() + "…",
        "detail": "" if fits else stance.reason,
        "standing": Standing.CONFIRMED,
        "how_learned": f"Adoption grid, {month(by.coalition.today())}",
    }
    return add_item(Barrier, plan=stance.intervention.plan, values=values, by=by)


def _saved_meanwhile(last: Stance | None) -> str:
    if last is None:
        return "Somebody took the last entry out while you had this open. Save again to record yours."
    reason = f": {last.reason}" if last.reason else ""
    return (
        f"{last.by} saved “{last.get_adoption_display()}{reason}” while you had this open. "
        "Nothing of yours is lost: save again to record it too."
    )
