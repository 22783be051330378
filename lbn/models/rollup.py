"""Sums kept by the database as counts are written (see `triggers`). Nothing else writes them but the command that mends them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coalitions.models import Coalition, Partner
from lbn.enums import Setting
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
    """Also what agencies say besides the kits; where nobody said, 0."""

    partner_path = "partner"

    declined = models.BigIntegerField(default=0, db_default=0)
    none_available = models.BigIntegerField(default=0, db_default=0)
    reversals = models.BigIntegerField(default=0, db_default=0)

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "from_on", "to_on", "partner"], name="agency_rollup")
        ]


class SettingRollup(Rollup):
    setting = models.CharField(max_length=20, choices=Setting, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "from_on", "to_on", "setting"], name="setting_rollup")
        ]


class KitTypeRollup(Rollup):
    """`kit_type`: None is "not recorded"."""

    kit_type = models.ForeignKey("lbn.KitType", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "from_on", "to_on", "kit_type"], nulls_distinct=False, name="kit_type_rollup"
            )
        ]
