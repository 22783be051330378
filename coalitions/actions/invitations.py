"""Invitations: the only way in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.enums import PartnerStatus
from coalitions.models import Invitation, Membership, Partner
from coalitions.rules import may_give
from phast import audit
from phast.access.actor import Actor
from phast.access.table import Role
from phast.accounts.models import User
from phast.constraints import readable
from phast.jobs.queue import enqueue

from .contacts import link_contacts


class InvitationOver(Exception):
    """The invitation was accepted, withdrawn, or ran out."""


@transaction.atomic
def invite(*, email: str, name: str, role: Role, partner: Partner | None, by: Actor) -> Invitation:
    """Invites a person, by mail. Raises ValidationError when they have that role's place already, or an open invitation to it;
    PermissionDenied for a role the actor may not give."""
    if not may_give(by, role, partner):
        raise PermissionDenied
    email = email.strip().lower()
    there = Membership.objects.of(by.coalition).filter(user__email__iexact=email, partner=partner)
    if there.exists():
        raise ValidationError({"email": "This person has a role there already. Change it under People."})
    open_ones = Invitation.objects.of(by.coalition).filter(
        email=email, partner=partner, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    if open_ones.exists():
        raise ValidationError(
            {"email": "This person has an open invitation. Send it again from the list, or withdraw it."}
        )
    invitation = Invitation(
        coalition=by.coalition, email=email, name=name, role=role, partner=partner, created_by=by.user
    )
    return send_new(invitation, user=by.user)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    """Sends it again, as a new invitation with a new link and 72 new hours; the old link stops working."""
    old = _locked(invitation)
    if old.accepted_at:
        raise ValidationError("This invitation was accepted; there is nothing to send again.")
    if old.withdrawn_at is None:
        _withdraw(old, by)
    new = Invitation(
        coalition=old.coalition, email=old.email, name=old.name, role=old.role, partner=old.partner, created_by=by.user
    )
    return send_new(new, user=by.user)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor) -> None:
    """Takes it back: the link stops working. Raises ValidationError when it was accepted meanwhile."""
    invitation = _locked(invitation)
    if invitation.accepted_at:
        raise ValidationError("This invitation was accepted meanwhile. You can remove the person under People.")
    if invitation.withdrawn_at is None:
        _withdraw(invitation, by)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Gives the signed-in person the role they were invited to.

    Raises InvitationOver when the link was used, withdrawn or is old; PermissionDenied when it was made for another address;
    ValidationError when they hold a role there already.
    """
    invitation = _locked(invitation)
    if not invitation.is_open:
        raise InvitationOver
    if user.email.lower() != invitation.email.lower():
        raise PermissionDenied
    return _admit(invitation, user)


@transaction.atomic
def accept_as_new_person(*, invitation: Invitation, name: str, password: str) -> User:
    """Opens an account with the invited address, or sets up one whose address nobody has verified, and gives it the role.

    Raises InvitationOver as above. An account that somebody has verified is never touched: its owner signs in and accepts.
    """
    invitation = _locked(invitation)
    if not invitation.is_open:
        raise InvitationOver
    user = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, password, name=name)
        audit.record("account.created", user=user, coalition=invitation.coalition, target=user)
    elif has_owner(user):
        raise PermissionDenied
    else:
        # Whoever chose the old password never showed that the mailbox is theirs.
        user.name = name
        user.set_password(password)
        user.save(update_fields=["name", "password"])
    # The link was in that mailbox.
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    _admit(invitation, user)
    return user


def has_owner(user: User) -> bool:
    """True when somebody has shown that the account's address is theirs, or the account is closed."""
    return not user.is_active or EmailAddress.objects.filter(user=user, verified=True).exists()


def send_new(invitation: Invitation, *, user: User | None) -> Invitation:
    """Saves a new invitation and has it sent. `user` None: the portal itself."""
    with readable():
        invitation.save()
    audit.record("invitation.created", user=user, coalition=invitation.coalition, target=invitation)
    enqueue(invitation)
    return invitation


def _locked(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",)).select_related("coalition", "partner").get(pk=invitation.pk)
    )


def _withdraw(invitation: Invitation, by: Actor) -> None:
    invitation.withdrawn_at, invitation.withdrawn_by = timezone.now(), by.user
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("invitation.withdrawn", by=by, target=invitation)


def _admit(invitation: Invitation, user: User) -> Membership:
    with readable():
        membership = Membership.objects.create(
            coalition=invitation.coalition,
            user=user,
            role=invitation.role,
            partner=invitation.partner,
            created_by=invitation.created_by,
        )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if invitation.partner is not None:
        link_contacts(user=user, partner=invitation.partner)
        # A partner that was only invited has come: somebody of theirs is here.
        invited = Partner.objects.filter(pk=invitation.partner.pk, status=PartnerStatus.INVITED)
        invited.update(status=PartnerStatus.ACTIVE)
    audit.record("invitation.accepted", user=user, coalition=invitation.coalition, target=invitation)
    return membership
