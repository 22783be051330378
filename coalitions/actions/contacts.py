"""Contacts, and which of them is a person who signs in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coalitions.models import Contact, Membership, Partner
from phast import audit, mail
from phast.access.actor import Actor
from phast.accounts.models import User
from phast.constraints import readable


@transaction.atomic
def add_contact(*, partner: Partner, by: Actor, values: Mapping[str, Any]) -> Contact:
    """Adds a person to a partner's contacts."""
    contact = Contact(partner=partner, **values)
    contact.user = _account_of(contact)
    contact.save()
    audit.record("contact.created", by=by, target=contact, at=partner.name)
    return contact


@transaction.atomic
def update_contact(*, contact: Contact, by: Actor, version: int | None, values: Mapping[str, Any]) -> Contact:
    """Saves what was edited. Raises EditConflict when somebody saved the contact since `version`."""
    contact = Contact.objects.get(pk=contact.pk)
    contact.lock(version)
    changed = [name for name, value in values.items() if getattr(contact, name) != value]
    for name in changed:
        setattr(contact, name, values[name])
    contact.user = _account_of(contact)
    contact.save()
    if changed:
        audit.record("contact.changed", by=by, target=contact, changed=changed)
    return contact


@transaction.atomic
def remove_contact(*, contact: Contact, by: Actor) -> None:
    """Takes a person off the contacts. A position they held is vacant then. Raises ValidationError when something still needs
    the contact."""
    audit.record("contact.removed", by=by, target=contact)
    with readable():
        contact.delete()


@transaction.atomic
def say_address_works(*, address: str, by: Actor, contact: Contact | None = None) -> None:
    """Mail goes to the address again: somebody mended what made it refuse mail. `contact`: whose it is, when not the person's own."""
    if mail.clear(address, by=by.user):
        audit.record("mail.address_works", by=by, target=contact or by.user)


def link_contacts(*, user: User, partner: Partner) -> None:
    """Keeps the partner's contacts and the person's memberships in step: the contact with the person's e-mail address is that
    person while they belong to the partner. Somebody who comes to a partner is put on its contacts."""
    here = Contact.objects.filter(partner=partner)
    if not Membership.objects.filter(user=user, partner=partner).exists():
        here.filter(user=user).update(user=None)
    elif not here.filter(email__iexact=user.email).update(user=user):
        Contact.objects.create(partner=partner, name=str(user), email=user.email, user=user)


def _account_of(contact: Contact) -> User | None:
    if not contact.email:
        return None
    membership = Membership.objects.filter(partner=contact.partner, user__email__iexact=contact.email).first()
    return membership.user if membership else None
