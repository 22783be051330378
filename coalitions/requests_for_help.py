"""Requests for help: the public form's address, the link that confirms a request, the mail it comes in, and the queue.

The mail goes to an address that nobody has confirmed, so nothing that was typed stands in it: it cannot carry somebody's advertising.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db.models import Case, F, IntegerField, Max, Q, QuerySet, Value, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from phast import mail
from phast.access.table import Action
from phast.jobs.models import JobFailed

from .enums import HelpStatus
from .models import HelpMail, HelpRequest, Partner

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .models import Coalition

SIGNER = Signer(salt="coalitions.help_request")
CONFIRM_WITHIN = dt.timedelta(days=14)
SHOWN_TO_AGENCY = 3


# ------------------------------------------------------------------ addresses
def form_address(coalition: Coalition) -> str:
    """The full address of the public form, which the QR code holds."""
    return f"{settings.SITE_URL}{reverse('ask', args=[coalition.slug])}"


def confirm_link(request: HelpRequest) -> str:
    """The full address that confirms the request."""
    return f"{settings.SITE_URL}{reverse('ask_confirm', args=[SIGNER.sign_object([request.pk, request.nonce])])}"


def find(token: str) -> HelpRequest | None:
    """The request of a link; None when we never made that link, or the request is deleted."""
    try:
        pk, nonce = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return HelpRequest.objects.filter(pk=pk, nonce=nonce).select_related("coalition").first()


# ------------------------------------------------------------------ the mail
def send(posted: HelpMail) -> None:
    """Sends the mail. None goes for a request that is deleted or confirmed; mail that is down raises, and the job is tried again."""
    request = HelpRequest.objects.filter(pk=posted.request_id).select_related("coalition").first()
    if request is None or request.confirmed_at:
        return
    words = {
        "coalition": request.coalition,
        "link": confirm_link(request),
        "until": request.sent_at + CONFIRM_WITHIN,
    }
    with timezone.override(ZoneInfo(request.coalition.time_zone)):
        body = render_to_string("coalitions/mail/help_confirm.txt", words)
    subject = f"Please confirm your request to {request.coalition.name}"
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[posted.address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send(message)
    except mail.Refused:
        raise JobFailed("The address refuses mail.") from None


# ------------------------------------------------------------------ the queue
def queue(
    actor: Actor, *, of_children: bool = False, text: str = "", status: str = "", about: str = "", agency_type: str = ""
) -> QuerySet[HelpRequest]:
    """Confirmed requests, new ones first, then by when the next contact is due; closed ones last.

    `about`: "help" or "program". Without a status: all that are not closed. `of_children`: those of the children, not the own.
    """
    found = (
        HelpRequest.objects.of_children(actor, Action.REQUESTS_HANDLE)
        if of_children
        else HelpRequest.objects.visible_to(actor, Action.REQUESTS_HANDLE)
    ).exclude(confirmed_at=None)
    if status != "all":
        found = found.filter(status=status) if status else found.exclude(status=HelpStatus.CLOSED)
    if about:
        found = found.filter(**{"wants_help" if about == "help" else "registers": True})
    if agency_type:
        found = found.filter(agency_type=agency_type)
    if text:
        found = found.filter(
            Q(agency__icontains=text) | Q(name__icontains=text) | Q(county__icontains=text) | Q(email__icontains=text)
        )
    place = Case(
        When(status=HelpStatus.NEW, then=Value(0)),
        When(status=HelpStatus.CLOSED, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return (
        found.select_related("partner", "coalition")
        .annotate(last_contact_on=Max("contacts__on"))
        .order_by(place, F("next_contact_on").asc(nulls_last=True), "-confirmed_at", "-pk")
    )


def asked_lately(actor: Actor, partner: Partner, action: Action) -> list[HelpRequest]:
    """What the agency asked for and is not closed yet, the latest first. `action`: what the actor may do there."""
    asked = HelpRequest.objects.visible_to(actor, action).filter(partner=partner, wants_help=True)
    return list(asked.exclude(confirmed_at=None).exclude(status=HelpStatus.CLOSED)[:SHOWN_TO_AGENCY])


def partner_called_so(request: HelpRequest) -> Partner | None:
    """The partner that has the agency's name, however it is spaced or capitalized; the one it was merged into, if it was."""
    found = Partner.objects.of(request.coalition).filter(name__iexact=" ".join(request.agency.split()))
    partner = found.select_related("merged_into").first()
    return partner.merged_into or partner if partner else None


def overdue(requests: Sequence[HelpRequest], today: dt.date) -> set[int]:
    """The keys of those whose next contact should have been before today."""
    return {
        each.pk
        for each in requests
        if each.status != HelpStatus.CLOSED and each.next_contact_on and each.next_contact_on < today
    }
