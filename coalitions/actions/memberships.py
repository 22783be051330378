"""People's roles. A coalition never loses its last coordinator: the database refuses it, also when two act at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from coalitions.models import Membership, Partner
from coalitions.rules import may_give
from phast import audit
from phast.access.actor import Actor
from phast.access.table import Role
from phast.accounts.models import User
from phast.constraints import readable

from .contacts import link_contacts

LAST_COORDINATOR = (
    "A coalition keeps at least one coordinator. Make somebody else a coordinator first, or hand the coalition over."
)


@transaction.atomic
def change_role(*, membership: Membership, role: Role, partner: Partner | None, by: Actor) -> None:
    """Gives the membership another role, or another partner. Raises ValidationError for the last coordinator, PermissionDenied for
    a role the actor may not give."""
    if not may_give(by, role, partner):
        raise PermissionDenied
    left = membership.partner
    with _a_coordinator_stays():
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        before = _in_words(membership)
        membership.role, membership.partner = role, partner
        membership.save()
    _link(membership.user, left, partner)
    audit.record("membership.changed", by=by, target=membership, role=[before, _in_words(membership)])


@transaction.atomic
def remove_membership(*, membership: Membership, by: Actor) -> None:
    """Takes the role away; the person's next request meets 403 or 404. Raises ValidationError for the last coordinator."""
    audit.record("membership.removed", by=by, target=membership, role=_in_words(membership))
    user, left = membership.user, membership.partner
    with _a_coordinator_stays():
        membership.delete()
    _link(user, left)


@transaction.atomic
def hand_over(*, to: Membership, by: Actor, stay_as: Role | None) -> None:
    """Makes somebody else coordinator and steps down: to another role (`stay_as`), or out of the coalition (None)."""
    own = list(Membership.objects.of(by.coalition).filter(user=by.user, role=Role.COORDINATOR))
    if not own or to.user_id == by.user.pk:
        raise PermissionDenied
    change_role(membership=to, role=Role.COORDINATOR, partner=to.partner, by=by)
    for membership in own:
        if stay_as is None:
            remove_membership(membership=membership, by=by)
        else:
            change_role(membership=membership, role=stay_as, partner=membership.partner, by=by)
    audit.record("coalition.handed_over", by=by, target=to.user, stay_as=str(stay_as or "left"))


@transaction.atomic
def sign_out_everywhere(*, user: User, by: Actor) -> int:
    """Ends every session of the person, on all their devices. Returns how many there were."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    audit.record("account.signed_out_everywhere", by=by, target=user, sessions=len(sessions))
    return len(sessions)


@contextmanager
def _a_coordinator_stays() -> Iterator[None]:
    with readable(never_without_coordinator=LAST_COORDINATOR):
        yield
        with connection.cursor() as cursor:
            # The trigger waits for the commit; asked now, it answers while there is still a form to answer to.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _link(user: User, *partners: Partner | None) -> None:
    for partner in partners:
        if partner is not None:
            link_contacts(user=user, partner=partner)


def _in_words(membership: Membership) -> str:
    place = f" at {membership.partner}" if membership.partner else ""
    return f"{membership.get_role_display()}{place}"
