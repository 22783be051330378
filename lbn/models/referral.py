"""Whom a program refers survivors of an overdose to, and how often it did: counts by month, nothing about a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from coalitions.models import Coalition, Partner
from lbn.enums import ReferralKind
from phast.access.funnel import Tenant
from phast.versions import Versioned


class ReferralPartner(Versioned, Tenant):
    """A peer or outreach organization that an agency refers to: `to`, on the roster, or one by its `name`."""

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="referral_partners")
    to = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="partner on the roster"
    )
    name = models.CharField("name of the organization", max_length=120, blank=True)
    kind = models.CharField("what it offers", max_length=16, choices=ReferralKind)
    how = models.CharField("how to reach it", max_length=200, blank=True)
    is_active = models.BooleanField("we refer to it now", default=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to__isnull=False, name="") | (Q(to=None) & ~Q(name="")),
                name="roster_or_name",
                violation_error_message="Choose a partner from the roster, or write the organization’s name.",
            ),
            models.UniqueConstraint(
                fields=["partner", "to", "name"],
                nulls_distinct=False,
                name="referred_to_once",
                violation_error_message="This organization is on the list already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.to)


class ReferralCount(Versioned, Tenant):
    """How many referrals an agency made to one of its partners in a month."""

    coalition_path = "to__coalition"
    partner_path = "to__partner"

    to = models.ForeignKey(ReferralPartner, on_delete=models.PROTECT, related_name="counts")
    month = models.DateField(help_text="Its first day stands for the month.")
    referrals = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["to", "month"],
                name="referrals_once",
                violation_error_message="This month has a number already. Change that one.",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="referral_month"),
        ]

    def __str__(self) -> str:
        return f"{self.referrals:,} in {self.month:%B %Y}"
