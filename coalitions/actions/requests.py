"""Requests for help: sent by anybody, confirmed by mail, worked through by the coordinator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coalitions.enums import HelpContactKind, HelpStatus, PartnerStatus
from coalitions.models import Coalition, Contact, HelpContact, HelpMail, HelpRequest, Invitation, Membership, Partner
from coalitions.requests_for_help import CONFIRM_WITHIN, partner_called_so
from phast import audit
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.queue import enqueue

from .contacts import add_contact
from .invitations import invite
from .partners import add_partner

# What protects mailboxes and the queue from a form that anybody can fill in.
MAILS_A_DAY = 3  # to one address, from all coalitions together
MOST_UNCONFIRMED = 300  # of one coalition


# ------------------------------------------------------------------ sent by anybody
@transaction.atomic
def ask(*, coalition: Coalition, values: Mapping[str, Any]) -> None:
    """Keeps what an agency wrote and asks its address to confirm. Whoever sent it is told the same whatever comes of it.

    The same text again makes no second request. An address that had its mails today, and a coalition with very many unconfirmed
    requests, get no more.
    """
    coalition = Coalition.objects.select_for_update(no_key=True).get(
        pk=coalition.pk
    )  # one after the other, so limits hold
    email = values["email"].lower()
    since = timezone.now() - dt.timedelta(days=1)
    # The mailbox is one, whichever coalition's form sends to it.
    if HelpMail.objects.filter(address=email, requested_at__gt=since).count() >= MAILS_A_DAY:
        return
    request = _same_as(coalition, email, values)
    if request is None:
        if HelpRequest.objects.of(coalition).filter(confirmed_at=None).count() >= MOST_UNCONFIRMED:
            return
        request = HelpRequest.objects.create(coalition=coalition, **{**values, "email": email})
    if request.confirmed_at is None:
        enqueue(HelpMail.objects.create(coalition=coalition, request=request, address=email))


@transaction.atomic
def ask_for_support(*, partner: Partner, needs: str, phone: str = "", by: Actor) -> HelpRequest:
    """Somebody of an agency asks for one-to-one support. Their address is known, so it joins the queue at once, with the agency.

    The same words again within 14 days make no second request.
    """
    said = {"coalition": by.coalition, "partner": partner, "email": by.user.email.lower(), "needs": needs}
    Partner.objects.select_for_update(no_key=True).get(
        pk=partner.pk
    )  # a button pressed twice comes one after the other
    now = timezone.now()
    before = HelpRequest.objects.filter(**said, sent_at__gt=now - CONFIRM_WITHIN).first()
    if before:
        return before
    request = HelpRequest.objects.create(
        **said,
        agency=partner.name,
        agency_type=partner.agency_type,
        name=by.user.name or by.user.email[:120],
        phone=phone,
        wants_help=True,
        confirmed_at=now,
    )
    audit.record("request.made", by=by, partner=partner, target=request)
    return request


def _same_as(coalition: Coalition, email: str, values: Mapping[str, Any]) -> HelpRequest | None:
    said = {name: values[name] for name in ("agency", "wants_help", "registers", "barriers", "needs")}
    lately = timezone.now() - CONFIRM_WITHIN
    return HelpRequest.objects.of(coalition).filter(email=email, sent_at__gt=lately, **said).first()


@transaction.atomic
def confirm(*, request: HelpRequest) -> None:
    """Puts the request in the queue: its address is theirs who wrote it. A second time changes nothing."""
    request = HelpRequest.objects.select_for_update(of=("self",)).select_related("coalition").get(pk=request.pk)
    if request.confirmed_at is None:
        request.confirmed_at = timezone.now()
        request.save(update_fields=["confirmed_at"])
        audit.record("request.confirmed", coalition=request.coalition, request=request.pk)


@transaction.atomic
def deny(*, request: HelpRequest) -> None:
    """Deletes a request whose address says it did not write it. A confirmed one stays."""
    found = HelpRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk, confirmed_at=None).first()
    if found is not None:
        _forget(found)


@transaction.atomic
def forget_unconfirmed() -> int:
    """Deletes what nobody confirmed in 14 days, with its history, and the addresses that were written to. Answers how many."""
    long_ago, yesterday = timezone.now() - CONFIRM_WITHIN, timezone.now() - dt.timedelta(days=1)
    needless = Q(requested_at__lt=long_ago) | Q(request=None, requested_at__lt=yesterday)
    HelpMail.objects.filter(needless).delete()
    requests = list(
        HelpRequest.objects.select_for_update(of=("self",), skip_locked=True).filter(
            confirmed_at=None, sent_at__lt=long_ago
        )
    )
    for request in requests:
        _forget(request)
    return len(requests)


def _forget(request: HelpRequest) -> None:
    history: Any = request.events  # type: ignore[attr-defined]  # made by pghistory
    history.all().delete()
    request.delete()


# ------------------------------------------------------------------ worked through
@transaction.atomic
def set_standing(
    *, request: HelpRequest, status: HelpStatus, next_contact_on: dt.date | None, version: int | None, by: Actor
) -> None:
    """Says how far it is and when to be in touch next. Raises EditConflict when somebody said so since `version`."""
    request = HelpRequest.objects.get(pk=request.pk)
    request.lock(version)
    _stand(request, status, next_contact_on, by)


@transaction.atomic
def record_contact(
    *,
    request: HelpRequest,
    kind: HelpContactKind,
    on: dt.date,
    note: str,
    linked_to: Partner | None,
    status: HelpStatus,
    next_contact_on: dt.date | None,
    by: Actor,
) -> HelpContact:
    """Keeps a call, a mail, a visit or a linkage, and where the request stands after it."""
    request = HelpRequest.objects.get(pk=request.pk)
    request.lock(None)
    contact = HelpContact.objects.create(request=request, kind=kind, on=on, note=note, linked_to=linked_to, by=by.user)
    audit.record("request.contact_recorded", by=by, target=request, kind=str(kind))
    _stand(request, status, next_contact_on, by)
    return contact


@transaction.atomic
def remove_contact(*, contact: HelpContact, by: Actor) -> None:
    """Takes back a contact that was recorded by mistake."""
    audit.record("request.contact_removed", by=by, target=contact.request, kind=contact.kind)
    contact.delete()


def _stand(request: HelpRequest, status: HelpStatus, next_contact_on: dt.date | None, by: Actor) -> None:
    before = request.status
    request.status, request.next_contact_on = status, None if status == HelpStatus.CLOSED else next_contact_on
    request.save()
    if before != status:
        audit.record("request.status_changed", by=by, target=request, status=[before, str(status)])


@transaction.atomic
def welcome(*, request: HelpRequest, partner: Partner | None = None, by: Actor) -> HelpRequest:
    """Makes the agency a partner and its writer a contact who is invited as its lead; `partner`: one that is on the roster already.

    Who has a place there or an open invitation gets no second one. Raises ValidationError when a partner is called so and was not chosen,
    or the request has become a partner already; PermissionDenied when the actor may not invite leads.
    """
    request = HelpRequest.objects.get(pk=request.pk)
    request.lock(None)
    if request.partner_id:
        raise ValidationError("This request has its partner already.")
    if partner is None:
        if partner_called_so(request):
            raise ValidationError("A partner with this name is on the roster. Use that one.")
        values = {"name": request.agency, "agency_type": request.agency_type, "status": PartnerStatus.INVITED}
        partner = add_partner(by=by, values=values)
    if not Contact.objects.filter(partner=partner, email__iexact=request.email).exists():
        said = {"name": request.name, "title": request.title, "email": request.email, "phone": request.phone}
        add_contact(partner=partner, by=by, values=said)
    request.partner = partner
    if not _is_expected(partner, request.email):
        request.invitation = invite(email=request.email, name=request.name, role=Role.LEAD, partner=partner, by=by)
    if request.status == HelpStatus.NEW:
        request.status = HelpStatus.OPEN
    request.save()
    audit.record("request.made_partner", by=by, target=request, name=partner.name)
    return request


def _is_expected(partner: Partner, email: str) -> bool:
    """True when the person has a role at the partner, or an open invitation to one."""
    here = Membership.objects.filter(partner=partner, user__email__iexact=email)
    asked = Invitation.objects.filter(
        partner=partner, email__iexact=email, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    return here.exists() or asked.exists()
