"""What agencies learn from leaving kits, and what they made better because of it (DOMAIN: practice 8)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from coalitions.models import Coalition, Partner
from lbn.enums import FeedbackKind, FeedbackState
from phast.access.funnel import Tenant
from phast.versions import Versioned


class Feedback(Versioned, Tenant):
    """A success, a challenge or what people said, without anything that tells who they are. Its agency and the coordinator read it;
    reports use it once the coordinator approved it. It keeps no history: what was edited out is to be gone."""

    partner_path = "partner"
    hides_people = True

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("what it is", max_length=10, choices=FeedbackKind)
    month = models.DateField("month", help_text="Its first day stands for the month.")
    text = models.TextField("what happened, or what people said", max_length=1000)
    state = models.CharField(max_length=8, choices=FeedbackState, default=FeedbackState.WAITING, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    moderated_at = models.DateTimeField(null=True, editable=False)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-month", "-pk"]
        verbose_name_plural = "feedback"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="feedback_month"),
            models.CheckConstraint(
                condition=Q(moderated_at=None, moderated_by=None)
                | Q(moderated_at__isnull=False, moderated_by__isnull=False),
                name="moderated_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.month:%B %Y}"


class Improvement(Versioned, Tenant):
    """What an agency, or with `partner` None the coalition, made better, because of which feedback, and with whom it shared that."""

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_on = models.DateField("since when")
    text = models.TextField("what is better now", max_length=1000)
    because = models.ManyToManyField(Feedback, blank=True, related_name="improvements")
    shared_with = models.CharField("with whom it was shared", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_on", "-pk"]

    def __str__(self) -> str:
        return f"Improvement of {self.made_on:%B %Y}"
