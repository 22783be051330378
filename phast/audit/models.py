"""The audit log."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from phast.access.funnel import Tenant


class Event(Tenant):
    """One thing that was done: a verb, on what, by whom, in which coalition (none for sign-ins).

    `acting_for` is the partner's name the person acted for. `as_agency` marks what others may see as the agency's doing only
    (counts): a person who counted is named to their own agency and to nobody else.
    """

    codes = frozenset({"verb", "target_type", "target_id"})
    hides_people = "as_agency"

    at = models.DateTimeField(auto_now_add=True)
    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    partner_id = models.BigIntegerField(null=True)
    acting_for = models.CharField(max_length=200, blank=True)
    as_agency = models.BooleanField(default=False)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["coalition", "-id"], name="event_of_coalition")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the audit log is never emptied';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}".strip()

    @property
    def who(self) -> str:
        """The name to show to people outside the agency that acted."""
        if self.as_agency:
            return self.acting_for
        return str(self.user) if self.user else "The portal"
