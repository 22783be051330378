"""Who has adopted what: the grid behind a challenge that is uneven adoption."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from phast.access.funnel import Tenant
from plans.enums import Adoption

from .plan import PlanItem


class Intervention(PlanItem):
    """Something partners adopt or do not: "every officer carries naloxone". A column of the grid."""

    shared_by_partners = True  # each says for itself where it stands

    text = models.CharField("what partners may adopt", max_length=120)

    def __str__(self) -> str:
        return self.text


class Stance(Tenant):
    """Where a partner stands on an intervention from a day on, with the reason. The latest day counts; earlier ones are the history.

    For the coordinator and the agencies' leads only.
    """

    coalition_path = "intervention__plan__coalition"
    partner_path = "partner"

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="stances")
    partner = models.ForeignKey("coalitions.Partner", on_delete=models.PROTECT, related_name="+")
    adoption = models.CharField("where they stand", max_length=12, choices=Adoption)
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateField("since")
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intervention", "partner", "since"], name="stance_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_adoption_display()}"
