"""What members and observers see of the counts."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from phast.access.funnel import EVERY_ROW, Tenant
from phast.access.table import Action

from .children import ParentQuerySet
from .coalition import Coalition


class Release(Tenant):
    """A frozen, numbered, hashed table: kits by ZIP for one calendar quarter that is over, small counts hidden.

    `table` holds only what may be seen: {"cells": [[label, kits or null]], "total": kits or null, "unplaced": …}; null is hidden.
    `sha256` is over its canonical JSON. Rows are never changed: a trigger refuses it.
    """

    codes = frozenset({"table"})  # figures, and what they are of: no words of people

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    from_on = models.DateField("first day")
    to_on = models.DateField("last day")
    threshold = models.PositiveSmallIntegerField()
    table = models.JSONField()
    sha256 = models.CharField(max_length=64)
    data_as_of = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    opens_to_parent = Action.RELEASES_SEE
    objects = ParentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "number"], name="release_number"),
            models.UniqueConstraint(
                fields=["coalition", "from_on"],
                name="one_release_a_quarter",
                violation_error_message="This quarter has been released.",
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Release {self.number}: {self.quarter}"

    @property
    def quarter(self) -> str:
        """As people say it: "July to September 2026"."""
        return f"{self.from_on:%B} to {self.to_on:%B %Y}"

    @classmethod
    def released(cls) -> Q:
        """A row exists only once it is published."""
        return EVERY_ROW
