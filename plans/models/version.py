"""Approved plans, frozen."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from phast.access.funnel import Tenant

from .plan import Plan


class PlanVersion(Tenant):
    """A plan as it was when somebody approved it. Observers read these and nothing else.

    `content` holds everything the plan's pages and PDFs say, with and without the names of people (`plans.versions`). `sha256` is over
    its canonical JSON. A trigger refuses every change but a withdrawal.
    """

    coalition_path = "plan__coalition"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.CharField("what is new", max_length=300, blank=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="version_number"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="version_withdrawn_by_somebody",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["withdrawn_at", "withdrawn_by"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"

    def seal(self) -> str:
        from plans.versions import sha256

        return sha256(self.content)

    @classmethod
    def released(cls) -> Q:
        return Q(withdrawn_at=None)
