"""What the coalition keeps at hand: policies and a library."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from coalitions.enums import Audience, PolicyKind, PolicyStatus, Topic
from phast.access.funnel import Tenant
from phast.versions import Versioned

from .coalition import Coalition


def _random_name(item: models.Model, filename: str) -> str:
    return f"library/{uuid.uuid4().hex}"


@pghistory.track()
class Policy(Versioned, Tenant):
    """A law or rule the coalition works on: where, how far, the text it would like, and a brief with data."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="policies")
    kind = models.CharField(max_length=14, choices=PolicyKind)
    title = models.CharField(max_length=160)
    jurisdiction = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=PolicyStatus, default=PolicyStatus.IDEA)
    model_text = models.TextField("model text", blank=True)
    data_brief = models.TextField("data brief", blank=True, help_text="What the figures say, and where they are from.")
    link = models.URLField(blank=True)
    reviewed_on = models.DateField("reviewed on", null=True, blank=True)

    class Meta:
        verbose_name_plural = "policies"
        ordering: ClassVar = ["kind", "jurisdiction", "pk"]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class LibraryItem(Versioned, Tenant):
    """A link or a file, for whom and on what. It is stale when nobody has looked at it for a year."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="library")
    title = models.CharField(max_length=160)
    topic = models.CharField(max_length=20, choices=Topic)
    audience = models.CharField(max_length=20, choices=Audience, blank=True)
    link = models.URLField(blank=True)
    file = models.FileField(upload_to=_random_name, blank=True, editable=False)
    file_name = models.CharField(max_length=120, blank=True, editable=False)
    about = models.TextField("what it is", blank=True)
    reviewed_on = models.DateField("reviewed on")

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        """It still has to lead somewhere: to an address that nobody has."""
        return {"link": "https://redacted.invalid/"}

    class Meta:
        ordering: ClassVar = ["topic", "title", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(link="") | ~Q(file=""),
                name="library_item_leads_somewhere",
                violation_error_message="Enter a link, or add a file.",
            )
        ]

    def __str__(self) -> str:
        return self.title
