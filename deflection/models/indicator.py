"""What a program counts in a quarter."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from phast.access.funnel import Tenant
from phast.versions import Versioned

from .program import Program

FIGURES = (
    "encounters",
    "referrals",
    "reached_in_1_day",
    "reached_in_3_days",
    "reached_in_7_days",
    "reached_later",
    "engaged_at_30_days",
)
# What a quarter's form, its page, a release and a summary call the times to the first contact. Beginning with a digit, they stand in the
# order of time.
CONTACT_AFTER = {
    "reached_in_1_day": "1 day or less",
    "reached_in_3_days": "2 to 3 days",
    "reached_in_7_days": "4 to 7 days",
    "reached_later": "8 days or more",
}
LARGEST = 100_000  # more is a slip of the finger
MANY_REFERRALS = 3  # for each encounter: to treatment, housing and a peer; more than that is asked about


def _figure(label: str) -> Any:
    """A count that nobody has to give: None is "not recorded", which is not zero."""
    return models.PositiveIntegerField(label, null=True, blank=True, validators=[MaxValueValidator(LARGEST)])


def _reached(name: str) -> Any:
    return _figure(f"first contact after {CONTACT_AFTER[name]}")


@pghistory.track()
class QuarterCounts(Versioned, Tenant):
    """A program's aggregate counts for a quarter (DOMAIN: counts only). `from_on`: the quarter's first day.

    The time to the first contact is counts, too: how many people were first reached after each of CONTACT_AFTER. These are exact
    figures: read them with `Action.COUNTS_SEE`, which gives the coordinator everything and the lead agency its own. Everybody else
    reads releases.
    """

    coalition_path = "program__coalition"
    partner_path = "program__lead"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="quarters")
    from_on = models.DateField("quarter")
    encounters = _figure("encounters")
    referrals = _figure("referrals")
    reached_in_1_day = _reached("reached_in_1_day")
    reached_in_3_days = _reached("reached_in_3_days")
    reached_in_7_days = _reached("reached_in_7_days")
    reached_later = _reached("reached_later")
    engaged_at_30_days = _figure("engaged at 30 days")
    saved_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        verbose_name_plural = "quarter counts"
        ordering: ClassVar = ["-from_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "from_on"],
                name="quarter_once_a_program",
                violation_error_message="This quarter has its counts already. Change those.",
            ),
            models.CheckConstraint(
                condition=Q(from_on__day=1, from_on__month__in=[1, 4, 7, 10]), name="quarter_begins"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__lte": LARGEST for name in FIGURES}),
                name="quarter_counts_are_plausible",
                violation_error_message="A count is at most 100,000. Check the figures.",
            ),
        ]

    @property
    def doubts(self) -> list[str]:
        """What may be a slip of the finger, as sentences. It may be right, too: somebody may have been referred in an earlier quarter,
        or to several services at once."""
        found = []
        first = sum(getattr(self, name) or 0 for name in CONTACT_AFTER)
        if self.encounters is not None and first > self.encounters:
            found.append(f"{first:,} first contacts, {self.encounters:,} encounters.")
        if self.encounters is not None and (self.referrals or 0) > MANY_REFERRALS * self.encounters:
            found.append(f"{self.referrals:,} referrals, {self.encounters:,} encounters.")
        if self.referrals is not None and (self.engaged_at_30_days or 0) > self.referrals:
            found.append(f"{self.engaged_at_30_days:,} engaged at 30 days, {self.referrals:,} referrals.")
        return found

    def __str__(self) -> str:
        return f"{self.program}, {self.from_on:%Y}, quarter {(self.from_on.month + 2) // 3}"
