"""An agency's program: to whom it offers kits, who takes part as counts, and how it rates itself on the eight practices."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coalitions.models import Coalition, Partner
from lbn.enums import InPlace
from phast.access.funnel import Tenant
from phast.versions import Versioned

from .reference import PracticeElement, RiskGroup


class Program(Versioned, Tenant):
    """An agency's program of leaving kits behind, from the day it looked at its profile on.

    `risk_groups` and `risk_words`: whom it calls at risk, and what it adds in its own words; agreed on `risk_agreed_on`.
    """

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.OneToOneField(Partner, on_delete=models.PROTECT, related_name="program")
    profile_checked_at = models.DateTimeField(null=True, editable=False)
    profile_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    risk_groups = models.ManyToManyField(
        RiskGroup, blank=True, related_name="+", verbose_name="to whom kits are offered"
    )
    risk_words = models.TextField("in our own words", max_length=1000, blank=True)
    risk_agreed_on = models.DateField("agreed on", null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(profile_checked_at=None, profile_checked_by=None)
                | Q(profile_checked_at__isnull=False, profile_checked_by__isnull=False),
                name="profile_pair",
            )
        ]

    def __str__(self) -> str:
        return f"Program of {self.partner}"


class PersonnelCount(Tenant):
    """How many people of an agency take part, how many of them are trained, and for how many training is due, as of a day. Numbers only:
    who was trained is stored nowhere."""

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="personnel_counts")
    as_of = models.DateField("as of")
    taking_part = models.PositiveIntegerField("people who leave kits behind")
    trained = models.PositiveIntegerField("of them trained")
    due = models.PositiveIntegerField("of them due for training", default=0)

    class Meta:
        ordering: ClassVar = ["-as_of"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "as_of"],
                name="personnel_once",
                violation_error_message="There are numbers for this day already. Change those.",
            ),
            models.CheckConstraint(
                condition=Q(trained__lte=F("taking_part"), due__lte=F("taking_part")),
                name="personnel_parts",
                violation_error_message="No more people can be trained, or due for training, than take part.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trained:,} of {self.taking_part:,} trained"


class Assessment(Versioned, Tenant):
    """An agency rates itself on the elements of the eight practices. Once finished it stays, so that change over time can be seen."""

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="assessments")
    assessed_on = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, editable=False)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-assessed_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(finished_at=None),
                name="one_open_assessment",
                violation_error_message="This agency has begun an assessment already. Finish that one.",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
                name="finished_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"Assessment of {self.assessed_on:%B} {self.assessed_on.year}"


class Rating(Tenant):
    """How far the agency is with one element, and what shows it. No row: not rated yet."""

    coalition_path = "assessment__coalition"
    partner_path = "assessment__partner"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="ratings")
    element = models.ForeignKey(PracticeElement, on_delete=models.PROTECT, related_name="+")
    in_place = models.PositiveSmallIntegerField("how far", choices=InPlace)
    evidence = models.CharField("what shows it", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["element__practice__number", "element__order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["assessment", "element"], name="rated_once")]

    def __str__(self) -> str:
        return f"{self.element}: {self.get_in_place_display()}"
