"""What became of a count: entered, corrected, removed, put back, by whom as far as the reader may know it, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalitions.models import Membership
from lbn.enums import Channel, VoidReason
from lbn.models import Count
from phast.access.table import Action
from phast.accounts.models import User

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor

THE_COORDINATOR = "The coordinator, on behalf"
A_SYSTEM = "A records system"


@dataclass(frozen=True)
class Moment:
    """Something that happened to a count. `what`: "Entered", "Removed"…; `why` is empty where there is nothing to say."""

    at: dt.datetime
    what: str
    count: Count
    who: str
    why: str = ""


def who_counted(count: Count, *, inside: bool) -> str:
    """Who entered the count: the person to their own agency (`inside`), the agency to everybody else."""
    if count.on_behalf:
        return THE_COORDINATOR
    if count.channel == Channel.API:
        return A_SYSTEM
    return str(count.created_by) if inside else str(count.partner)


def successors_of(count: Count) -> list[Count]:
    """What replaced the count, what replaced that, and so on."""
    found: list[Count] = []
    keys = [count.pk]
    while keys:
        following = list(_rows().filter(partner_id=count.partner_id, replaces__in=keys))
        found += following
        keys = [each.pk for each in following]
    return found


def moments_of(count: Count, actor: Actor) -> list[Moment]:
    """Everything that happened to the count, to those it replaced and to those that replaced it, the latest first."""
    first = count
    while first.replaces_id:
        first = _rows().get(pk=first.replaces_id)
    chain = [first, *successors_of(first)]
    inside = count.partner_id in actor.partner_ids(Action.COUNTS_SEE)
    kept = _saves_of(chain)
    people = _People(chain[0].partner, inside, kept)
    reasons = dict(VoidReason.choices)
    moments = []
    for each in chain:
        what = "Corrected" if each.replaces_id else "Entered"
        moments.append(Moment(each.created_at, what, each, who_counted(each, inside=inside), _through(each)))
        was_out = False
        for event in kept:
            is_out = event.voided_at is not None
            if event.pgh_obj_id != each.pk or is_out == was_out:
                continue
            who = people.name(event.voided_by_id if is_out else _user_of(event))
            why = reasons.get(event.void_reason, "") if is_out else ""
            moments.append(Moment(event.pgh_created_at, "Removed" if is_out else "Put back", each, who, why))
            was_out = is_out
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


class _People:
    """Names of those who removed and put back, as the reader may know them."""

    def __init__(self, partner: Partner, inside: bool, kept: list[Any]) -> None:
        self.partner, self.inside = partner, inside
        self.of_agency = set(Membership.objects.filter(partner=partner).values_list("user", flat=True))
        keys = {key for event in kept for key in (event.voided_by_id, _user_of(event))}
        self.users = User.objects.in_bulk(keys - {None})

    def name(self, user_id: int | None) -> str:
        user = self.users.get(user_id) if user_id else None
        if user is None:
            return "The portal"
        return str(self.partner) if user_id in self.of_agency and not self.inside else str(user)


def _saves_of(chain: list[Count]) -> list[Any]:
    """What the database kept of the counts at each change, the oldest first."""
    events: Any = Count._meta.get_field("events").related_model
    return list(events.objects.filter(pgh_obj__in=chain).select_related("pgh_context").order_by("pgh_id"))


def _rows() -> Any:
    return Count.objects.select_related("partner", "created_by", "kit_type")


def _through(count: Count) -> str:
    return "" if count.channel == Channel.DESK else count.get_channel_display()


def _user_of(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None
