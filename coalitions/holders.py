"""Who held a position before and for how long, and which are missed where."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from phast.access.table import Action

from .models import Contact, Position

if TYPE_CHECKING:
    from phast.access.actor import Actor

# The champions who open doors in a sector: where one is missing, it hurts there.
_SAFETY = frozenset({"public-safety-champion", "law-enforcement-champion"})
_HEALTH = frozenset({"public-health-champion"})
CHAMPIONS_OF = {
    "law-enforcement": _SAFETY,
    "criminal-justice": _SAFETY,
    "professional-first-responders": frozenset({"public-safety-champion"}),
    "government": frozenset({"public-health-champion", "public-safety-champion"}),
    **dict.fromkeys(
        (
            "harm-reduction-programs",
            "health-care",
            "medical-and-pharmacy-schools",
            "medical-examiners-and-coroners",
            "mental-health-providers",
            "pharmacies",
            "prescribers",
            "treatment-providers",
        ),
        _HEALTH,
    ),
}


@dataclass(frozen=True)
class Term:
    """Somebody's time in a position. `name` is empty while it was vacant, `to_on` None for who holds it now."""

    name: str
    from_on: dt.date
    to_on: dt.date | None


def vacant_champions(actor: Actor, sector: str) -> list[Position]:
    """The champions of the sector that the coalition has a position for, and nobody in it. At most one query."""
    kinds = CHAMPIONS_OF.get(sector)
    if not kinds:
        return []
    return list(Position.objects.visible_to(actor, Action.ROSTER_SEE).filter(contact=None, kind__in=kinds))


def terms(position: Position) -> list[Term]:
    """The latest first. A term begins on the day entered for it, or else on the day it was entered; what lasted less than a day was a
    slip and is left out. Two queries."""
    changes: list[tuple[int | None, dt.date]] = []
    for event in position.events.order_by("pk"):  # type: ignore[attr-defined]  # made by pghistory
        on = event.since or timezone.localdate(event.pgh_created_at)
        if changes and changes[-1][0] == event.contact_id:
            changes[-1] = (event.contact_id, event.since or changes[-1][1])
        else:
            changes.append((event.contact_id, on))
    keys = [key for key, _ in changes if key is not None]
    names = {contact.pk: contact.name for contact in Contact.objects.of(position.coalition).filter(pk__in=keys)}
    ends = [*(on for _, on in changes[1:]), None]
    found = [
        Term("" if key is None else names.get(key, "Somebody who is no longer a contact"), on, end)
        for (key, on), end in zip(changes, ends, strict=True)
        if end is None or end > on
    ]
    return found[::-1]
