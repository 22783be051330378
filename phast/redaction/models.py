"""That something was redacted: who, when, why, how much. Not what."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from phast.access.funnel import Tenant


class Reason(models.TextChoices):
    """Why something has to go. A choice, not a text: a text could name what was just taken out."""

    PERSON = "person", "It tells who somebody is, or how to reach them"
    HEALTH = "health", "It tells something about a person’s health"
    CASE = "case", "It tells about a single case"
    ASKED = "asked", "The person asked for it"
    OTHER = "other", "Something else that should not be here"


class Redaction(Tenant):
    """A text was taken out of everything the coalition keeps.

    `places`: in how many places it stood besides files. `files`: how many files were deleted. `found`: how many, by kind of place.
    `sealed`: frozen rows whose hash is now another one: table, key, hash before and after.
    """

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    places = models.PositiveIntegerField()
    files = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)
    sealed = models.JSONField(default=list)

    codes = frozenset({"found", "sealed"})

    class Meta:
        ordering: ClassVar = ["-pk"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Redaction {self.pk}"
