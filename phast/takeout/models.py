"""The export of a whole coalition, as a row."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from phast.access.funnel import Tenant
from phast.jobs.models import Job, JobState

KEPT = dt.timedelta(days=7)


class Takeout(Job, Tenant):
    """One file with everything a coalition keeps. `with_history`: also what rows were before. The file is deleted after `KEPT`.

    `sha256` and `size` (bytes) are the file's, `rows` how many rows its tables have together.
    """

    QUEUE = "long"
    drawn_from = "everything"

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    with_history = models.BooleanField("with history", default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="takeouts", max_length=120, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    rows = models.PositiveBigIntegerField(default=0, editable=False)
    data_as_of = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "export of the whole coalition"
        verbose_name_plural = "exports of the whole coalition"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"Export {self.pk}"

    @property
    def kept_until(self) -> dt.datetime | None:
        """When the file is deleted; None while there is none."""
        return self.finished_at + KEPT if self.file and self.finished_at else None

    @property
    def is_ready(self) -> bool:
        return self.state == JobState.DONE and bool(self.file)

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        return {"size": 0}

    def work(self) -> None:
        """Writes the file."""
        from .work import make

        make(self)
