"""From a saved row to a worker."""

from __future__ import annotations

import logging

from django.db import transaction

from .models import Job

log = logging.getLogger(__name__)


def enqueue(job: Job) -> None:
    """Nudges a worker once the transaction commits. A broker that is down loses nothing: the sweep nudges again."""
    transaction.on_commit(lambda: nudge(job._meta.label, job.pk, job.QUEUE))


def nudge(label: str, pk: int, queue: str, *, expires: float | None = None) -> bool:
    """Sends the message; False when the broker took none within half a second. After `expires` seconds it is void."""
    from .tasks import run_job

    try:
        run_job.apply_async(args=[label, pk], queue=queue, expires=expires, retry=False)
    except Exception as error:
        # Whatever a broker does, down, hanging, full or half wiped: the row is saved, and the page goes on.
        log.warning("The broker took no message (%s); the sweep will nudge again.", type(error).__name__)
        return False
    return True
