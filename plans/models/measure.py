"""How a coalition knows whether a plan works."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone

from phast.access.funnel import Tenant
from plans.enums import Direction

from .adoption import Intervention
from .plan import PlanItem
from .step import Step


@pghistory.track()
class Measure(PlanItem):
    """A number to follow: where it was, where it should go, what it is, and the story behind the curve.

    `source` is the key of an offered series (`phast.offers.measure_sources`) or "adoption" with an `intervention`; empty when people
    enter the values themselves.
    """

    ADOPTION = "adoption"
    codes = frozenset({"source"})

    text = models.CharField("what is measured", max_length=200)
    unit = models.CharField(max_length=40, blank=True, help_text="Such as: kits, departments, people trained, percent.")
    direction = models.CharField("it should", max_length=4, choices=Direction, default=Direction.UP)
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_on = models.DateField("baseline measured on", null=True, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target_on = models.DateField("target to be reached by", null=True, blank=True)
    story = models.TextField("the story behind the curve", blank=True, help_text="Why the line goes as it goes.")
    source = models.CharField(max_length=40, blank=True)
    intervention = models.ForeignKey(Intervention, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    steps = models.ManyToManyField(Step, blank=True, related_name="measures", verbose_name="steps that move it")

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class MeasureValue(Tenant):
    """What a measure was on a day, as somebody entered it."""

    coalition_path = "measure__plan__coalition"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="values")
    on = models.DateField("measured on")
    value = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["measure", "on"],
                name="one_value_a_day",
                violation_error_message="There is a value for this day. Change that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.value}"
