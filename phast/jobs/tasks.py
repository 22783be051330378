"""The two Celery tasks: run one job, and find those nobody runs."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from .lease import run
from .models import job_models
from .queue import nudge

SWEEP_AFTER = 10  # seconds a job may wait before the sweep nudges again
AT_ONCE = 50  # nudges of one sweep for one kind of job; the next sweep goes on with those that are left
NUDGE_LASTS = 60  # seconds; what waits longer is nudged anew, so messages do not pile up while a worker is busy or away


@shared_task(name="phast.jobs.run")
def run_job(label: str, pk: int) -> None:
    """Runs one job: `label` is its model ("reports.Report"), `pk` its key."""
    model = apps.get_model(label)
    if model in job_models():
        run(model, pk)


@shared_task(name="phast.jobs.sweep")
def sweep() -> None:
    """Nudges jobs that have waited for a while, oldest first, and those whose worker has gone silent."""
    long_ago = timezone.now() - dt.timedelta(seconds=SWEEP_AFTER)
    for model in job_models():
        lost = model.objects.filter(model.waiting() & Q(requested_at__lt=long_ago) | model.abandoned())
        for pk in lost.order_by("requested_at").values_list("pk", flat=True)[:AT_ONCE]:
            if not nudge(model._meta.label, pk, model.QUEUE, expires=NUDGE_LASTS):
                return  # the broker is away; every further try would only wait
