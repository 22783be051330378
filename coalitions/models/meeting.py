"""Meetings: what is planned, who comes, what was decided and who does what."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coalitions.enums import InviteMethod, MeetingStatus
from phast.access.funnel import Tenant
from phast.jobs.models import Job
from phast.versions import Versioned

from .coalition import Coalition
from .roster import Contact, Partner, Position, Seat


@pghistory.track()
class Meeting(Versioned, Tenant):
    """A meeting of the coalition. `sequence` grows with every change that calendars must hear of."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=160)
    starts_at = models.DateTimeField("begins")
    ends_at = models.DateTimeField("ends")
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField("link to join", blank=True)
    purpose = models.TextField("what it is for", blank=True)
    status = models.CharField(max_length=10, choices=MeetingStatus, default=MeetingStatus.PLANNED, editable=False)
    notes = models.TextField(blank=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["-starts_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_begins",
                violation_error_message="The meeting ends before it begins. Check the two times.",
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class AgendaItem(Versioned, Tenant):
    """Something on the agenda, with who speaks. `done_at`: the meeting has dealt with it."""

    coalition_path = "meeting__coalition"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    order = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(max_length=200)
    speakers = models.CharField("who speaks", max_length=400, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    notes = models.TextField("what was said", blank=True)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Attendance(Tenant):
    """Somebody invited to a meeting, or there without an invitation: a contact, a seat, or a guest without an account.

    `partner`: whom the contact came for, kept when the contact is deleted. `present` is None until somebody says so.
    """

    coalition_path = "meeting__coalition"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, null=True, related_name="+")
    guest_name = models.CharField(max_length=120, blank=True)
    guest_email = models.EmailField(blank=True)
    invited_at = models.DateTimeField(null=True)
    present = models.BooleanField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "contact"], name="contact_once_a_meeting"),
            models.UniqueConstraint(fields=["meeting", "seat"], name="seat_once_a_meeting"),
        ]

    def __str__(self) -> str:
        return str(self.seat or self.contact or self.guest_name or self.partner)


class MeetingMail(Job, Tenant):
    """One mail about a meeting to one address: an invitation (also when something changed) or that it does not take place.

    Sending it is the job. `address` is kept, since somebody who is invited no more is told so. A mail that a later one to the same
    address has overtaken is not sent.
    """

    MAX_ATTEMPTS = 300  # mail may be down for days; the mail waits until the meeting is over
    coalition_path = "meeting__coalition"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="mails")
    attendance = models.ForeignKey(Attendance, on_delete=models.SET_NULL, null=True, related_name="mails")
    name = models.CharField(max_length=120, blank=True)
    address = models.EmailField()
    method = models.CharField(max_length=8, choices=InviteMethod)
    sequence = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.meeting}"

    def work(self) -> None:
        """Sends the mail."""
        from coalitions.meeting_mail import send

        send(self)


@pghistory.track()
class Decision(Versioned, Tenant):
    """What a meeting decided, in a sentence."""

    coalition_path = "meeting__coalition"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    item = models.ForeignKey(AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class MeetingAction(Versioned, Tenant):
    """Something a meeting agreed that somebody does. Plans point here from the step that came of it."""

    coalition_path = "meeting__coalition"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="actions")
    item = models.ForeignKey(AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=200)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_said = models.CharField("due", max_length=60, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
