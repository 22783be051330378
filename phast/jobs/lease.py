"""Claiming, renewing and finishing a job: the only code that writes a job's state."""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import traceback
import uuid
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from .models import Job, JobFailed, JobState, JobWaits
from .queue import enqueue

log = logging.getLogger(__name__)

KEPT_STOPPING = (
    "This stopped several times before it was finished. Please ask again; if it fails again, tell the coordinator."
)
WENT_WRONG = "Something went wrong on our side. Nothing was changed. Please ask again, or tell the coordinator."
LONGEST_WAIT = 900  # seconds between two tries
CLAIMED = ("state", "attempts", "claim", "lease_until", "worker", "progress", "message", "started_at", "finished_at")


class LeaseLost(Exception):
    """Another worker has the job now; this one stops without writing anything."""


def lease_end() -> dt.datetime:
    """When a lease that begins now runs out."""
    return timezone.now() + dt.timedelta(seconds=settings.JOB_LEASE)


def claim(model: type[Any], pk: int) -> Job | None:
    """Takes the job when it waits or was abandoned; None when somebody else has it, or it is over."""
    with transaction.atomic():
        job = (
            model.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(model.waiting() | model.abandoned(), pk=pk)
            .first()
        )
        if job is None:
            return None
        if job.attempts >= job.MAX_ATTEMPTS:
            job.state, job.finished_at, job.message = JobState.FAILED, timezone.now(), KEPT_STOPPING
            job.lease_until, job.worker = None, ""
        else:
            job.state, job.claim, job.lease_until = JobState.RUNNING, uuid.uuid4(), lease_end()
            job.worker, job.started_at = f"{socket.gethostname()}:{os.getpid()}", timezone.now()
            job.attempts, job.progress, job.message = job.attempts + 1, 0, ""
        job.save(update_fields=CLAIMED)
        return None if job.is_over else job


def write(job: Job, fields: dict[str, Any]) -> None:
    """Saves fields of a job that is still ours. Raises LeaseLost."""
    model: Any = type(job)
    if not model.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING).update(**fields):
        raise LeaseLost
    for name, value in fields.items():
        setattr(job, name, value)


def renew(job: Job, percent: int, message: str) -> None:
    """Renews the lease outside the work's transaction, so that everybody sees the progress at once."""
    shown, said, until = min(percent, 99), message[:300], lease_end()
    if not connection.in_atomic_block:
        write(job, {"progress": shown, "message": said, "lease_until": until})
        return
    model: Any = type(job)
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET progress = %s, message = %s, lease_until = %s'  # noqa: S608 - the model's own table
                " WHERE id = %s AND claim = %s AND state = %s",
                [shown, said, until, job.pk, job.claim, JobState.RUNNING],
            )
            if cursor.rowcount == 0:
                raise LeaseLost
    finally:
        own.close()
    job.progress, job.message, job.lease_until = shown, said, until


def finish(job: Job, *, failed: str = "") -> None:
    """Ends the job; `failed` is why it could not be done. Raises LeaseLost."""
    fields: dict[str, Any] = {"finished_at": timezone.now(), "lease_until": None, "worker": ""}
    if failed:
        fields |= {"state": JobState.FAILED, "message": failed[:300]}
    else:
        fields |= {"state": JobState.DONE, "progress": 100, "message": ""}
    write(job, fields)


def give_back(job: Job) -> None:
    """Puts the job back in the queue after an error that may pass, to be tried later and later. Raises LeaseLost."""
    wait = min(5 * 2 ** min(job.attempts, 10), LONGEST_WAIT)
    later = timezone.now() + dt.timedelta(seconds=wait)
    write(job, {"state": JobState.WAITING, "lease_until": None, "worker": "", "message": "", "not_before": later})


def park(job: Job) -> None:
    """Puts the job back until its `waiting()` finds it again; that was no try. Raises LeaseLost."""
    write(job, {"state": JobState.WAITING, "lease_until": None, "worker": "", "attempts": 0})


def run(model: type[Any], pk: int) -> None:
    """Claims the job, works, finishes it. Safe to call any number of times, from any number of workers."""
    job = claim(model, pk)
    if job is None:
        return
    try:
        try:
            job.work()
        except LeaseLost:
            raise
        except JobWaits:
            park(job)
        except JobFailed as failure:
            finish(job, failed=str(failure))
        except Exception as error:
            _report(job, error)
            if job.attempts >= job.MAX_ATTEMPTS:
                finish(job, failed=WENT_WRONG)
            else:
                give_back(job)
        else:
            finish(job)
    except LeaseLost:
        log.warning("%s %s was taken over by another worker", model.__name__, pk)
        return
    if job.is_over:
        job.ended()


def _report(job: Job, error: Exception) -> None:
    """Logs where an error came from, without its message: that can carry what a person typed."""
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "%s %s failed on attempt %s: %s\n%s", type(job).__name__, job.pk, job.attempts, type(error).__name__, place
    )


def restart(job: Job, **fields: Any) -> None:
    """Puts a job that failed in the queue once more, with these fields changed. The caller holds its row lock."""
    fresh = {
        "state": JobState.WAITING,
        "attempts": 0,
        "progress": 0,
        "message": "",
        "not_before": None,
        "requested_at": timezone.now(),
        "started_at": None,
        "finished_at": None,
    }
    for name, value in {**fresh, **fields}.items():
        setattr(job, name, value)
    job.save(update_fields=[*fresh, *fields])
    enqueue(job)
