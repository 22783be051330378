"""Who is told about which steps and other work: everybody who is responsible for some that needs doing, so that nobody is left untold.

A contact, by name or by a position they hold. For what a partner is responsible for: the people who lead or take part in plans for it,
and where it has none, its contacts. Somebody who is a contact and has an account is one person and gets one mail.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from coalitions.models import Contact, Membership
from phast.access.actor import Actor, Standing
from phast.access.table import Role
from plans.models import Responsibility, Step, Subscription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from coalitions.models import Coalition
    from phast.accounts.models import User
    from phast.offers import DueWork

# The roles in which people carry out what their partner is responsible for; a reporter counts.
TOLD = (Role.LEAD, Role.MEMBER)


@dataclass
class Owner:
    """A person as mail knows them: an account (`user`), or a `contact` without one, and what makes steps theirs."""

    user: User | None
    contact: Contact | None
    contact_ids: set[int] = field(default_factory=set)
    partner_ids: set[int] = field(default_factory=set)
    steps: set[int] = field(default_factory=set)

    def has(self, work: DueWork) -> bool:
        """Whether other work is theirs."""
        return work.partner in self.partner_ids or work.contact in self.contact_ids

    @property
    def address(self) -> str:
        return self.user.email if self.user else self.contact.email if self.contact else ""

    @property
    def name(self) -> str:
        return str(self.user or self.contact)

    def actor(self, coalition: Coalition) -> Actor:
        """The person who answers from a mail: reaches what is assigned to them and no more, whatever else their account may do."""
        standings = tuple(Standing(Role.MEMBER, partner) for partner in sorted(self.partner_ids))
        return Actor(
            user=self.user,
            coalition=coalition,
            standings=standings or (Standing(Role.MEMBER),),
            contact_ids=frozenset(self.contact_ids),
        )


def owners(coalition: Coalition, work: Sequence[DueWork]) -> list[Owner]:
    """Everybody who has something to do in the coalition's plans, with the keys of their steps, or has some of the other `work`.
    Three queries."""
    named, by_partner = defaultdict(set), defaultdict(set)
    wanted = Responsibility.objects.of(coalition).filter(step__in=Step.objects.of(coalition).unfinished().values("pk"))
    for step, partner, contact, holder in wanted.order_by().values_list(
        "step_id", "partner_id", "contact_id", "position__contact_id"
    ):
        if partner is not None:
            by_partner[partner].add(step)
        elif person := contact or holder:
            named[person].add(step)
    partners = by_partner.keys() | {each.partner for each in work if each.partner is not None}
    people = named.keys() | {each.contact for each in work if each.contact is not None}
    memberships = list(_told(coalition).filter(partner__in=partners).select_related("user"))
    untold = partners - {membership.partner_id for membership in memberships}
    contacts = _reachable(coalition).filter(Q(pk__in=people) | Q(partner__in=untold)).select_related("user")
    found: dict[tuple[str, int], Owner] = {}
    for membership in memberships:
        owner = found.setdefault(("user", membership.user_id), Owner(membership.user, None))
        owner.partner_ids.add(membership.partner_id)
        owner.steps |= by_partner[membership.partner_id]
    for contact in contacts:
        key = ("user", contact.user_id) if contact.user_id else ("contact", contact.pk)
        owner = found.setdefault(key, Owner(contact.user, None if contact.user_id else contact))
        owner.contact_ids.add(contact.pk)
        owner.steps |= named.get(contact.pk, set())
        if contact.partner_id in untold:
            owner.partner_ids.add(contact.partner_id)
            owner.steps |= by_partner[contact.partner_id]
    return [owner for owner in found.values() if owner.steps or any(map(owner.has, work))]


def owner_of(subscription: Subscription) -> Owner | None:
    """The person a subscription is for, as they stand now; None when their account is closed or they have no address any more."""
    user = subscription.user or (subscription.contact.user if subscription.contact else None)
    if user is not None:
        return owner_for(user, subscription.coalition)
    contacts = list(_reachable(subscription.coalition).filter(pk=subscription.contact_id))
    return _with_partners(Owner(None, contacts[0]), contacts) if contacts else None


def owner_for(user: User, coalition: Coalition) -> Owner | None:
    """The same for somebody with an account; None when it is closed. Three queries."""
    if not user.is_active:
        return None
    contacts = list(_reachable(coalition).filter(user=user))
    owner = _with_partners(Owner(user, None), contacts)
    owner.partner_ids |= set(_told(coalition).filter(user=user).values_list("partner_id", flat=True))
    return owner


def _with_partners(owner: Owner, contacts: list[Contact]) -> Owner:
    """Adds the contacts, and those partners of theirs that have nobody else who is told."""
    told = Membership.objects.filter(_TOLD, partner=OuterRef("partner"))
    alone = Contact.objects.filter(~Exists(told), pk__in=[contact.pk for contact in contacts])
    owner.contact_ids |= {contact.pk for contact in contacts}
    owner.partner_ids |= set(alone.values_list("partner_id", flat=True))
    return owner


_TOLD = Q(role__in=TOLD, partner__isnull=False, user__is_active=True)


def _told(coalition: Coalition) -> QuerySet:
    return Membership.objects.of(coalition).filter(_TOLD)


def _reachable(coalition: Coalition) -> QuerySet:
    """Contacts that mail can reach. An account that was closed is not written to."""
    return Contact.objects.of(coalition).filter(Q(user__is_active=True) | (Q(user=None) & ~Q(email="")))
