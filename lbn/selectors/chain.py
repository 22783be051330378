"""What became of a count: entered, corrected, removed, put back, by whom as far as the reader may know it, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalitions.models import Membership
from lbn.enums import Channel
from lbn.models import Count
from phast.access.table import Action
from phast.accounts.models import User

if TYPE_CHECKING:
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
    people = _People(chain, inside)
    moments = []
    for each in chain:
        what = "Corrected" if each.replaces_id else "Entered"
        moments.append(Moment(each.created_at, what, each, who_counted(each, inside=inside), _through(each)))
        was_out = False
        for event in each.events.select_related("pgh_context").order_by("pgh_id"):  # type: ignore[attr-defined]  # made by pghistory
            is_out = event.voided_at is not None
            if is_out != was_out:
                who = people.name(event.voided_by_id if is_out else _user_of(event))
                why = each._meta.get_field("void_reason").flatchoices if is_out else []
                reason = dict(why).get(event.void_reason, "") if event.void_reason else ""
                moments.append(Moment(event.pgh_created_at, "Removed" if is_out else "Put back", each, who, reason))
            was_out = is_out
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


class _People:
    """Names of those who removed and put back, as the reader may know them."""

    def __init__(self, chain: list[Count], inside: bool) -> None:
        self.partner, self.inside = chain[0].partner, inside
        self.of_agency = set(Membership.objects.filter(partner=self.partner).values_list("user", flat=True))
        keys = {each.voided_by_id for each in chain}
        for each in chain:
            for event in each.events.select_related("pgh_context"):  # type: ignore[attr-defined]  # made by pghistory
                keys |= {event.voided_by_id, _user_of(event)}
        self.users = User.objects.in_bulk(keys - {None})

    def name(self, user_id: int | None) -> str:
        user = self.users.get(user_id) if user_id else None
        if user is None:
            return "The portal"
        return str(self.partner) if user_id in self.of_agency and not self.inside else str(user)


def _rows() -> Any:
    return Count.objects.select_related("partner", "created_by", "voided_by", "kit_type", "source")


def _through(count: Count) -> str:
    return "" if count.channel == Channel.DESK else count.get_channel_display()


def _user_of(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None
