"""What members and observers see of the counts."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from phast.access.funnel import EVERY_ROW, Tenant
from phast.access.table import Action
from phast.jobs.models import Job, JobState

from .children import ParentQuerySet
from .coalition import Coalition


def in_words(from_on: dt.date, to_on: dt.date) -> str:
    """The span of a release as people say it: "July to September 2026", "2026"."""
    if (from_on.month, to_on.month) == (1, 12):
        return f"{from_on.year}"
    return f"{from_on:%B} to {to_on:%B %Y}"


class Release(Tenant):
    """A frozen, numbered, hashed set of tables for a calendar quarter or year that is over, small counts hidden.

    `table` holds only what may be seen: see `coalitions.releases.Tables`; null is hidden. `sha256` is over its canonical JSON. Rows are
    never changed: a trigger refuses it. After corrections a span can be released again; both stay, and the later one counts.
    """

    codes = frozenset({"table"})  # figures, and what they are of: no words of people

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    from_on = models.DateField("first day")
    to_on = models.DateField("last day")
    threshold = models.PositiveSmallIntegerField()
    table = models.JSONField()
    sha256 = models.CharField(max_length=64)
    data_as_of = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    opens_to_parent = Action.RELEASES_SEE
    objects = ParentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-from_on", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coalition", "number"], name="release_number"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Release {self.number}: {self.span}"

    @property
    def span(self) -> str:
        """As people say it: "July to September 2026"."""
        return in_words(self.from_on, self.to_on)

    @property
    def is_quarter(self) -> bool:
        return (self.to_on - self.from_on).days < 93

    @classmethod
    def released(cls) -> Q:
        """A row exists only once it is published."""
        return EVERY_ROW


class SealedFigures(Tenant):
    """The exact tables a release was made from, as they were on that day. Nobody is shown them: a later release of the same days is
    made safe against what was true then, which corrections have changed since."""

    coalition_path = "release__coalition"
    codes = frozenset({"tables"})
    kept_back = frozenset({"tables"})

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="sealed")
    tables = models.JSONField()

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="sealed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Figures behind release {self.release.number}"


class ReleaseDraft(Job, Tenant):
    """A release that a worker prepares, for the coordinator to look at before it is published. Only the last one of a coalition is kept.

    `table` and `sha256` are what the release would hold; `table` is empty while they are being made. `drawn_from_sha256`: of the exact
    figures and settings it was made from, by which a change since is noticed.
    """

    QUEUE = "long"
    codes = frozenset({"table", "drawn_from_sha256"})
    kept_back = frozenset({"drawn_from_sha256"})

    coalition = models.OneToOneField(Coalition, on_delete=models.CASCADE, related_name="release_draft")
    from_on = models.DateField("first day")
    to_on = models.DateField("last day")
    threshold = models.PositiveSmallIntegerField(default=11)
    table = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    drawn_from_sha256 = models.CharField(max_length=64, blank=True)
    data_as_of = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="draft_span"),
        ]

    def __str__(self) -> str:
        return f"Draft of a release: {self.span}"

    @property
    def span(self) -> str:
        return in_words(self.from_on, self.to_on)

    @property
    def is_ready(self) -> bool:
        return self.state == JobState.DONE and bool(self.table)

    def work(self) -> None:
        """Reads the figures and hides what must be hidden."""
        from coalitions.releases import prepare

        prepare(self)
