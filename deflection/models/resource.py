"""The directory of local help."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant, TenantQuerySet
from phast.jobs.models import Job
from phast.sheets.waiting import WaitingSheet
from phast.versions import Versioned

from .reference import ResourceCategory

FRESH_FOR = dt.timedelta(days=90)  # an entry that was verified longer ago is stale


class ResourceQuerySet(TenantQuerySet):
    def listed(self) -> ResourceQuerySet:
        """Entries that are in the directory."""
        return self.filter(removed_at=None)

    def verified(self, today: dt.date) -> ResourceQuerySet:
        """Listed entries that somebody verified within `FRESH_FOR`: what a wallet card may show."""
        return self.listed().filter(verified_on__gte=today - FRESH_FOR)

    def stale(self, today: dt.date) -> ResourceQuerySet:
        """Listed entries that nobody verified within `FRESH_FOR`, those never verified among them."""
        return self.listed().filter(Q(verified_on=None) | Q(verified_on__lt=today - FRESH_FOR))


@pghistory.track()
class Resource(Versioned, Tenant):
    """A place where people find help, in one category or several; where it is, its sites say.

    `partner`: the partner that keeps the entry right; None: the coalition does. `languages`, `eligibility` and `cost` are as the
    program says it. `verified_on`: the day somebody last made sure that all of it is right; None: never, or not since it says
    something new that callers rely on (`deflection.unverified`).
    """

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="resources")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kept by"
    )
    categories = models.ManyToManyField(ResourceCategory, related_name="+", verbose_name="kinds of help")
    name = models.CharField(max_length=120)
    text = models.CharField("what it offers", max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    eligibility = models.CharField("who can come", max_length=300, blank=True)
    cost = models.CharField(max_length=200, blank=True)
    website = models.URLField(blank=True)
    verified_on = models.DateField("verified on", null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [Lower("name"), "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "coalition",
                Lower("name"),
                condition=Q(removed_at=None),
                name="resource_name",
                violation_error_message="The directory has an entry with this name. Add a site to it, or choose another name.",
            ),
            models.CheckConstraint(
                condition=Q(verified_on=None, verified_by=None)
                | Q(verified_on__isnull=False, verified_by__isnull=False),
                name="resource_verified_pair",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="resource_removed_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_fresh(self, today: dt.date) -> bool:
        """Whether it was verified within `FRESH_FOR`."""
        return self.verified_on is not None and self.verified_on >= today - FRESH_FOR


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ResourceSite(Tenant):
    """Where a resource is: one program may be at several sites, each with its own hours and its own line."""

    coalition_path = "resource__coalition"
    partner_path = "resource__partner"
    codes = frozenset({"zip_code"})

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="sites")
    order = models.PositiveSmallIntegerField(default=1)
    name = models.CharField("name of the site", max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=80, blank=True)
    zip_code = models.CharField("ZIP code", max_length=5, blank=True)
    phone = models.CharField("phone of the site", max_length=40, blank=True)
    hours = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(zip_code="") | Q(zip_code__regex=r"^[0-9]{5}$"),
                name="site_zip",
                violation_error_message="A ZIP code has five digits.",
            ),
            models.CheckConstraint(
                condition=~Q(name="", address="", town="", zip_code="", phone="", hours=""),
                name="site_says_something",
                violation_error_message="Say where the site is.",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.address, self.town])) or self.phone or self.hours


class ResourceImport(WaitingSheet):
    """A public list of local help, until its programs are in the directory. `answers` also says which of them are there already."""

    OVER = "This import is over: the directory has it, or it was given up."
    VERB = "resource_import"


@pghistory.track()
class Guide(Tenant):
    """Whether anybody may read the coalition's directory without an account, and since when. A coalition without a row: nobody."""

    coalition = models.OneToOneField(Coalition, on_delete=models.PROTECT, related_name="guide")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None) | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="guide_opened_pair",
            )
        ]

    def __str__(self) -> str:
        return f"Guide of {self.coalition}"

    @property
    def is_public(self) -> bool:
        return self.opened_at is not None


class VerifyMail(Job, Tenant):
    """A reminder on its way to one person: entries that they keep were not verified for a while. Sending it is the job."""

    MAX_ATTEMPTS = 300  # mail may be down for days; what was verified meanwhile is not asked for

    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "user", "made_on"], name="asked_to_verify_once")
        ]

    def __str__(self) -> str:
        return f"mail of {self.made_on}"

    def work(self) -> None:
        """Sends the mail."""
        from deflection.verifying import send

        send(self)


class VerifyStop(Tenant):
    """Somebody who wants no reminders to verify by e-mail. Without a row they get them."""

    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["coalition", "user"], name="verifying_stopped_once")]

    def __str__(self) -> str:
        return f"no reminders to verify for {self.user}"
