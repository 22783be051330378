"""A plan that somebody keeps in a spreadsheet, on its way in."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from phast.access.funnel import Tenant

from .plan import Plan


class PlanImport(Tenant):
    """The cells of a spreadsheet and what the person said about them, until its steps are in a plan.

    `rows`: the cells as text; `answers`: which column is what, and who each unknown owner is. Both are emptied when it is `finished`
    or given up. `plan`: where the steps go; None for a new plan.
    """

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField("name of the file", max_length=120)
    rows = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name
