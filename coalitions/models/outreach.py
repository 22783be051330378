"""Hearing people, and telling them: listening sessions and alerts. Neither holds a name or a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coalitions.enums import ListeningKind
from phast.access.funnel import Tenant
from phast.jobs.models import Job
from phast.versions import Versioned

from .coalition import Coalition
from .reference import Sector
from .roster import Partner

if TYPE_CHECKING:
    from phast.access.actor import Actor


@pghistory.track()
class ListeningSession(Versioned, Tenant):
    """A focus group or an interview: with how many people of which sector, what they said, and what followed. No names."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="listening_sessions")
    kind = models.CharField(max_length=12, choices=ListeningKind)
    title = models.CharField("what it was about", max_length=160)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    held_on = models.DateField("held on")
    people = models.PositiveSmallIntegerField("how many people")
    themes = models.TextField("what they said", blank=True, help_text="Themes, not quotations that tell who spoke.")
    followed = models.TextField("what followed", blank=True)

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Alert(Versioned, Tenant):
    """An aggregate notice, such as a spike or a potent batch: where, when, what to do, and when it lapses. No case details."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="alerts")
    title = models.CharField(max_length=160)
    area = models.CharField(max_length=160)
    from_on = models.DateField("seen from")
    to_on = models.DateField("seen until", null=True, blank=True)
    advice = models.TextField("what to do")
    lapses_on = models.DateField("lapses on")
    partners = models.ManyToManyField(Partner, through="AlertReceipt", related_name="+")
    issued_at = models.DateTimeField(default=timezone.now, editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)
    corrected_at = models.DateTimeField(null=True, editable=False)  # when something in it last turned out wrong

    class Meta:
        ordering: ClassVar = ["-issued_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lapses_on__gte=F("from_on")),
                name="alert_lapses_later",
                violation_error_message="It lapses before it begins. Check the two dates.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """Alerts that the person's partner was told of."""
        return Q(pk__in=AlertReceipt.objects.filter(partner__in=actor.own_partner_ids).values("alert"))


class AlertReceipt(Tenant):
    """That a partner was told of an alert, whether it said so, and what it did."""

    coalition_path = "alert__coalition"
    partner_path = "partner"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="receipts")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    response = models.TextField("what was done", blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["alert", "partner"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.alert}: {self.partner}"


class AlertMail(Job, Tenant):
    """An alert on its way to one address of a partner that was told. Sending it is the job."""

    coalition_path = "receipt__alert__coalition"
    partner_path = "receipt__partner"
    MAX_ATTEMPTS = 300  # mail may be down for days; an alert that lapsed meanwhile is not sent

    receipt = models.ForeignKey(AlertReceipt, on_delete=models.CASCADE, related_name="mails")
    address = models.EmailField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"mail of {self.requested_at:%Y-%m-%d}"

    def work(self) -> None:
        """Sends the mail."""
        from coalitions.alerts import send

        send(self)
