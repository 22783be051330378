"""Sums kept by the database as counts are written (see `triggers`). Nothing else writes them but the command that mends them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant


class Rollup(Tenant):
    """Kits and entries that are not voided, over a span: the month that holds the entries, else the quarter, half or year."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_on = models.DateField()
    to_on = models.DateField()
    kits = models.BigIntegerField()
    entries = models.BigIntegerField()

    class Meta:
        abstract = True


class ZipRollup(Rollup):
    """`place`: a ZIP, "unknown" or "outside"."""

    codes = frozenset({"place"})

    place = models.CharField(max_length=8)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "from_on", "to_on", "place"], name="zip_rollup")
        ]


class AgencyRollup(Rollup):
    partner_path = "partner"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "from_on", "to_on", "partner"], name="agency_rollup")
        ]
