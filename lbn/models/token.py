"""Keys with which an agency's records system sends counts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant


class ApiToken(Tenant):
    """Lets an agency's records system send its counts, and do nothing else. Shown once; only its SHA-256 is kept.

    `begins`: the first characters, by which people tell tokens apart. It belongs to the agency: it works on when the person who made
    it leaves, until somebody revokes it.
    """

    partner_path = "partner"
    codes = frozenset({"digest", "begins"})
    kept_back = frozenset({"digest"})

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField("what sends with it", max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    begins = models.CharField(max_length=12, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="revoked_pair",
            )
        ]

    def __str__(self) -> str:
        return self.name
