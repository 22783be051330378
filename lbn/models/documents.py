"""What a program writes down in versions: its kit and its standard operating procedure. A version that is in force never changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant
from phast.access.table import Action
from phast.versions import Versioned

from .count import KitType


def _theirs_and_the_coalitions(keys: Sequence[int], action: Action) -> Q:
    """An agency reads what the coalition wrote for all, once it is approved, and changes only its own."""
    own = Q(partner__in=keys)
    return own | Q(partner=None, approved_at__isnull=False) if action == Action.PROGRAM_SEE else own


def _kept_once_approved(name: str) -> pgtrigger.Protect:
    return pgtrigger.Protect(
        name=name, operation=pgtrigger.Update | pgtrigger.Delete, condition=pgtrigger.Q(old__approved_at__isnull=False)
    )


class KitDesign(Versioned, Tenant):
    """What is in a kit: version `number` of it, of an agency or, with `partner` None, of the coalition. The latest approved is in use.

    `contents`: [{"item": key of a `KitItem` or "", "name": …, "quantity": …}] in the order of the kit; `resource_card`: which card goes
    in, and `card_checked_on`: when what it says was last checked.
    """

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="kit_designs")
    kit_type = models.ForeignKey(KitType, on_delete=models.PROTECT, related_name="designs")
    number = models.PositiveSmallIntegerField("version number", editable=False)
    doses = models.PositiveSmallIntegerField("doses in a kit", default=2)
    contents = models.JSONField(default=list)
    resource_card = models.CharField("resource card", max_length=120, blank=True)
    card_checked_on = models.DateField("card last checked", null=True, blank=True)
    why = models.CharField("what is new, and why", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    approved_at = models.DateTimeField("in use since", null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "partner", "kit_type", "number"], nulls_distinct=False, name="kit_version"
            ),
            models.UniqueConstraint(
                fields=["coalition", "partner", "kit_type"],
                condition=Q(approved_at=None),
                nulls_distinct=False,
                name="one_kit_draft",
                violation_error_message="A new version of this kit is begun already. Go on with that one.",
            ),
            models.CheckConstraint(condition=Q(doses__gte=1, doses__lte=20), name="kit_doses"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="kit_approved_pair",
            ),
        ]
        triggers: ClassVar = [_kept_once_approved("kit_kept")]

    def __str__(self) -> str:
        return f"{self.kit_type}, version {self.number}"

    @classmethod
    def of_partners(cls, keys: Sequence[int], action: Action) -> Q:
        return _theirs_and_the_coalitions(keys, action)


class SopVersion(Versioned, Tenant):
    """Version `number` of the standard operating procedure of an agency or, with `partner` None, of the coalition's model procedure.

    `sections`: [{"key": key of a `SopSection`, or "own-…", "title": …, "text": …}] in the order of the document, as they stood; once
    approved, also the "wording" with names in braces and what was "filled" in for each (`lbn.sop`);
    `approved_role`: the role that approved it, such as "Chief of Police"; no name. The latest approved version is in force.
    """

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="sop_versions")
    number = models.PositiveSmallIntegerField("version number", editable=False)
    sections = models.JSONField(default=list)
    why = models.CharField("what is new, and why", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_role = models.CharField("approved by", max_length=120, blank=True, editable=False)
    in_force_from = models.DateField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "partner", "number"], nulls_distinct=False, name="sop_number"),
            models.UniqueConstraint(
                fields=["coalition", "partner"],
                condition=Q(approved_at=None),
                nulls_distinct=False,
                name="one_sop_draft",
                violation_error_message="A new version is begun already. Go on with that one.",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, approved_role="", in_force_from=None)
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False, in_force_from__isnull=False)
                    & ~Q(approved_role="")
                ),
                name="sop_approved",
            ),
        ]
        triggers: ClassVar = [_kept_once_approved("sop_kept")]

    def __str__(self) -> str:
        return f"Procedure, version {self.number}"

    @classmethod
    def of_partners(cls, keys: Sequence[int], action: Action) -> Q:
        return _theirs_and_the_coalitions(keys, action)
