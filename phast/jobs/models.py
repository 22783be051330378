"""The shape of a job: a state, a lease, a progress."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Working"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


QUIET = dt.timedelta(seconds=10)  # without a sign of life, until people are told what that may mean


class JobFailed(Exception):
    """The work cannot succeed, and trying again would not help. The message is a sentence for the person who asked."""


class JobWaits(Exception):
    """The work goes on when something else is done; the job's `waiting()` says when that is."""


class Job(models.Model):
    """Long work as a row. Subclasses implement `work()`, which may run twice and must then come to the same result.

    `lease_until` is how long the claiming worker may go on without a sign of life (`progress_to` renews it by the setting JOB_LEASE);
    after that the sweep gives the job to another. `claim` names the run: a worker that lost its lease no longer writes, and what
    `work` writes on its own row it writes through `write`. `worker` (host:process id) is whom the supervisor ends when the lease
    ran out. `attempts` counts the runs.
    """

    QUEUE: ClassVar[str] = "quick"  # or "long": so that no report waits behind an import
    MAX_ATTEMPTS: ClassVar[int] = 3

    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    claim = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(null=True, editable=False, help_text="The next try after one that failed.")
    worker = models.CharField(max_length=120, blank=True, editable=False)
    progress = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Percent.")
    message = models.CharField(
        max_length=300, blank=True, editable=False, help_text="What is going on, or what went wrong."
    )
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def work(self) -> None:
        """Does the job. Raises JobFailed with a sentence when it cannot be done, JobWaits when it goes on later; any other error is tried
        again."""
        raise NotImplementedError(f"{type(self).__name__} says what to do in work()")

    def ended(self) -> None:
        """What begins once the job is over. It may be missed when a worker dies, so the sweep must come to the same."""

    def progress_to(self, percent: int, message: str = "") -> None:
        """Tells how far the work is, and renews the lease. Raises LeaseLost when another worker has taken the job over.

        Inside a transaction it writes on a connection of its own, so that it is seen at once. `work` therefore touches its own row
        in the database only after the last call.
        """
        from .lease import renew

        renew(self, percent, message)

    def write(self, **fields: Any) -> None:
        """Saves fields of the row while the job is ours. Raises LeaseLost when another worker has taken it over."""
        from .lease import write

        write(self, fields)

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def seen_at(self) -> dt.datetime:
        """The last sign of life: of the worker while one has it."""
        if self.lease_until is not None:
            return self.lease_until - dt.timedelta(seconds=settings.JOB_LEASE)
        return max(moment for moment in (self.requested_at, self.started_at, self.finished_at) if moment)

    @property
    def is_quiet(self) -> bool:
        """Whether it is not over, and there was no sign of life for a while: its worker may have died."""
        return not self.is_over and timezone.now() - self.seen_at > QUIET

    @classmethod
    def abandoned(cls) -> Q:
        """Running jobs whose lease ran out."""
        return Q(state=JobState.RUNNING, lease_until__lt=timezone.now())

    @classmethod
    def waiting(cls) -> Q:
        """Jobs that may start now."""
        return Q(state=JobState.WAITING) & (Q(not_before=None) | Q(not_before__lte=timezone.now()))


def job_models() -> list[type[Any]]:
    """Every concrete model that is a job."""
    return [model for model in apps.get_models() if issubclass(model, Job)]
