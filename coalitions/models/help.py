"""Agencies that ask for help or register a program, without an account."""

from __future__ import annotations

import secrets
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone

from coalitions.enums import AgencyType, HelpContactKind, HelpStatus, ProgramState
from phast.access.funnel import Tenant
from phast.access.table import Action
from phast.jobs.models import Job
from phast.versions import Versioned

from .children import ParentQuerySet
from .coalition import Coalition
from .people import Invitation
from .roster import Partner


def _nonce() -> str:
    return secrets.token_urlsafe(16)


@pghistory.track()
class HelpRequest(Versioned, Tenant):
    """What an agency wrote on the public page: it asks for help, registers a program, or both.

    It joins the queue once the address is confirmed. `partner` and `invitation`: what one click made of it.
    """

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="help_requests")
    agency = models.CharField("agency or organization", max_length=120)
    agency_type = models.CharField(max_length=20, choices=AgencyType, blank=True)
    county = models.CharField(max_length=80, blank=True)
    name = models.CharField("your name", max_length=120)
    title = models.CharField("your role", max_length=120, blank=True)
    email = models.EmailField("your e-mail address")
    phone = models.CharField("your phone", max_length=40, blank=True)
    wants_help = models.BooleanField("we would like help", default=False)
    registers = models.BooleanField("we register a leave-behind program", default=False)
    program = models.CharField("our program", max_length=8, choices=ProgramState, blank=True)
    barriers = models.TextField("what stands in our way", blank=True)
    needs = models.TextField("what we need", blank=True)
    nonce = models.CharField(max_length=30, default=_nonce, editable=False)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    status = models.CharField(max_length=10, choices=HelpStatus, default=HelpStatus.NEW, editable=False)
    next_contact_on = models.DateField("next contact", null=True, blank=True)
    partner = models.ForeignKey(Partner, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    partner_path = "partner"
    opens_to_parent = Action.REQUESTS_HANDLE
    objects = ParentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return self.agency


class HelpMail(Job, Tenant):
    """The mail that asks whoever wrote a request to confirm it. Sending it is the job.

    `address` is kept apart from the request, so that how much mail an address got lately is known when the request is deleted: a form
    that anybody can fill in must not flood a mailbox.
    """

    MAX_ATTEMPTS = 300  # mail may be down for days

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(HelpRequest, on_delete=models.SET_NULL, null=True, related_name="mails")
    address = models.EmailField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"mail of {self.requested_at:%Y-%m-%d}"

    def work(self) -> None:
        """Sends the mail."""
        from coalitions.requests_for_help import send

        send(self)


@pghistory.track()
class HelpContact(Tenant):
    """A call, a mail or a linkage to somebody who can help."""

    coalition_path = "request__coalition"

    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=HelpContactKind)
    on = models.DateField()
    note = models.TextField(blank=True)
    linked_to = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on}"
