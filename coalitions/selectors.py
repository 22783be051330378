"""Reads used in more than one place."""

from __future__ import annotations

from phast.access.actor import Actor, Standing
from phast.access.table import Role
from phast.accounts.models import User

from .models import Coalition, Contact, Membership


def actor_for(*, user: User, slug: str) -> Actor | None:
    """The person in the coalition the address names; None when there is none, or they are no member. Two queries."""
    memberships = list(
        Membership.objects.filter(user=user, coalition__slug=slug).select_related("coalition", "partner").order_by("pk")
    )
    if not memberships:
        return None
    coalition = memberships[0].coalition
    return Actor(
        user=user,
        coalition=coalition,
        standings=tuple(Standing(Role(m.role), m.partner_id, m.partner.name if m.partner else "") for m in memberships),
        contact_ids=frozenset(Contact.objects.of(coalition).filter(user=user).values_list("pk", flat=True)),
    )


def coalitions_of(user: User) -> list[Coalition]:
    """The coalitions a person belongs to, by name."""
    return list(Coalition.objects.filter(memberships__user=user).distinct().order_by("name"))
