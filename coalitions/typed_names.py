"""Finding whom somebody means by what they type: partners, their contacts, positions and seats by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Value

from coalitions.enums import PartnerStatus
from coalitions.models import Contact, Partner, Position, Seat
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor


"""What was typed means nobody, or more than one. Its text is a sentence for who typed it."""


class Unclear(Exception):
    """What was typed means more than one. Its text is a sentence for who typed it."""


def told_apart(rows: Sequence[tuple[str, Any]], typed: str) -> Any:
    """The row whose label was typed, or the only one that has what was typed; None when there is none.

    Raises Unclear when there are several.
    """
    wanted = " ".join(typed.casefold().split())
    labels = [(" ".join(label.casefold().split()), row) for label, row in rows]
    for fits in (
        lambda label: label == wanted,
        lambda label: label.split(",")[0] == wanted,
        lambda label: label.startswith(wanted),
        lambda label: wanted in label,
    ):
        found = [row for label, row in labels if fits(label)]
        if len(found) == 1:
            return found[0]
        if found:
            named = [label for label, row in rows if row in found][:3]
            raise Unclear(f"“{typed}” can be {' or '.join(named)}. Type more of the name.")
    return None


def parties(actor: Actor) -> list[tuple[str, Any]]:
    """Everybody who can have an action, by what they are called. Three queries."""
    positions = Position.objects.visible_to(actor, Action.ROSTER_SEE)
    return [
        *((str(position), position) for position in positions),
        *((partner.name, partner) for partner in active_partners(actor)),
        *((f"{contact.name}, {contact.partner}", contact) for contact in contacts(actor)),
    ]


def active_partners(actor: Actor) -> QuerySet[Partner]:
    return Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)


def contacts(actor: Actor) -> QuerySet[Contact]:
    """The contacts of partners that take part."""
    seen = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).exclude(partner__status=PartnerStatus.INACTIVE)
    return seen.select_related("partner")


def seats(actor: Actor) -> QuerySet[Seat]:
    """Lived-experience seats that are taken, by alias."""
    return Seat.objects.visible_to(actor, Action.ROSTER_SEE).filter(left_on=None)


def names_of_parties(actor: Actor) -> list[str]:
    """What positions and partners are called, positions first. One query."""
    positions = Position.objects.visible_to(actor, Action.ROSTER_SEE).order_by()
    partners = active_partners(actor).order_by()
    both = positions.values_list("title", Value(0)).union(partners.values_list("name", Value(1)))
    return [name for name, _ in sorted(both, key=lambda row: (row[1], row[0].lower()))]
