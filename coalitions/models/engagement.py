"""Working on what the source documents suggest, and how far the coalition is."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coalitions.enums import EngagementStatus, Readiness
from phast.access.funnel import Tenant
from phast.versions import Versioned

from .coalition import Coalition
from .reference import CriticalElement, Opportunity, TakeawayAction
from .roster import Contact, Partner


@pghistory.track()
class Engagement(Versioned, Tenant):
    """What the coalition does about one opportunity with a sector, or one action of a takeaway. No row: not started.

    `touched_on`: when somebody last did something about it. Plans point here from the steps that came of it.
    """

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="engagements")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    action = models.ForeignKey(TakeawayAction, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    status = models.CharField(max_length=14, choices=EngagementStatus, default=EngagementStatus.NOT_STARTED)
    lead = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="who leads"
    )
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="with whom"
    )
    touched_on = models.DateField("last touched", null=True, blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opportunity__isnull=False, action=None) | Q(opportunity=None, action__isnull=False),
                name="engagement_of_one",
            ),
            models.UniqueConstraint(fields=["coalition", "opportunity"], name="opportunity_worked_on_once"),
            models.UniqueConstraint(fields=["coalition", "action"], name="action_worked_on_once"),
        ]

    def __str__(self) -> str:
        return str(self.opportunity or self.action)


class SectorCoverage(Tenant):
    """Which sectors were filled at the start of a month, so that coverage can be seen over time. Written once a month."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    filled = models.JSONField(help_text="Keys of the sectors that had an active partner or a seat.")

    class Meta:
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["coalition", "on"], name="coverage_once_a_month")]

    def __str__(self) -> str:
        return f"{self.on}: {len(self.filled)}"


class ReadinessRating(Tenant):
    """How far the coalition has one of the six critical elements of a PHAST, on a day, with the evidence. Kept, never changed."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="ratings")
    element = models.ForeignKey(CriticalElement, on_delete=models.PROTECT, related_name="+")
    rating = models.PositiveSmallIntegerField(choices=Readiness)
    evidence = models.CharField(max_length=500, blank=True)
    on = models.DateField("rated on")
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "element", "on"], name="rated_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.element}: {self.get_rating_display()}"
