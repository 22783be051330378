"""Claiming, renewing and finishing a job: the only code that writes a job's state."""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from .models import Job, JobFailed, JobState

log = logging.getLogger(__name__)

ALIAS = "default"


class LeaseLost(Exception):
    """Another worker has the job now; this one stops without writing anything."""


def claim(model: type[Any], pk: int) -> Job | None:
    """Takes the job when it waits or was abandoned; None when somebody else has it, or it is over."""
    with transaction.atomic():
        job = (
            model.objects.select_for_update(skip_locked=True).filter(model.waiting() | model.abandoned(), pk=pk).first()
        )
        if job is None:
            return None
        job.attempts += 1
        if job.attempts > job.MAX_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, timezone.now()
            job.message = "This stopped several times before it was finished. Please ask again; if it fails again, tell the coordinator."
            job.save(update_fields=["state", "finished_at", "message", "attempts"])
            return None
        now = timezone.now()
        job.state, job.claim, job.lease_until = JobState.RUNNING, model.new_claim(), now + job.LEASE
        job.worker, job.started_at, job.progress = f"{socket.gethostname()}:{os.getpid()}", now, 0
        job.save(update_fields=["state", "claim", "lease_until", "worker", "started_at", "progress", "attempts"])
        return job


def renew(job: Job, percent: int, message: str) -> None:
    """Renews the lease outside the work's transaction, so that everybody sees the progress at once."""
    table = job._meta.db_table
    ordinary = connections[ALIAS]
    own = ordinary.copy() if ordinary.in_atomic_block else ordinary
    try:
        with own.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET progress = %s, message = %s, lease_until = %s WHERE id = %s AND claim = %s AND state = %s",  # noqa: S608 - the table name is the model's
                [min(percent, 99), message[:300], timezone.now() + job.LEASE, job.pk, job.claim, JobState.RUNNING],
            )
            if cursor.rowcount == 0:
                raise LeaseLost
    finally:
        if own is not ordinary:
            own.close()
    job.progress, job.message = percent, message


def finish(job: Job, *, failed: str = "") -> bool:
    """Ends the job unless the lease was lost; True when this call ended it."""
    values: dict[str, Any] = {"finished_at": timezone.now(), "lease_until": None, "worker": ""}
    if failed:
        values |= {"state": JobState.FAILED, "message": failed[:300]}
    else:
        values |= {"state": JobState.DONE, "progress": 100, "message": ""}
    model: Any = type(job)
    return bool(model.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING).update(**values))


def give_back(job: Job) -> None:
    """Puts the job back in the queue after an error that may pass, to be tried again later and later, at most 15 minutes apart."""
    model: Any = type(job)
    wait = dt.timedelta(seconds=min(5 * 2**job.attempts, 900))
    model.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING).update(
        state=JobState.WAITING, lease_until=None, worker="", claim=None, not_before=timezone.now() + wait
    )


def run(model: type[Any], pk: int) -> None:
    """Claims the job, works, finishes it. Safe to call any number of times, from any number of workers."""
    job = claim(model, pk)
    if job is None:
        return
    try:
        job.work()
    except JobFailed as failure:
        finish(job, failed=str(failure))
    except LeaseLost:
        log.warning("%s %s was taken over by another worker", model.__name__, pk)
    except Exception as error:
        # The class only: a message can carry what a person typed.
        log.error("%s %s failed on attempt %s: %s", model.__name__, pk, job.attempts, type(error).__name__)
        if job.attempts >= job.MAX_ATTEMPTS:
            finish(
                job,
                failed="Something went wrong on our side. Nothing was changed. Please ask again, or tell the coordinator.",
            )
        else:
            give_back(job)
        raise
    else:
        finish(job)
