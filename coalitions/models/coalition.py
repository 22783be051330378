"""The tenant."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import ClassVar

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coalitions.enums import Reporting
from phast.access.funnel import Tenant
from phast.versions import Versioned


def validate_time_zone(name: str) -> None:
    """Raises ValidationError unless `name` is a zone of the time zone database, such as America/New_York."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone from the list.")


def _first_table() -> list[str]:
    return ["kits_by_zip"]


@pghistory.track()
class Coalition(Versioned, Tenant):
    """A PHAST or ORS coalition: a jurisdiction's partners, and the settings they share.

    `threshold`: non-zero counts below it are hidden in releases (DOMAIN: 11 by default, 5 to 11). `due_days`: days after a
    period's end by which its report is due. `program_start`: no count is earlier. `parent`: the state's coalition over a county's,
    whose people see this one's releases and requests for help and nothing else. `parent_asked`: the address of the coalition that was
    asked to be it, as it was typed: nobody learns here whether there is such a coalition. `release_tables`: keys of
    `phast.offers.release_tables`, which a release holds. `strict_release`: a release is also safe from an agency
    that takes its own counts away (DOMAIN, Privacy).
    """

    coalition_path = "pk"
    codes = frozenset({"time_zone", "release_tables"})

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True, help_text="Its part of the address; stays as it is.")
    counties = models.ManyToManyField("geo.County", blank=True, related_name="+")
    time_zone = models.CharField(max_length=60, default="America/New_York", validators=[validate_time_zone])
    reporting = models.CharField("agencies report", max_length=1, choices=Reporting, default=Reporting.MONTHLY)
    due_days = models.PositiveSmallIntegerField(
        "days until a report is due", default=30, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    threshold = models.PositiveSmallIntegerField(
        "hide counts below", default=11, validators=[MinValueValidator(5), MaxValueValidator(11)]
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="children"
    )
    parent_asked = models.SlugField(
        "coalition asked to be the parent", max_length=60, blank=True, default="", editable=False
    )
    takes_requests = models.BooleanField(
        "agencies may ask for help without an account", default=False, help_text="Opens a public page with a form."
    )
    release_tables = models.JSONField("what a release holds", default=_first_table)
    release_by_month = models.BooleanField("show each month of a quarter", default=False)
    strict_release = models.BooleanField(
        "protect agencies’ counts from one another", default=False, help_text="Hides more."
    )
    remind_reports = models.BooleanField("remind agencies of their reports by e-mail", default=True)
    program_start = models.DateField("counts start on", default=dt.date(2015, 1, 1))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(threshold__gte=5, threshold__lte=11),
                name="threshold_5_to_11",
                violation_error_message="Counts below 5 to 11 can be hidden, no fewer and no more.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def today(self) -> dt.date:
        """The date where the coalition is."""
        return timezone.now().astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()
