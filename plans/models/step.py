"""Steps, who is responsible for them, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from phast.access.funnel import Tenant
from plans.enums import OVER, Part, StepStatus

from .plan import PlanItem, PlanItemQuerySet

if TYPE_CHECKING:
    from phast.access.actor import Actor


class StepQuerySet(PlanItemQuerySet, TreeQuerySet):
    def unfinished(self) -> StepQuerySet:
        """Present steps of active plans that still need somebody."""
        return self.present().filter(plan__status="active").exclude(status__in=OVER)

    def in_tree(self, plan_id: int) -> StepQuerySet:
        """The plan's present steps in reading order, each with `tree_depth`. One query, however deep."""
        return (
            self.present()
            .filter(plan=plan_id)
            .with_tree_fields()
            .tree_filter(plan=plan_id, removed_at=None)
            .order_siblings_by("order", "pk")
        )


@pghistory.track()
class Step(PlanItem, TreeNode):
    """Something to do, possibly in sub-steps.

    `due_said` is the due date as people say it ("quarterly", "end of June"); `due_on` the day it means, where it means one.
    Moving steps locks the plan's row (`plans.actions`): two people moving at once can otherwise make a cycle.
    """

    title = models.CharField("step", max_length=200)
    detail = models.TextField("more about it", blank=True)
    due_said = models.CharField("due", max_length=60, blank=True)
    due_on = models.DateField(null=True, editable=False)
    status = models.CharField(max_length=12, choices=StepStatus, default=StepStatus.NOT_STARTED, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = StepQuerySet.as_manager()

    class Meta(PlanItem.Meta):
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(removed_at=None), name="step_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=StepStatus.DONE, finished_at__isnull=False, finished_by__isnull=False)
                | (~Q(status=StepStatus.DONE) & Q(finished_at=None, finished_by=None)),
                name="step_done_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="step_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """Steps for which the person, their partner or a position they hold is responsible."""
        return Q(pk__in=Responsibility.objects.filter(Responsibility.held_by(actor)).values("step"), removed_at=None)

    @property
    def is_over(self) -> bool:
        return self.status in OVER


@pghistory.track()
class Responsibility(Tenant):
    """A responsible party of a step: exactly one of a partner, a person, or a position, and what part it has.

    When a contact or a position is deleted, so is this: the step then counts as one that nobody owns.
    """

    coalition_path = "step__plan__coalition"

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="responsibilities")
    partner = models.ForeignKey("coalitions.Partner", on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("coalitions.Contact", on_delete=models.CASCADE, null=True, related_name="+")
    position = models.ForeignKey("coalitions.Position", on_delete=models.CASCADE, null=True, related_name="+")
    part = models.CharField(max_length=12, choices=Part, default=Part.LEAD)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "responsibilities"
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(partner__isnull=False, contact=None, position=None)
                | Q(partner=None, contact__isnull=False, position=None)
                | Q(partner=None, contact=None, position__isnull=False),
                name="one_responsible_party",
                violation_error_message="Choose one: a partner, a person, or a position.",
            ),
            models.UniqueConstraint(fields=["step", "partner"], name="partner_once_a_step"),
            models.UniqueConstraint(fields=["step", "contact"], name="contact_once_a_step"),
            models.UniqueConstraint(fields=["step", "position"], name="position_once_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.party}, {self.get_part_display().lower()}"

    @classmethod
    def held_by(cls, actor: Actor) -> Q:
        """Which responsibilities are the person's: by name, by their partner, or by a position they hold."""
        return (
            Q(contact__in=actor.contact_ids)
            | Q(partner__in=actor.own_partner_ids)
            | Q(position__contact__in=actor.contact_ids)
        )

    @classmethod
    def released(cls) -> Q:
        return Q(step__plan__approved_at__isnull=False, step__removed_at=None)

    @property
    def party(self) -> Any:
        """The partner, contact or position."""
        return self.partner or self.contact or self.position

    @property
    def is_vacant(self) -> bool:
        """True for a position that nobody holds."""
        return self.position is not None and self.position.contact_id is None


class Update(Tenant):
    """What became of a step, said on a day by a person. Never changed: a database trigger refuses it."""

    coalition_path = "step__plan__coalition"

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="updates")
    status = models.CharField(max_length=12, choices=StepStatus, help_text="The step's status after it.")
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.step}"

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        return Q(step__in=Step.objects.filter(Step.assigned_to(actor)).values("pk"))

    @classmethod
    def released(cls) -> Q:
        return Q(step__plan__approved_at__isnull=False, step__removed_at=None)
