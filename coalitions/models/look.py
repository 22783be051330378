"""How the coalition's pages and papers look."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from phast.access.funnel import EVERY_ROW, Tenant
from phast.versions import Versioned

from .coalition import Coalition


def _random_name(look: Look, filename: str) -> str:
    return f"looks/{uuid.uuid4().hex}.png"


class Look(Versioned, Tenant):
    """A logo, a colour and a sentence. No row: the portal's own look. `accent`: "#rrggbb", or "" for the portal's own.

    The logo is a PNG that the portal drew anew from what was sent, so that nothing else is in it. Who changed what is in the audit log.
    """

    codes = frozenset({"accent"})

    coalition = models.OneToOneField(Coalition, on_delete=models.PROTECT, related_name="look")
    logo = models.FileField(upload_to=_random_name, blank=True, editable=False)
    accent = models.CharField(
        "colour",
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"\A#[0-9a-f]{6}\Z", "Enter a colour as # and six digits or letters a to f.")],
    )
    confidentiality = models.CharField("confidentiality", max_length=160, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(accent="") | Q(accent__regex=r"^#[0-9a-f]{6}$"), name="look_accent_is_a_color"
            )
        ]

    def __str__(self) -> str:
        return "Look"

    @classmethod
    def released(cls) -> Q:
        """Every page wears it, also an observer's."""
        return EVERY_ROW
