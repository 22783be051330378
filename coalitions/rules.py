"""Rules about people that the policy table leaves to the coalition: which roles a person may give, and whose roles they handle."""

from __future__ import annotations

from django.db.models import QuerySet

from coalitions.models import Invitation, Membership, Partner
from phast.access.actor import Actor
from phast.access.table import Action, Role

# An agency lead gives roles that act for the agency, and no other.
LEAD_GIVES = frozenset({Role.LEAD, Role.REPORTER, Role.MEMBER})


def roles_to_give(actor: Actor) -> frozenset[Role]:
    """The roles this person may give somebody or take away."""
    if actor.everywhere(Action.PEOPLE_MANAGE):
        return frozenset(Role)
    return LEAD_GIVES if actor.can(Action.PEOPLE_MANAGE) else frozenset()


def partners_to_give(actor: Actor) -> QuerySet[Partner]:
    """The partners for which this person may give a role."""
    return Partner.objects.visible_to(actor, Action.PEOPLE_MANAGE)


def may_give(actor: Actor, role: Role | str, partner: Partner | None) -> bool:
    """True when the actor may give somebody this role for this partner."""
    if Role(role) not in roles_to_give(actor):
        return False
    if partner is None:
        return actor.everywhere(Action.PEOPLE_MANAGE)
    return partners_to_give(actor).filter(pk=partner.pk).exists()


def memberships_handled(actor: Actor) -> QuerySet[Membership]:
    """The memberships this person may change: the coordinator all, a lead those that act for the own agency."""
    return Membership.objects.visible_to(actor, Action.PEOPLE_MANAGE).filter(role__in=roles_to_give(actor))


def invitations_handled(actor: Actor) -> QuerySet[Invitation]:
    """The invitations this person may see, send again and withdraw."""
    return Invitation.objects.visible_to(actor, Action.PEOPLE_MANAGE).filter(role__in=roles_to_give(actor))
