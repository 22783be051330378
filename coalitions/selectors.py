"""Reads used in more than one place."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from phast.access.actor import Actor, Standing
from phast.access.table import Action, Role
from phast.accounts.models import User
from phast.mail import refusals

from .enums import PartnerStatus
from .models import Coalition, Contact, Membership, Partner, Position, Seat, Sector


def actor_for(*, user: User, slug: str) -> Actor | None:
    """The person in the coalition the address names; None when there is none, or they are no member. One query."""
    mine = Contact.objects.filter(user=user, partner__coalition=OuterRef("coalition"))
    merged = Partner.objects.filter(merged_into=OuterRef("partner"))
    memberships = list(
        Membership.objects.filter(user=user, coalition__slug=slug)
        .select_related("coalition__look", "partner")
        .annotate(contact_ids=ArraySubquery(mine.values("pk")), merged_ids=ArraySubquery(merged.values("pk")))
        .order_by("pk")
    )
    if not memberships:
        return None
    coalition = memberships[0].coalition
    return Actor(
        user=user,
        coalition=coalition,
        standings=tuple(
            Standing(Role(m.role), m.partner_id, m.partner.name if m.partner else "", tuple(m.merged_ids))
            for m in memberships
        ),
        contact_ids=frozenset(memberships[0].contact_ids),
    )


def coalitions_of(user: User) -> list[Coalition]:
    """The coalitions a person belongs to, by name."""
    return list(Coalition.objects.filter(memberships__user=user).distinct().order_by("name"))


def sectors_with_here(actor: Actor) -> QuerySet:
    """The sectors in their order, each with whether an active partner or a lived-experience seat is in it (`here`)."""
    active = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(status=PartnerStatus.ACTIVE)
    return Sector.objects.annotate(here=Exists(active.filter(sectors=OuterRef("pk"))) | seat_in(actor))


def sectors_filled(actor: Actor) -> list[tuple[str, bool]]:
    """The sectors' names in their order, each with whether somebody is in it."""
    return [(sector.name, sector.here) for sector in sectors_with_here(actor)]


def seat_in(actor: Actor) -> Exists:
    """Whether a seat fills the sector that is asked about. Nothing else of a seat goes with it: a page says "filled", not by what."""
    seats = Seat.objects.visible_to(actor, Action.ROSTER_SEE).filter(left_on=None)
    return Exists(seats.filter(sector=OuterRef("pk")))


def with_refusals(rows: Iterable[Any], address: str = "email") -> list[Any]:
    """The rows, each with `refusal`: why mail to its address came back, or None. `address`: where the address stands, such as
    "user.email". One query."""
    found, address_of = list(rows), attrgetter(address)
    refusing = refusals(address_of(row) for row in found)
    for row in found:
        row.refusal = refusing.get(address_of(row).lower())
    return found


def people_of(actor: Actor, *, text: str = "") -> QuerySet[Membership]:
    """The memberships this person may look at, by name; `text` narrows to a name, an e-mail address or a partner."""
    found = Membership.objects.visible_to(actor, Action.PEOPLE_MANAGE).select_related("user", "partner")
    if text:
        found = found.filter(
            Q(user__name__icontains=text) | Q(user__email__icontains=text) | Q(partner__name__icontains=text)
        )
    return found.order_by("user__name", "user__email", "pk")


def roster(
    actor: Actor, *, text: str = "", sector: str = "", status: str = "", agency_type: str = ""
) -> QuerySet[Partner]:
    """The partners this person may see, by name, narrowed. Without a status: those that are active or invited. A partner that was
    merged into another is that other one now and is not listed.

    `text` finds a partner by its name, and by a contact's where the person may see contacts.
    """
    found = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(merged_into=None).prefetch_related("sectors")
    if text:
        contacts = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).filter(name__icontains=text)
        found = found.filter(Q(name__icontains=text) | Q(pk__in=contacts.values("partner")))
    if sector:
        found = found.filter(pk__in=Partner.sectors.through.objects.filter(sector=sector).values("partner"))
    if agency_type:
        found = found.exclude(agency_type="") if agency_type == "any" else found.filter(agency_type=agency_type)
    return found.filter(status=status) if status else found.exclude(status=PartnerStatus.INACTIVE)


def contacts_of(
    actor: Actor, *, text: str = "", partner: Partner | None = None, sector: Sector | None = None
) -> QuerySet[Contact]:
    """The contacts whose details this person may see, by name, without those of inactive partners unless one is asked for.

    `text` looks in name, title, e-mail address, the part they play and the partner's name.
    """
    found = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).select_related("partner")
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(title__icontains=word)
            | Q(part__icontains=word)
            | Q(partner__name__icontains=word)
        )
    if sector:
        found = found.filter(partner__in=Partner.sectors.through.objects.filter(sector=sector).values("partner"))
    found = found.filter(partner=partner) if partner else found.exclude(partner__status=PartnerStatus.INACTIVE)
    return found.order_by(Lower("name"), "pk")


def positions_of(actor: Actor) -> list[tuple[Position, Contact | None]]:
    """The coalition's positions, each with the holder that the person may know of: somebody who sees the roster only as released
    learns whether a position is held (`contact_id`), not by whom."""
    found = Position.objects.visible_to(actor, Action.ROSTER_SEE).select_related("kind", "contact__partner")
    named = actor.everywhere(Action.ROSTER_SEE)
    ordered = found.order_by(F("kind__order").asc(nulls_last=True), Lower("title"))
    return [(position, position.contact if named else None) for position in ordered]
