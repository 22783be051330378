"""Deflection programs and their checklists."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coalitions.models import Agreement, Coalition, Contact, Partner, Position
from deflection.enums import OVER, ActivityStatus, EvidenceKind
from phast.access.funnel import Tenant, TenantQuerySet
from phast.versions import Versioned

from .reference import Activity, Audience, DeflectionModel, ModelItem, Topic

if TYPE_CHECKING:
    import datetime as dt

    from phast.access.actor import Actor


def held_by(actor: Actor, *, partner: str = "partner", contact: str = "contact", position: str = "position") -> Q:
    """Rows that are the person's: by their partner, by name, or by a position they hold."""
    return (
        Q(**{f"{partner}__in": actor.own_partner_ids})
        | Q(**{f"{contact}__in": actor.contact_ids})
        | Q(**{f"{position}__contact__in": actor.contact_ids})
    )


@pghistory.track()
class Program(Versioned, Tenant):
    """A deflection program: who leads it, which agencies take part, which models it follows.

    `starts_on`: the day of its launch, planned or past; `ended_on`: since when it is over. `assessed_by`, or in words
    `assessed_by_said`: who finds out which level of care a person needs. `shared_at`: since when observers read it.
    Its coordinator is a contact or a position, whoever holds it. What it counts is its lead partner's.
    """

    partner_path = "lead"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(max_length=120)
    lead = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name="lead partner")
    agencies = models.ManyToManyField(Partner, blank=True, related_name="+", verbose_name="agencies that take part")
    follows = models.ManyToManyField(DeflectionModel, related_name="+", verbose_name="models")
    starts_on = models.DateField("starts on", null=True, blank=True)
    ended_on = models.DateField("ended on", null=True, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="program coordinator"
    )
    position = models.ForeignKey(
        Position, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="or a position"
    )
    assessed_by = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who assesses care"
    )
    assessed_by_said = models.CharField("who assesses care, in words", max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    shared_at = models.DateTimeField(null=True, editable=False)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "name"],
                name="program_name",
                violation_error_message="There is a program with this name. Choose another one.",
            ),
            models.CheckConstraint(
                condition=Q(contact=None) | Q(position=None),
                name="one_program_coordinator",
                violation_error_message="Choose a person or a position as the program’s coordinator, not both.",
            ),
            models.CheckConstraint(
                condition=Q(assessed_by=None) | Q(assessed_by_said=""),
                name="one_assessor",
                violation_error_message="Choose a partner or say it in words who assesses the level of care, not both.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ended_on=None) | Q(ended_on__gte=models.F("starts_on")),
                name="program_ends_after_it_starts",
                violation_error_message="The program ends before it starts. Check the two dates.",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None, shared_by=None) | Q(shared_at__isnull=False, shared_by__isnull=False),
                name="program_shared_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """Programs that the person's partner leads or that the person coordinates."""
        return Q(pk__in=cls.objects.filter(held_by(actor, partner="lead")).values("pk"))

    @classmethod
    def released(cls) -> Q:
        return Q(shared_at__isnull=False)

    @property
    def coordinator(self) -> Contact | Position | None:
        return self.contact or self.position

    def has_begun(self, today: dt.date) -> bool:
        """Its launch is past, or today."""
        return self.starts_on is not None and self.starts_on <= today


class ProgramActivityQuerySet(TenantQuerySet):
    def asked(self) -> ProgramActivityQuerySet:
        """What stands on a checklist: asked for by a model that the program follows, or its own and not removed."""
        follows = Program.follows.through.objects.filter(program=OuterRef(OuterRef("program")))
        lines = ModelItem.objects.filter(activity=OuterRef("activity"), model__in=follows.values("deflectionmodel"))
        return self.filter(Exists(lines) | Q(activity=None, removed_at=None))

    def owned_by(self, actor: Actor) -> ProgramActivityQuerySet:
        """What is the person's: by their partner, by name, or by a position they hold."""
        return self.filter(pk__in=ProgramActivity.objects.filter(held_by(actor)).values("pk"))

    def unfinished(self) -> ProgramActivityQuerySet:
        """What is on the checklist of a program that goes on, and neither done nor not applicable. What follows its parts is left out."""
        return self.asked().filter(program__ended_on=None, activity__parts=None).exclude(status__in=OVER)


@pghistory.track()
class ProgramActivity(Versioned, Tenant):
    """Where a program stands with an activity of its models, or with one of its own (`activity` is None, `title` says what).

    One row however many models ask for the work. A row whose models the program no longer follows stays, unseen, and is as it was
    when they come back. `needed_to_launch`: the program does not start without it. The status of an activity with parts or topics
    follows from them (`deflection.actions.settling`).
    """

    coalition_path = "program__coalition"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="activities")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    title = models.CharField("activity", max_length=120, blank=True)
    detail = models.TextField("more about it", max_length=1000, blank=True)
    status = models.CharField(max_length=14, choices=ActivityStatus, default=ActivityStatus.NOT_STARTED)
    reason = models.CharField("why it does not apply", max_length=300, blank=True)
    topics_done = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name="done so far")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField("due", null=True, blank=True)
    needed_to_launch = models.BooleanField("needed before the program starts", default=True)
    notes = models.TextField(max_length=2000, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ProgramActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "program activities"
        ordering: ClassVar = ["activity__order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "activity"], name="activity_once_a_program"),
            models.CheckConstraint(
                condition=Q(activity__isnull=False, title="", detail="") | (Q(activity=None) & ~Q(title="")),
                name="own_activity_has_a_title",
                violation_error_message="Say what the activity is.",
            ),
            models.CheckConstraint(
                condition=(Q(status=ActivityStatus.NOT_APPLICABLE) & ~Q(reason=""))
                | (~Q(status=ActivityStatus.NOT_APPLICABLE) & Q(reason="")),
                name="not_applicable_with_a_reason",
                violation_error_message="Say why it does not apply.",
            ),
            models.CheckConstraint(
                condition=Q(partner=None, contact=None)
                | Q(partner=None, position=None)
                | Q(contact=None, position=None),
                name="one_owner_an_activity",
                violation_error_message="Choose one owner: a partner, a person, or a position.",
            ),
            models.CheckConstraint(
                condition=Q(status=ActivityStatus.DONE, done_at__isnull=False, done_by__isnull=False)
                | (~Q(status=ActivityStatus.DONE) & Q(done_at=None, done_by=None)),
                name="activity_done_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(activity=None, removed_at__isnull=False, removed_by__isnull=False),
                name="own_activity_removed_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.activity.title if self.activity else self.title

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """Activities that the person, their partner or a position they hold owns, and all of a program that is assigned to them."""
        programs = Program.objects.filter(Program.assigned_to(actor)).values("pk")
        return Q(pk__in=cls.objects.filter(held_by(actor) | Q(program__in=programs), removed_at=None).values("pk"))

    @classmethod
    def released(cls) -> Q:
        """Observers read where a shared program stands; its notes and its owners' names are for those who work on it."""
        return Q(program__shared_at__isnull=False, removed_at=None)

    @property
    def owner(self) -> Partner | Contact | Position | None:
        return self.partner or self.contact or self.position

    @property
    def is_over(self) -> bool:
        return self.status in OVER


@pghistory.track()
class TrainingCount(Versioned, Tenant):
    """How many people of an audience were trained on some topics on a day. Counts only: nobody is named."""

    coalition_path = "program__coalition"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="trainings")
    held_on = models.DateField("held on")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="whose staff"
    )
    people = models.PositiveIntegerField("people trained")
    topics = models.ManyToManyField(Topic, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["-held_on", "audience__order", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=10_000),
                name="some_people_trained",
                violation_error_message="Enter how many people were trained, from 1 to 10,000.",
            )
        ]

    def __str__(self) -> str:
        return f"Training of {self.held_on:%b} {self.held_on.day}, {self.held_on.year}"

    @classmethod
    def released(cls) -> Q:
        return Q(program__shared_at__isnull=False)

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        return Q(program__in=Program.objects.filter(Program.assigned_to(actor)).values("pk"))


def _random_name(evidence: Evidence, filename: str) -> str:
    """The name in the storage tells nothing; what the file was called stays in the row."""
    return f"evidence/{uuid.uuid4().hex}"


@pghistory.track()
class Evidence(Tenant):
    """What shows that an activity is done: a link, a file, or something the portal knows.

    `sop`: the key of an SOP, of which this app knows no more (`phast.offers.sops`); `label`: what it is called.
    """

    coalition_path = "program_activity__program__coalition"
    codes = frozenset({"sop"})

    program_activity = models.ForeignKey(ProgramActivity, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    label = models.CharField("what it is", max_length=120, blank=True)
    url = models.URLField("address", blank=True)
    file = models.FileField(upload_to=_random_name, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    training = models.ForeignKey(TrainingCount, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    sop = models.CharField(max_length=40, blank=True)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        verbose_name_plural = "evidence"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(kind="link", file_name="", agreement=None, training=None, sop="") & ~Q(url=""))
                | (Q(kind="file", url="", agreement=None, training=None, sop="") & ~Q(file_name=""))
                | Q(kind="agreement", url="", file_name="", agreement__isnull=False, training=None, sop="")
                | Q(kind="training", url="", file_name="", agreement=None, training__isnull=False, sop="")
                | (Q(kind="sop", url="", file_name="", agreement=None, training=None) & ~Q(sop="") & ~Q(label="")),
                name="evidence_is_one_thing",
                violation_error_message="Give a link, a file, or something the portal knows.",
            )
        ]

    def __str__(self) -> str:
        known: Any = self.agreement or self.training
        return self.label or str(known or "") or self.file_name or self.url

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        mine = ProgramActivity.objects.filter(ProgramActivity.assigned_to(actor)).values("pk")
        return Q(program_activity__in=mine)
