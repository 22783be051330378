"""What happened in a plan, one row a change: what a meeting sees of one another, and what can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from phast.access.funnel import Tenant

from .plan import Plan


class PlanChange(Tenant):
    """Something somebody changed in a plan. The latest key is the plan's state: an open page asks whether there is a later one.

    `verb` is the audit log's. `item` and `item_id` name what was changed (`step`, 12). `undo` says how to take it back
    (see `plans.actions.undo`); empty when it cannot be. `undone_at`: when it was.
    """

    coalition_path = "plan__coalition"
    codes = frozenset({"verb", "item"})

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=60)
    item = models.CharField(max_length=30)
    item_id = models.BigIntegerField()
    undo = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    # None: somebody who answered from an e-mail, or the portal itself.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["plan", "-id"], name="change_of_plan")]

    def __str__(self) -> str:
        return f"{self.verb} {self.item_id}"
