"""Training sessions, as counts of people: who took part is stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coalitions.models import Coalition, Partner
from lbn.enums import Audience, SessionKind
from phast.access.funnel import Tenant
from phast.access.table import Action
from phast.versions import Versioned

from .reference import TrainingElement


class TrainingSession(Versioned, Tenant):
    """A session held on a day, and the elements it covered. `partner` is the agency that held it; None: the coalition. Agencies that
    took part each have a `SessionPart` and may read the session; only who held it changes it."""

    partner_path = "partner"
    hides_people = True

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who held it"
    )
    kind = models.CharField(max_length=13, choices=SessionKind)
    audience = models.CharField("for whom", max_length=11, choices=Audience, default=Audience.PERSONNEL)
    held_on = models.DateField("held on")
    elements = models.ManyToManyField(TrainingElement, blank=True, related_name="+", verbose_name="what it covered")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.held_on:%b} {self.held_on.day}, {self.held_on.year}"

    @classmethod
    def of_partners(cls, keys: Sequence[int], action: Action) -> Q:
        """Those they held; those they took part in, to read."""
        held = Q(partner__in=keys)
        if action != Action.PROGRAM_SEE:
            return held
        return held | Q(pk__in=SessionPart.objects.filter(partner__in=keys).values("session"))


class SessionPart(Tenant):
    """How many people of one agency took part in a session, and how many were trained by it."""

    coalition_path = "session__coalition"
    partner_path = "partner"

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="parts")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="session_parts")
    took_part = models.PositiveIntegerField("people who took part")
    trained = models.PositiveIntegerField("of them trained")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "partner"], name="part_once"),
            models.CheckConstraint(
                condition=Q(trained__lte=F("took_part")),
                name="part_trained",
                violation_error_message="No more people can be trained than took part.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trained:,} of {self.took_part:,} trained"
