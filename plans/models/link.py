"""What a step has to do with the coalition's other work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from phast.access.funnel import Tenant

from .step import Step


class StepLink(Tenant):
    """That a step came of an engagement opportunity or of an action a meeting agreed on, is an item of a meeting's agenda, or is paid
    for by a source of funding: exactly one of them.
    """

    coalition_path = "step__plan__coalition"

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="links")
    engagement = models.ForeignKey("coalitions.Engagement", on_delete=models.CASCADE, null=True, related_name="+")
    meeting_action = models.ForeignKey(
        "coalitions.MeetingAction", on_delete=models.CASCADE, null=True, related_name="+"
    )
    agenda_item = models.ForeignKey("coalitions.AgendaItem", on_delete=models.CASCADE, null=True, related_name="+")
    funding_source = models.ForeignKey(
        "coalitions.FundingSource", on_delete=models.CASCADE, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(engagement__isnull=False, meeting_action=None, agenda_item=None, funding_source=None)
                | Q(engagement=None, meeting_action__isnull=False, agenda_item=None, funding_source=None)
                | Q(engagement=None, meeting_action=None, agenda_item__isnull=False, funding_source=None)
                | Q(engagement=None, meeting_action=None, agenda_item=None, funding_source__isnull=False),
                name="step_linked_with_one",
            ),
            models.UniqueConstraint(fields=["step", "engagement"], name="step_of_engagement_once"),
            models.UniqueConstraint(fields=["step", "meeting_action"], name="step_of_meeting_action_once"),
            models.UniqueConstraint(fields=["step", "agenda_item"], name="step_on_agenda_once"),
            models.UniqueConstraint(fields=["step", "funding_source"], name="step_paid_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.engagement or self.meeting_action or self.agenda_item or self.funding_source}"
