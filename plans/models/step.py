"""Steps, who is responsible for them, and what became of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from phast.access.funnel import Tenant
from plans.enums import OVER, Part, Repeats, StepStatus

from .plan import PlanItem, PlanItemQuerySet, Recommendation

if TYPE_CHECKING:
    from phast.access.actor import Actor


class StepQuerySet(PlanItemQuerySet, TreeQuerySet):
    def carried_out(self) -> StepQuerySet:
        """Present steps of plans, without those of templates, which nobody carries out."""
        return self.present().filter(plan__is_template=False)

    def unfinished(self) -> StepQuerySet:
        """Present steps of active plans that still need somebody."""
        return self.carried_out().filter(plan__status="active").exclude(status__in=OVER)

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
    `repeats`: how often it comes again; finishing it makes the next occurrence, whose `repeat_of` it is. `waits_for`: steps that
    come first. `recommendation`: what it carries out.
    Moving steps locks the plan's row (`plans.actions`): two people moving at once can otherwise make a cycle.
    """

    title = models.CharField("step", max_length=200)
    detail = models.TextField("more about it", blank=True)
    due_said = models.CharField("due", max_length=60, blank=True)
    due_on = models.DateField(null=True, editable=False)
    resources = models.CharField("resources needed", max_length=300, blank=True)
    funding = models.CharField(max_length=200, blank=True, help_text="Where the money comes from, or what is missing.")
    repeats = models.CharField("comes again", max_length=10, choices=Repeats, blank=True)
    repeat_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name="carries out",
    )
    waits_for = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="holds_up", verbose_name="can start after"
    )
    status = models.CharField(max_length=12, choices=StepStatus, default=StepStatus.NOT_STARTED, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    # None also for one that was reported done from an e-mail: the update says by whom.
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta(PlanItem.Meta):
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(removed_at=None), name="step_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=StepStatus.DONE, finished_at__isnull=False)
                | (~Q(status=StepStatus.DONE) & Q(finished_at=None, finished_by=None)),
                name="step_done_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="step_not_its_own_parent"),
            models.UniqueConstraint(fields=["repeat_of"], name="step_repeats_once"),
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

    @property
    def party(self) -> Any:
        """The partner, contact or position."""
        return self.partner or self.contact or self.position

    @property
    def is_vacant(self) -> bool:
        """True for a position that nobody holds."""
        return self.position is not None and self.position.contact_id is None


class Update(Tenant):
    """What became of a step, said on a day by a person. Never changed: a database trigger refuses it.

    Without a status it is a comment. Said by a signed-in person (`by`) or by a contact who answered an e-mail (`by_contact`); both
    None: by a contact who was deleted since.
    """

    coalition_path = "step__plan__coalition"

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="updates")
    status = models.CharField(
        max_length=12, choices=StepStatus, blank=True, help_text="The step's status after it; empty for a comment."
    )
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_contact = models.ForeignKey("coalitions.Contact", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(status="", note=""), name="update_says_something"),
            models.CheckConstraint(condition=Q(by=None) | Q(by_contact=None), name="update_by_one_person"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(  # a contact may be deleted; what they said stays
                name="append_only", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["by_contact"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display() or 'Comment'}: {self.step}"

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        return Q(step__in=Step.objects.filter(Step.assigned_to(actor)).values("pk"))

    @property
    def who(self) -> str:
        """The name of the person who said it."""
        return str(self.by or self.by_contact or "somebody who has left")


def _random_name(step_file: StepFile, filename: str) -> str:
    """The name in the storage tells nothing; what the file was called stays in the row."""
    return f"steps/{uuid.uuid4().hex}"


class StepFile(Tenant):
    """A file that belongs to a step: a flyer, a draft policy. Removing it keeps the row and deletes the bytes."""

    coalition_path = "step__plan__coalition"

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=_random_name, blank=True)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField(help_text="Bytes.")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        return {"removed_at": timezone.now(), "removed_by": by}

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """What the person put there themselves, at a step of theirs: deleting cannot be undone."""
        return Q(added_by=actor.user, step__in=Step.objects.filter(Step.assigned_to(actor)).values("pk"))
