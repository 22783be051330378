"""Mail about one's steps, and calendars that follow them: what reaches people without a sign-in."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from phast.access.funnel import Tenant
from phast.jobs.models import Job
from plans.enums import FeedKind, Rhythm

from .step import Step

LINK_LASTS = dt.timedelta(days=14)


def nonce() -> str:
    """What makes a link impossible to guess; the link itself is signed, not stored."""
    return secrets.token_urlsafe(16)


def link_end() -> dt.datetime:
    return timezone.now() + LINK_LASTS


class Subscription(Tenant):
    """Who gets mail about their steps, and how often: somebody with an account, or a contact without one.

    `last_made_at`: when their mail was last made or found to have nothing to say, or when they chose how often it comes.
    """

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("coalitions.Contact", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    rhythm = models.CharField("how often", max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)
    nonce = models.CharField(max_length=30, default=nonce, editable=False)
    last_made_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None) | Q(contact=None, user__isnull=False),
                name="subscription_of_one",
            ),
            models.UniqueConstraint(fields=["contact"], name="one_subscription_a_contact"),
            models.UniqueConstraint(fields=["coalition", "user"], name="one_subscription_a_user"),
        ]

    def __str__(self) -> str:
        return str(self.contact or self.user)


class DigestMail(Job, Tenant):
    """One mail about somebody's steps, with a link that opens just these, and what else is due. Sending it is the job.

    `address`: where it went; the link dies when the person's address is another one, when a step is no longer theirs, and after 14
    days.
    """

    MAX_ATTEMPTS = 300  # mail may be down for days

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="mails")
    address = models.EmailField()
    steps = models.ManyToManyField(Step, related_name="+")
    nonce = models.CharField(max_length=30, default=nonce, editable=False)
    expires_at = models.DateTimeField(default=link_end, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"mail of {self.created_at:%Y-%m-%d}"

    def work(self) -> None:
        """Sends the mail."""
        from plans.digest import send

        send(self)


class CalendarFeed(Tenant):
    """An address a calendar program reads due dates from: the person's own steps, or all of the coalition's. Revocable."""

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=FeedKind)
    nonce = models.CharField(max_length=30, default=nonce, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "user", "kind"], condition=Q(revoked_at=None), name="one_feed_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
