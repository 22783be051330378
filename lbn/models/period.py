"""Reporting periods, and an agency's report of one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant
from phast.jobs.models import Job


class Period(Tenant):
    """A span the coalition's agencies report on: a month, a quarter or a half year. Once closed, its counts cannot change."""

    shared_by_partners = True

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="periods")
    from_on = models.DateField("first day")
    to_on = models.DateField("last day")
    due_on = models.DateField("report due on")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "from_on"], name="period_once"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on"), due_on__gt=F("to_on")), name="period_in_order"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="closed_pair",
            ),
        ]

    def __str__(self) -> str:
        if (self.to_on - self.from_on).days < 31:
            return f"{self.from_on:%B %Y}"
        return f"{self.from_on:%B} to {self.to_on:%B %Y}"

    @property
    def short(self) -> str:
        """For the head of a narrow column: "Nov 2026", "Oct–Dec 2026"."""
        if (self.to_on - self.from_on).days < 31:
            return f"{self.from_on:%b %Y}"
        return f"{self.from_on:%b}–{self.to_on:%b %Y}"


class PeriodReport(Tenant):
    """An agency says its counts of a period are complete. Without entries it says "nothing to report"; no row is "not reported"."""

    coalition_path = "period__coalition"
    partner_path = "partner"
    hides_people = True

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="reports")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="period_reports")
    submitted_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(default=False, help_text="The coordinator submitted it for the agency.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "partner"], name="one_report", violation_error_message="This period is reported."
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.period}"


class PeriodReminder(Tenant):
    """An agency was reminded of a report. The row is written before the mail goes out, so that nobody is reminded twice."""

    class Kind(models.TextChoices):
        SOON = "soon", "Before it is due"
        DUE = "due", "On the day it is due"
        LATE = "late", "After it was due"
        ASKED = "asked", "The coordinator asked"

    coalition_path = "period__coalition"
    partner_path = "partner"

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="reminders")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    sent_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "partner", "kind", "sent_on"], name="reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.period}, {self.get_kind_display()}"


class ReminderMail(Job, Tenant):
    """A reminder on its way to one person of the agency. Sending it is the job."""

    coalition_path = "reminder__period__coalition"
    partner_path = "reminder__partner"
    MAX_ATTEMPTS = 300  # mail may be down for days; what was reported meanwhile is not asked for

    reminder = models.ForeignKey(PeriodReminder, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["reminder", "user"], name="reminded_each_once")]

    def __str__(self) -> str:
        return f"mail of {self.requested_at:%Y-%m-%d}"

    def work(self) -> None:
        """Sends the mail."""
        from lbn.reminders import send

        send(self)


class ReminderStop(Tenant):
    """Somebody who wants no reminders by e-mail. Without a row they get them."""

    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["coalition", "user"], name="reminders_stopped_once")]

    def __str__(self) -> str:
        return str(self.user)
