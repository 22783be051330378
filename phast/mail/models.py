"""Addresses that refuse mail."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class Source(models.TextChoices):
    """Who said that mail is refused."""

    SMTP = "smtp", "The mail system, at once"
    PROVIDER = "provider", "The mail provider, later"


class Reason(models.TextChoices):
    """Why mail came back, in words for the person who can do something about it."""

    UNKNOWN = "unknown", "there is no such mailbox"
    FULL = "full", "the mailbox is full"
    BLOCKED = "blocked", "the mail system there blocks our mail"
    UNWANTED = "unwanted", "our mail was marked as unwanted"
    OTHER = "other", "the mail system there did not take it"


class RefusedAddress(models.Model):
    """An address from which mail came back. `cleared_at`: since then it is believed to work again; `cleared_by`: who said so, None
    when mail got through.

    An address belongs to no coalition: what refuses one coalition's mail refuses every other's. No text of a mail system is kept, it
    may quote the mail.
    """

    address = models.EmailField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=10, choices=Reason)
    source = models.CharField(max_length=10, choices=Source)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "refused addresses"
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(address=Lower("address")), name="refused_address_in_lower_case"),
            models.CheckConstraint(condition=Q(cleared_at__isnull=False) | Q(cleared_by=None), name="cleared_when"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
