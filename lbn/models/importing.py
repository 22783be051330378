"""A file of counts on its way in."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant
from phast.jobs.models import Job, JobState


def _random_name(instance: models.Model, filename: str) -> str:
    """The name a person gave their file can itself be personal: it is not kept on disk."""
    return f"imports/{secrets.token_hex(16)}"


class CountImport(Job, Tenant):
    """An uploaded file, how its columns are read, what its rows would do, and whether the person agreed.

    The job runs twice: first to check every row and write the preview (`stage` becomes "checked"), then, once the person has
    agreed, to write all of it in one transaction ("imported"); a third time where the import is undone. The file is deleted once it
    is imported, refused or given up; its hash stays. `partner` is the agency whose counts these are; None while the coordinator has
    not said, and for a file that names several.
    """

    partner_path = "partner"
    hides_people = True
    QUEUE = "long"

    class Stage(models.TextChoices):
        UPLOADED = "uploaded", "Say how to read it"
        CHECKING = "checking", "Checking"
        CHECKED = "checked", "Ready to import"
        IMPORTING = "importing", "Importing"
        IMPORTED = "imported", "Imported"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Not imported"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="imports")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.UPLOADED)
    file = models.FileField(upload_to=_random_name, blank=True)
    file_label = models.CharField(max_length=120, help_text="The file's name as shown to the person.")
    sha256 = models.CharField(max_length=64)
    reading = models.JSONField(
        default=dict, help_text="`lbn.importing.reading.Reading`: which column is what, and what was asked once."
    )
    findings = models.JSONField(
        default=dict, help_text="`lbn.importing.check.Findings`: rows by outcome, questions, problems, totals."
    )
    answers = models.JSONField(default=dict, help_text="What the person said to each question of the check.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "partner", "sha256"],
                condition=Q(stage__in=["importing", "imported", "undoing"]),
                nulls_distinct=False,
                name="file_once",
                violation_error_message="This file is imported already.",
            ),
            models.CheckConstraint(
                condition=~Q(stage="imported") | Q(imported_at__isnull=False, imported_by__isnull=False),
                name="imported_pair",
            ),
            models.CheckConstraint(
                condition=Q(stage="undone", undone_at__isnull=False, undone_by__isnull=False)
                | Q(stage="undoing", undone_at=None, undone_by__isnull=False)
                | (~Q(stage__in=["undone", "undoing"]) & Q(undone_at=None, undone_by=None)),
                name="undone_pair",
            ),
        ]

    def __str__(self) -> str:
        # Not the file's name: it can be personal, and the audit log keeps this for good.
        return f"Import {self.pk}"

    @property
    def waits_for_person(self) -> bool:
        """True when nothing runs and somebody may say how to read the file, agree, or give it up."""
        return self.stage in (self.Stage.UPLOADED, self.Stage.CHECKED) or (
            self.state == JobState.FAILED and self.stage in (self.Stage.CHECKING, self.Stage.IMPORTING)
        )

    @property
    def rows_in(self) -> int | None:
        """Rows that became counts; None before."""
        return self.findings.get("imported", {}).get("rows")

    @property
    def kits_in(self) -> int | None:
        """Their kits; None before."""
        return self.findings.get("imported", {}).get("kits")

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        return {"stage": cls.Stage.CANCELLED}

    def work(self) -> None:
        """Checks, or imports, as `stage` says."""
        from lbn.importing import work

        work(self)


class ColumnMapping(Tenant):
    """How an agency's files with these headers were read the last time, so that nobody maps the same columns twice.

    `headers`: SHA-256 over the file's header rows, cleaned; `reading` as in `CountImport`. `partner` is None for the coordinator's
    files that name several agencies.
    """

    partner_path = "partner"
    codes = frozenset({"headers"})

    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="+")
    headers = models.CharField(max_length=64)
    reading = models.JSONField(default=dict)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "partner", "headers"], nulls_distinct=False, name="mapping_once"
            )
        ]

    def __str__(self) -> str:
        return f"Columns of {self.headers[:8]}"
