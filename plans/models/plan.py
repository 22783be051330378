"""The plan, its barriers and its recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from phast.access.funnel import NO_ROW, Tenant, TenantQuerySet
from phast.versions import Versioned
from plans.enums import Decision, PlanStatus, Standing

if TYPE_CHECKING:
    from phast.access.actor import Actor


class PlanQuerySet(TenantQuerySet):
    def carried_out(self) -> Self:
        """Without the coalition's own templates: they are copied, never carried out, and stand in no list but that of templates."""
        return self.filter(is_template=False)


@pghistory.track()
class Plan(Versioned, Tenant):
    """From a scenario and its challenge to steps that people carry out.

    Members follow every plan; observers read its approved versions (`PlanVersion`). `approved_at`: when the version they read now was
    approved; None when there is none. `copied_from`: the key of the template it began as. `is_template`: a plan to copy, not to
    carry out.
    """

    shared_by_partners = True  # each votes on it for itself
    codes = frozenset({"copied_from"})

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(max_length=160)
    scenario = models.TextField(blank=True, help_text="What is going on, and who said so.")
    challenge = models.TextField(blank=True, help_text="What stands in the way, in a sentence or two.")
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    copied_from = models.CharField(max_length=80, blank=True, editable=False)
    is_template = models.BooleanField(default=False, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [Lower("title"), "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="plan_approved_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """A seat that came by its link votes on the plan that the link names."""
        from plans.seat_links import SeatActor

        return Q(pk=actor.plan_id) if isinstance(actor, SeatActor) else NO_ROW

    @classmethod
    def released(cls) -> Q:
        """Observers know of a plan once a version of it is approved; they read that version."""
        return Q(approved_at__isnull=False, is_template=False)


class PlanItemQuerySet(TenantQuerySet):
    def present(self) -> Self:
        """Without what was removed. Removed items wait in the table, so that removing can be undone."""
        return self.filter(removed_at=None)


class PlanItem(Versioned, Tenant):
    """Something a plan consists of, in an order people chose. Removing it keeps the row."""

    coalition_path = "plan__coalition"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="%(class)ss", editable=False)
    order = models.PositiveIntegerField(default=0, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["order", "pk"]


@pghistory.track()
class Barrier(PlanItem):
    """What keeps the challenge in place: suspected (brainstormed) or confirmed, with how it was learned."""

    text = models.CharField("barrier", max_length=200)
    detail = models.TextField("more about it", blank=True)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.SUSPECTED)
    how_learned = models.CharField(
        "how we learned it",
        max_length=300,
        blank=True,
        help_text="Such as: brainstormed at the May meeting; a chief told us.",
    )

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Recommendation(PlanItem):
    """What would answer one barrier or several. The order is the priority: the first comes first.

    `decision`: what the coalition decided after weighing it (`Vote`), and why; empty until then.
    """

    text = models.CharField("recommendation", max_length=200)
    detail = models.TextField("more about it", blank=True)
    barriers = models.ManyToManyField(
        Barrier, blank=True, related_name="recommendations", verbose_name="barriers it answers"
    )
    decision = models.CharField(max_length=8, choices=Decision, blank=True, editable=False)
    decision_reason = models.CharField(max_length=300, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    def __str__(self) -> str:
        return self.text
