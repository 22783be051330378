"""Work on the roster that takes more than a moment: a spreadsheet on its way in, and two partners that became one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from phast.access.funnel import Tenant
from phast.sheets.waiting import WaitingSheet

from .coalition import Coalition
from .roster import Partner


class RosterImport(WaitingSheet):
    """A spreadsheet of partners and contacts, until they are on the roster.

    `answers` also says which names are the same. Of those, fingerprints of the names and keys of rows stay, so that the same file
    brought in again is understood at once.
    """

    OVER = "This import is over: the roster has it, or it was given up."
    VERB = "roster_import"


class PartnerMerge(Tenant):
    """That a partner was merged into another: which rows went along, so that it can be undone within the day.

    `moved`: keys of rows by "app.Model.field". `status`: what the partner was before.
    """

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10)
    moved = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.gone} into {self.kept}"


class ToldApart(Tenant):
    """Two partners, or two contacts, that look like one and are not: whoever looks for duplicates is not asked about them again.

    `one` and `other`: their keys, the smaller first. A key whose record is gone says nothing any more.
    """

    PARTNER, CONTACT = "partner", "contact"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(PARTNER, "Partner"), (CONTACT, "Contact")])
    one = models.BigIntegerField()
    other = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "pairs that were told apart"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "kind", "one", "other"], name="told_apart_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="told_apart_in_order"),
        ]

    def __str__(self) -> str:
        return f"Two {self.kind}s told apart"
