"""A plan that somebody keeps in a spreadsheet, on its way in."""

from __future__ import annotations

from typing import Any

from django.db import models

from phast.sheets.waiting import WaitingSheet

from .plan import Plan


class PlanImport(WaitingSheet):
    """A spreadsheet, until its steps are in a plan. `answers` also says who each unknown owner is.

    `plan`: where the steps go; None for a new plan.
    """

    OVER = "This import is over: its steps are in the plan, or it was given up."
    VERB = "plan_import"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, null=True, related_name="+")

    def finish(self, answers: dict[str, Any] | None = None, *, plan: Plan | None = None) -> None:
        """Empties it. `plan`: where its steps are now; None when nothing came in."""
        self.plan = plan
        self.save(update_fields=["plan"])
        super().finish(answers)
