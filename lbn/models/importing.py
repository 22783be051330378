"""A file of counts on its way in."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models

from coalitions.models import Coalition, Partner
from phast.access.funnel import Tenant
from phast.jobs.models import Job


def _random_name(instance: models.Model, filename: str) -> str:
    """The name a person gave their file can itself be personal: it is not kept on disk."""
    return f"imports/{secrets.token_hex(16)}"


class CountImport(Job, Tenant):
    """An uploaded file, how its columns are read, what its rows would do, and whether the person agreed.

    The job runs twice: first to check every row and write the preview (`stage` becomes "checked"), then, once the person has
    agreed, to write all of it in one transaction ("imported").
    """

    partner_path = "partner"
    QUEUE = "long"

    class Stage(models.TextChoices):
        UPLOADED = "uploaded", "Say how to read it"
        CHECKING = "checking", "Checking"
        CHECKED = "checked", "Ready to import"
        IMPORTING = "importing", "Importing"
        IMPORTED = "imported", "Imported"
        REFUSED = "refused", "Refused"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="imports")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.UPLOADED)
    file = models.FileField(upload_to=_random_name)
    file_label = models.CharField(max_length=120, help_text="The file's name as shown to the person.")
    sha256 = models.CharField(max_length=64)
    reading = models.JSONField(
        default=dict, help_text="Sheet, header row, column of each field, date format, values given once."
    )
    findings = models.JSONField(
        default=dict, help_text="What the check found: rows by outcome, problems by row, totals."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-requested_at"]
        indexes: ClassVar = [models.Index(fields=["partner", "sha256"], name="import_of_file")]

    def __str__(self) -> str:
        return self.file_label

    def work(self) -> None:
        """Checks, or imports, as `stage` says."""
        from lbn.importing import work

        work(self)
