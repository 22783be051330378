"""Money: what there is, until when, and what was applied for."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from coalitions.enums import ApplicationStatus, FundingKind
from phast.access.funnel import Tenant
from phast.versions import Versioned

from .coalition import Coalition
from .roster import Partner


class Amount(models.Model):
    """Money in dollars; None: not known."""

    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def dollars(self) -> str:
        """The amount as people write it."""
        return "" if self.amount is None else f"${self.amount:,.2f}".removesuffix(".00")


@pghistory.track()
class FundingSource(Versioned, Amount, Tenant):
    """Money for a time. Plans point here from the steps it pays for."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="funding_sources")
    kind = models.CharField(max_length=12, choices=FundingKind)
    name = models.CharField(max_length=160)
    holder = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who holds it"
    )
    from_on = models.DateField("from", null=True, blank=True)
    to_on = models.DateField("until", null=True, blank=True)
    pays_for = models.TextField("what it pays for", blank=True)

    class Meta:
        ordering: ClassVar = ["to_on", "name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="funding_not_negative"),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="funding_ends_after_it_begins",
                violation_error_message="It ends before it begins. Check the two dates.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class FundingApplication(Versioned, Amount, Tenant):
    """An application for money, with whom, by when, and the evidence that goes with it."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="funding_applications")
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=FundingKind)
    funder = models.CharField(max_length=160, blank=True)
    deadline = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=ApplicationStatus, default=ApplicationStatus.PLANNED)
    lead = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who applies"
    )
    co_applicants = models.ManyToManyField(Partner, blank=True, related_name="+", verbose_name="together with")
    benefit = models.TextField("what comes back for the money", blank=True, help_text="Return on investment.")
    benefit_source = models.CharField("where that is from", max_length=300, blank=True)
    stories = models.TextField("success stories", blank=True)
    source = models.ForeignKey(
        FundingSource, on_delete=models.SET_NULL, null=True, blank=True, related_name="applications"
    )

    class Meta:
        ordering: ClassVar = ["deadline", "title", "pk"]

    def __str__(self) -> str:
        return self.title
