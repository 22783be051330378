"""What partners and lived-experience seats think of a recommendation."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from phast.access.funnel import Tenant

from .plan import Recommendation

POINTS = (1, 2, 3, 4, 5)


class Vote(Tenant):
    """How much a recommendation would change (impact) and how doable it is (feasibility), 1 to 5, as one partner or seat sees it.

    `by`: who entered it, which may be the coordinator for a partner that said so in the meeting.
    """

    coalition_path = "recommendation__plan__coalition"
    partner_path = "partner"

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="votes")
    partner = models.ForeignKey("coalitions.Partner", on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey("coalitions.Seat", on_delete=models.CASCADE, null=True, related_name="+")
    impact = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    feasibility = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    at = models.DateTimeField(default=timezone.now, editable=False)
    # None: the seat itself, from its own link.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(partner__isnull=False, seat=None) | Q(partner=None, seat__isnull=False), name="vote_of_one"
            ),
            models.CheckConstraint(
                condition=Q(impact__range=(1, 5), feasibility__range=(1, 5)), name="vote_of_one_to_five"
            ),
            models.UniqueConstraint(fields=["recommendation", "partner"], name="one_vote_a_partner"),
            models.UniqueConstraint(fields=["recommendation", "seat"], name="one_vote_a_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.seat or self.partner}: {self.impact}/{self.feasibility}"
